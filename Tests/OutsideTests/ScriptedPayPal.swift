import Money
import Outside
import PayPal
import Synchronization

/// A PayPal that gives tokens by itself and for the rest does what a test tells it.
final class ScriptedPayPal: Sendable {
  private let server: ScriptedServer
  private let http: OutsideHTTP
  let client: PayPalClient

  private init(_ server: ScriptedServer, _ http: OutsideHTTP) {
    self.server = server
    self.http = http
    client = PayPalClient(
      baseURL: server.url + "/paypal/", clientID: "client", secret: Secret("s3cr3t"), http: http)
  }

  static let tokenPath = "/paypal/v1/oauth2/token"

  /// Gives `token-1`, `token-2` and so on, good for `seconds`.
  static func tokens(good seconds: Int = 32_400) -> ScriptedServer.Script {
    let count = Mutex(0)
    return { _ in
      let number = count.withLock {
        $0 += 1
        return $0
      }
      return .http(
        200, [:],
        #"{"access_token":"token-\#(number)","token_type":"Bearer","expires_in":\#(seconds)}"#)
    }
  }

  static func running(
    _ script: @escaping ScriptedServer.Script, _ body: (ScriptedPayPal) async throws -> Void
  ) async throws {
    try await running(tokens: tokens(), script, body)
  }

  static func running(
    tokens: @escaping ScriptedServer.Script,
    _ script: @escaping ScriptedServer.Script, _ body: (ScriptedPayPal) async throws -> Void
  ) async throws {
    try await ScriptedServer.running { request in
      request.path == tokenPath ? await tokens(request) : await script(request)
    } _: { server, http in
      try await body(ScriptedPayPal(server, http))
    }
  }

  /// Everything but the calls for tokens.
  var heard: [HeardRequest] { server.heard.filter { $0.path != Self.tokenPath } }
  var tokenCalls: [HeardRequest] { server.heard.filter { $0.path == Self.tokenPath } }
}

extension Outcome {
  var value: Value? { if case .done(let value) = self { value } else { nil } }
  var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }

  /// In one word, for tables: `done`, `CODE`, `CODE later`, `unknown`.
  var word: String {
    switch self {
    case .done: "done"
    case .refused(let refusal): refusal.code + (refusal.isTransient ? " later" : "")
    case .unknown: "unknown"
    }
  }
}

extension Amount {
  static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  static func of(_ minorUnits: Int64, _ code: String) throws -> Amount {
    try Amount(validating: minorUnits, currency: code)
  }
}

extension NewPayPalOrder {
  static func test(_ amount: Amount = .usd(2000), description: String = "mug") -> NewPayPalOrder {
    NewPayPalOrder(
      requestID: "o-1-1", customID: "o-1", amount: amount, description: description,
      returnURL: "https://shop.example/back", cancelURL: nil)
  }
}

extension NewPayoutBatch {
  static func test(_ amount: Amount = .usd(1080)) -> NewPayoutBatch {
    NewPayoutBatch(
      senderBatchID: "o-1-reseller-1",
      items: [
        Item(
          senderItemID: "o-1-reseller-1", receiver: "payee@example.com", amount: amount,
          note: "Payout")
      ])
  }
}
