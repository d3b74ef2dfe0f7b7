import Synchronization

@testable import Sandbox

/// A world with a clock that moves by hand, asked as its callers ask it.
final class WorldUnderTest: Sendable {
  static let birth: Int64 = 1_700_000_000_000

  private let clock: Clock
  let world: World

  private final class Clock: Sendable {
    let time = Atomic<Int64>(WorldUnderTest.birth)
  }

  init() {
    let clock = Clock()
    self.clock = clock
    world = World { clock.time.load(ordering: .relaxed) }
  }

  var now: Int64 { clock.time.load(ordering: .relaxed) }

  func pass(milliseconds: Int64) {
    clock.time.add(milliseconds, ordering: .relaxed)
  }

  // MARK: Control

  @discardableResult
  func control(_ path: String, _ body: JSON? = nil, verb: Call.Verb? = nil) -> Answer {
    world.answer(
      Call(
        verb: verb ?? (body == nil ? .get : .post), path: "/control/\(path)",
        body: body?.bytes ?? [], contentType: "application/json"))
  }

  func fault(_ name: String, _ extras: JSON = [:]) {
    let body = JSON.object([.init(name: "name", value: .string(name))] + (extras.members ?? []))
    precondition(control("faults", body).status == 200)
  }

  func settings(_ body: JSON) { precondition(control("settings", body).status == 200) }

  func truth(_ prefix: String = "") -> JSON {
    let call = Call(verb: .get, path: "/control/truth", query: "order=\(prefix)")
    return world.answer(call).value ?? .null
  }

  var supplierOrders: [JSON] { truth()["aliexpress"]?["orders"]?.elements ?? [] }
  var captures: [JSON] { truth()["paypal"]?["captures"]?.elements ?? [] }
  var payouts: [JSON] { truth()["paypal"]?["payouts"]?.elements ?? [] }
  var balance: Int64? { truth()["paypal"]?["balances"]?["USD"]?.integer }

  // MARK: AliExpress

  func signed(
    _ method: String?, _ fields: [String: String], path: String = "",
    token: String? = "sandbox-access-42"
  ) -> [String: String] {
    var fields = fields
    fields["app_key"] = "500001"
    fields["timestamp"] = String(now)
    fields["sign_method"] = "sha256"
    fields["method"] = method
    fields["session"] = token
    fields["sign"] = Signature.make(
      fields, path: path, secret: "sandbox-app-secret", method: .sha256)
    return fields
  }

  func sync(_ fields: [String: String], path: String = "/aliexpress/sync") -> Answer {
    world.answer(
      Call(
        verb: .post, path: path, body: Array(Self.form(fields).utf8),
        contentType: "application/x-www-form-urlencoded"))
  }

  func ask(_ method: String, _ fields: [String: String], token: String? = "sandbox-access-42")
    -> Answer
  {
    sync(signed(method, fields, token: token))
  }

  static func form(_ fields: [String: String]) -> String {
    fields.map { name, value in
      let escaped = value.utf8.map { byte in
        let hex = String(byte, radix: 16, uppercase: true)
        return "%" + (hex.count < 2 ? "0" : "") + hex
      }
      return "\(name)=\(escaped.joined())"
    }.joined(separator: "&")
  }

  // MARK: PayPal

  func token() -> String {
    let call = Call(
      verb: .post, path: "/paypal/v1/oauth2/token",
      body: Array("grant_type=client_credentials".utf8),
      authorization: "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=")
    return world.answer(call).value?["access_token"]?.string ?? ""
  }

  func payPal(
    _ path: String, _ body: JSON? = nil, requestID: String = "",
    prefer: String = "return=representation"
  ) -> Answer {
    world.answer(
      Call(
        verb: body == nil ? .get : .post, path: "/paypal/\(path)", body: body?.bytes ?? [],
        authorization: "Bearer \(token())", contentType: "application/json", host: "here",
        requestID: requestID, prefer: prefer))
  }
}

extension Answer {
  /// The issue of a PayPal error, or its name where it has none.
  var issue: String? {
    value?["details"]?.elements?.first?["issue"]?.string ?? value?["name"]?.string
  }
}
