import Contract
import Crypto
import Foundation
import HTTPTypes
import RPC
import Runtime

/// A request on its way to the services.
struct RouteCall: Sendable {
  private static let keyBytesMax = 255

  let route: Route
  let door: DoorParts
  /// Who acts; nil on routes for everyone where nobody has signed in.
  let person: Actor?
  /// Options of calls to services: the acting person, the request's id, its trace, the time for it.
  let options: CallOptions
  let path: [String: String]
  let query: Query
  let headers: HTTPFields
  let body: [UInt8]
  /// On pages of the console.
  var session: Session?
  /// What a page's form had.
  var form = Form()

  var services: Backends { door.services }

  /// A parameter of the path.
  func id(_ name: String) -> String { path[name] ?? "" }

  /// The body as a message; without a body it is the message in which nothing is set.
  ///
  /// - Throws: INVALID_ARGUMENT with the path to what is wrong.
  func message<Request: ContractMessage>() throws -> Request {
    guard let text = String(validating: body, as: UTF8.self) else {
      throw RPCError(.invalidArgument, "the body is not UTF-8")
    }
    let isBlank = text.allSatisfy(\.isWhitespace)
    return try Request(json: isBlank ? "{}" : text)
  }

  /// A field of the body that is also in the path: the path's, which the body may only repeat.
  ///
  /// - Throws: INVALID_ARGUMENT when they differ.
  func same(_ field: inout String, _ name: String) throws {
    guard field.isEmpty || field == id(name) else {
      throw Query.refusal(name, "is not the one of the path")
    }
    field = id(name)
  }

  /// The reseller that a request is about: the one it names, else the one who asks; 0 for all.
  func userID(_ given: Int64) -> Int64 {
    if given == 0, case .reseller(let own) = person { return own }
    return given
  }

  var userID: Int64 { userID(query.number("userId")) }

  /// The world that a request is about: the one it names, else the gateway's own.
  func environment(_ given: Contract.Environment = .unspecified) -> Contract.Environment {
    if given != .unspecified { return given }
    switch query.text("environment") {
    case "sandbox": return .sandbox
    case "production": return .production
    default: return door.environment
    }
  }

  var currency: String {
    let given = query.text("currency")
    return given.isEmpty ? "USD" : given
  }

  /// The account that a request is about: the one it names, else that of the reseller who asks.
  var account: String {
    let given = query.text("account")
    return given.isEmpty ? ownPayee : given
  }

  /// A reseller as a payee, which is also the name of his account; empty for anybody else.
  var ownPayee: String {
    if case .reseller(let own) = person { "reseller:\(own)" } else { "" }
  }

  /// The id of what a request makes: the one it names, one that follows from its Idempotency-Key and
  /// the person who sent it, or a new one.
  ///
  /// - Throws: INVALID_ARGUMENT for a key that is none.
  func newID(_ given: String) throws -> String {
    if !given.isEmpty { return given }
    guard let key = headers[.idempotencyKey] else { return UUID().uuidString.lowercased() }
    guard (1...Self.keyBytesMax).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw Query.refusal(
        "Idempotency-Key", "must be 1 to \(Self.keyBytesMax) visible ASCII characters")
    }
    let meant = "\(route.name)\n\(person?.description ?? "")\n\(key)"
    let digest = SHA256.hash(data: Data(meant.utf8))
    return digest.prefix(20).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
