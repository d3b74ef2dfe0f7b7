import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Outside
import RPC

/// An error as RFC 9457 problem details, `application/problem+json`.
///
/// **Invariant:** this is the one place where a service's status becomes an HTTP status. What is not
/// meant for the wire is a fixed text.
struct Problem: Sendable {
  let status: Int
  /// Of the kind of problem, for people.
  let title: String
  /// What happened here, which value, what would be right.
  let detail: String
  /// The status that the service answered, such as `FAILED_PRECONDITION`.
  let code: String
  /// A stable code for programs, such as `NOT_OWNER`; empty when there is none.
  let reason: String
  let violations: [FieldViolation]
  var headers = HTTPFields()

  init(_ error: any Error) {
    switch error {
    case let error as DoorError: self.init(error)
    case is HTTPParserError: self.init(DoorError.malformed)
    case let error as any RPCErrorConvertible: self.init(error.rpcError)
    default: self.init(RPCError(.internalError, "the gateway failed; its log says why"))
    }
  }

  init(_ error: RPCError) {
    (status, title) = Self.meaning(error.code)
    detail = error.message
    code = "\(error.code)"
    reason = error.reason?.code ?? ""
    violations = error.violations
    switch error.code {
    case .unauthenticated:
      headers[.wwwAuthenticate] = "Bearer realm=\"dropwire\", error=\"invalid_token\""
    case .unavailable, .resourceExhausted: headers[.retryAfter] = "1"
    default: break
    }
  }

  private init(_ error: DoorError) {
    violations = []
    switch error {
    case .noSuchPage(let path):
      (status, title, code, reason) = (404, "Not found", "NOT_FOUND", "NO_ROUTE")
      detail = "there is nothing at \(path)"
    case .otherVerb(let path, let allowed):
      (status, title, code, reason) = (405, "Method not allowed", "UNIMPLEMENTED", "METHOD")
      detail = "\(path) takes \(allowed.joined(separator: ", "))"
      headers[.allow] = allowed.joined(separator: ", ")
    case .tooLarge(let bytesMax):
      (status, title, code, reason) = (413, "Too large", "INVALID_ARGUMENT", "BODY_TOO_LARGE")
      detail = "the body may have at most \(bytesMax) bytes"
    case .headersTooLarge(let bytesMax, let countMax):
      (status, title, code, reason) = (
        431, "Headers too large", "INVALID_ARGUMENT", "HEADERS_TOO_LARGE"
      )
      detail = "address and headers may have at most \(bytesMax) bytes and \(countMax) lines"
    case .malformed:
      (status, title, code, reason) = (400, "Invalid request", "INVALID_ARGUMENT", "MALFORMED")
      detail = "this is no request of HTTP 1.1, or its body is not as long as it says"
    case .tooSlow(let seconds):
      (status, title, code, reason) = (408, "Too slow", "CANCELLED", "BODY_TOO_SLOW")
      detail = "the body did not come within \(seconds) seconds"
    case .otherMediaType(let given, let due):
      (status, title, code, reason) = (
        415, "Unsupported media type", "INVALID_ARGUMENT", "MEDIA_TYPE"
      )
      detail = "the body is \(given.isEmpty ? "of no type" : given); it must be \(due)"
    case .tooManyRequests(let seconds):
      (status, title, code, reason) = (
        429, "Too many requests", "RESOURCE_EXHAUSTED", "RATE_LIMIT"
      )
      detail = "more requests than one client may make; the next one in \(seconds) s"
      headers[.retryAfter] = "\(seconds)"
    case .tooManyViewers:
      (status, title, code, reason) = (
        429, "Too many requests", "RESOURCE_EXHAUSTED", "TOO_MANY_VIEWERS"
      )
      detail = "too many live updates are open already; close one"
      headers[.retryAfter] = "10"
    case .notSignedIn:
      (status, title, code, reason) = (401, "Not signed in", "UNAUTHENTICATED", "NO_SESSION")
      detail = "sign in at /console/sign-in"
    case .foreignForm:
      (status, title, code, reason) = (403, "Not from this page", "PERMISSION_DENIED", "FORM")
      detail = "this form is of no page of this session; nothing was done; open its page again"
    }
  }

  private static func meaning(_ code: StatusCode) -> (Int, String) {
    switch code {
    case .ok: (500, "Answered OK where an error was due")
    case .invalidArgument, .outOfRange: (400, "Invalid request")
    case .unauthenticated: (401, "Not signed in")
    case .permissionDenied: (403, "Not allowed")
    case .notFound: (404, "Not found")
    case .alreadyExists: (409, "Exists with other content")
    case .failedPrecondition: (409, "Not possible now")
    case .aborted: (409, "Interrupted by another change")
    case .resourceExhausted: (429, "Too many requests")
    case .unimplemented: (501, "Not available")
    case .unavailable: (503, "Unavailable; may or may not have happened")
    case .deadlineExceeded: (504, "No answer in time; may or may not have happened")
    case .cancelled: (503, "Cancelled")
    case .unknown, .internalError, .dataLoss: (500, "Internal error")
    }
  }

  /// The problem as JSON.
  func body(_ requestID: String) -> String {
    var members: [String: JSON] = [
      "type": .string("urn:dropwire:problem:\((reason.isEmpty ? code : reason).lowercased())"),
      "title": .string(title), "status": .integer(Int64(status)), "detail": .string(detail),
      "code": .string(code), "requestId": .string(requestID),
    ]
    if !reason.isEmpty { members["reason"] = .string(reason) }
    if !violations.isEmpty {
      members["fields"] = .array(
        violations.map {
          ["field": .string(Self.jsonPath($0.field)), "problem": .string($0.description)]
        })
    }
    return JSON.object(members).serialized
  }

  /// The problem as an answer to a request.
  func response(_ requestID: String) -> Response {
    var headers = headers
    headers[.contentType] = "application/problem+json"
    return Response(
      status: .init(code: status), headers: headers,
      body: .init(byteBuffer: ByteBuffer(string: body(requestID))))
  }

  /// `ship_to.postal_code` as JSON spells it, `shipTo.postalCode`.
  static func jsonPath(_ path: String) -> String {
    var (result, isAfterUnderscore) = ("", false)
    for character in path {
      if character == "_" {
        isAfterUnderscore = true
      } else {
        result += isAfterUnderscore ? character.uppercased() : String(character)
        isAfterUnderscore = false
      }
    }
    return result
  }
}
