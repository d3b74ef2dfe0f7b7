import Contract
import Foundation
import HTTPTypes
import Hummingbird
import RPC

/// The console: pages on which people see what happens, and do what only people can do.
///
/// A page is a route whose path begins with `/console`. It has a file with its routes and the values
/// that it shows (plain structs, by the names that its template uses), and a template in `templates`.
/// `RouteCall.page` puts it into the frame; `RouteCall.done` answers a form.
///
/// **Invariant:** pages show what the services answer and send what people decide. Every form comes
/// from a page of the same session (`FormOrigin`); nothing changes by a GET. Everything works without
/// the script, which only keeps `data-live` parts of a page up to date.
enum Console {
  static let routes: [Route] =
    signingIn + overview + orders + connections + payouts + recipients + terms + accounts
    + journal + profit + rates + assets

  static func isPage(_ path: String) -> Bool {
    path == "/" || path == "/console" || path.hasPrefix("/console/")
  }

  /// Where a path of ours leads after signing in; the overview for any other.
  static func safe(_ path: String) -> String {
    let isOurs =
      (path == "/console" || path.hasPrefix("/console/") || path.hasPrefix("/console?"))
      && path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x5C }
    return isOurs ? path : "/console"
  }

  static func redirect(to path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path])
  }

  /// What a browser is answered when a page cannot be.
  static func response(
    to error: any Error, _ problem: Problem, _ request: Request, _ parts: DoorParts,
    _ requestID: String
  ) -> Response {
    if case DoorError.notSignedIn = error {
      let path = request.method == .get ? safe(request.uri.string) : "/console"
      let next = path == "/console" ? "" : "?next=\(encoded(path))"
      return redirect(to: "/console/sign-in" + next)
    }
    let session = parts.sessions.session(request.headers[.cookie] ?? "")
    let page = ProblemPage(problem, request, requestID)
    let frame = Frame(
      title: page.heading, section: nil, session: session, notice: nil, content: page)
    var response = frame.response("problem", status: .init(code: problem.status))
    if let seconds = problem.headers[.retryAfter] { response.headers[.retryAfter] = seconds }
    return response
  }

  /// Percent-encoded, fit for a value in a query or a part of a path.
  static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"):
        String(UnicodeScalar(byte))
      default:
        "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}

/// What could not be done, for people.
struct ProblemPage: Sendable {
  struct Field: Sendable {
    let name: String
    let problem: String
  }

  let heading: String
  let detail: String
  let fields: [Field]
  let code: String
  let requestID: String
  /// Whether it may have happened all the same.
  let isUnclear: Bool
  /// Where the same can be asked for again, since it changed nothing; empty where that is no use.
  let retryPath: String

  init(_ problem: Problem, _ request: Request, _ requestID: String) {
    let isReading = request.method == .get || request.method == .head
    let isMissing = [503, 504].contains(problem.status)
    heading = isMissing && isReading ? "Not available now" : problem.title
    detail = Look.sentence(problem.detail)
    fields = problem.violations.map {
      Field(name: Problem.jsonPath($0.field), problem: $0.description)
    }
    code = problem.reason.isEmpty ? problem.code : problem.reason
    self.requestID = requestID
    isUnclear = isMissing && !isReading
    retryPath =
      isReading && (isMissing || [429, 500].contains(problem.status))
      ? Console.safe(request.uri.string) : ""
  }
}
