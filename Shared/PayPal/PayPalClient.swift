import NIOCore
public import Outside

/// PayPal's REST interface for one application in one environment: orders v2 and payouts v1.
///
/// **Invariant:** each call ends as `done`, `refused` or `unknown`, and `refused` only when PayPal
/// certainly did nothing. A refusal's code is PayPal's `issue` when there is one, else its `name`.
/// Nothing is repeated here except a request that was turned away because its token had ended; it is
/// sent once more under the same key.
public struct PayPalClient: Sendable {
  /// As it is named in logs, limits and breakers.
  static let provider = "paypal"
  /// The platform has one account per environment.
  static let account = "platform"
  /// No longer is a method held back, whatever PayPal asks for.
  private static let holdSecondsMax = 60

  private let baseURL: String
  private let http: OutsideHTTP
  private let tokens: PayPalTokens

  /// - Parameter baseURL: such as `https://api-m.paypal.com`; https, or http to loopback.
  public init(baseURL: String, clientID: String, secret: Secret, http: OutsideHTTP) {
    var baseURL = baseURL
    while baseURL.hasSuffix("/") { baseURL.removeLast() }
    self.baseURL = baseURL
    self.http = http
    tokens = PayPalTokens(baseURL: baseURL, clientID: clientID, secret: secret, http: http)
  }

  /// Makes one call with a token.
  ///
  /// `done` means that a complete answer of any status came; its own `outcome` says more.
  func exchange(
    _ method: PayPalMethod, path: String, body: JSON? = nil,
    headers: [(name: String, value: String)] = []
  ) async -> Outcome<PayPalReply> {
    let bytes = body.map { ByteBuffer(string: $0.serialized) }
    let first: PayPalTokens.Token
    switch await tokens.token() {
    case .done(let token): first = token
    case .refused(let refusal): return .refused(refusal)
    case .unknown(let text): return .unknown(text)
    }
    let outcome = await send(method, path, bytes, headers, first)
    guard case .done(let reply) = outcome, reply.status == 401 else { return outcome }
    switch await tokens.token(after: first) {
    case .done(let token): return await send(method, path, bytes, headers, token)
    case .refused(let refusal): return .refused(refusal)
    case .unknown(let text): return .unknown(text)
    }
  }

  private func send(
    _ method: PayPalMethod, _ path: String, _ body: ByteBuffer?,
    _ headers: [(name: String, value: String)], _ token: PayPalTokens.Token
  ) async -> Outcome<PayPalReply> {
    let request = token.bearer.reveal { bearer in
      OutsideRequest(
        provider: Self.provider, account: Self.account, method: method.name,
        ratePerSecond: method.ratePerSecond, verb: body == nil ? .get : .post,
        url: baseURL + path,
        headers: [
          ("Authorization", bearer), ("Content-Type", "application/json"),
          ("Accept", "application/json"),
        ] + headers, body: body ?? ByteBuffer(), timeout: method.timeout)
    }
    let answer = await http.send(request)
    switch answer {
    case .notSent(let text): return .refused(.notSent(text))
    case .unknown(let text): return .unknown(text)
    case .answer: break
    }
    guard let reply = PayPalReply(answer) else { return .unknown("no answer") }
    if reply.status == 429, let seconds = reply.retryAfterSeconds {
      http.hold(request, for: .seconds(min(seconds, Self.holdSecondsMax)))
    }
    return .done(reply)
  }

  /// Reads what was done; an answer that lacks what it must have proves nothing.
  static func read<Value>(
    _ outcome: Outcome<JSON>, _ method: PayPalMethod, as transform: (JSON) -> Value?
  ) -> Outcome<Value> {
    outcome.flatMap { body in
      transform(body).map { .done($0) }
        ?? .unknown("PayPal's answer to \(method.name) lacks what it must have")
    }
  }

  /// Whether a text can be an id of PayPal's, and so be put into a path.
  static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
      }
  }

  static func notAnID<Value>(_ text: String) -> Outcome<Value> {
    .refused(Refusal(code: "INVALID_RESOURCE_ID", text: "\"\(text)\" is no id of PayPal's"))
  }
}
