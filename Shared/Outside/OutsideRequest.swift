public import NIOCore

/// One call to a provider.
///
/// **Invariant:** printed or reflected it shows provider and method alone, since URL, headers and
/// body carry credentials.
public struct OutsideRequest: Sendable, CustomStringConvertible, CustomReflectable {
  public enum Verb: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// Such as `paypal`.
  public var provider: String
  /// Whose account is used; a failing account does not stop others. Never a secret.
  public var account: String
  /// The provider's method, such as `aliexpress.ds.order.create`. Rates are limited per method.
  public var method: String
  /// Calls per second that the provider allows for this method, to all accounts together.
  public var ratePerSecond: Int
  /// Calls per second of this method for one account; nil where it may use up the whole rate.
  public var accountRatePerSecond: Int?
  public var verb: Verb
  /// https, or http to loopback.
  public var url: String
  public var headers: [(name: String, value: String)]
  /// Sent with POST alone.
  public var body: ByteBuffer
  /// Bound of the whole exchange, waiting for a token included.
  public var timeout: Duration

  public init(
    provider: String, account: String, method: String, ratePerSecond: Int,
    accountRatePerSecond: Int? = nil, verb: Verb, url: String,
    headers: [(name: String, value: String)] = [], body: ByteBuffer = ByteBuffer(),
    timeout: Duration
  ) {
    self.provider = provider
    self.account = account
    self.method = method
    self.ratePerSecond = ratePerSecond
    self.accountRatePerSecond = accountRatePerSecond
    self.verb = verb
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
  }

  public var description: String { "\(provider) \(method)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What came back from a provider.
public enum OutsideAnswer: Sendable {
  /// A complete HTTP answer of any status. Header names are in lower case.
  case answer(status: Int, headers: [String: String], body: ByteBuffer)
  /// The request certainly did not reach the provider whole: connection refused, breaker open, local
  /// rate limit.
  case notSent(String)
  /// Bytes may have left; what became of them is not known.
  case unknown(String)
}
