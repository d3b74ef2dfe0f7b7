public import Contract
public import Outside

/// How the outside world is reached in one environment. What is absent is not configured.
public struct ProviderSettings: Sendable {
  /// A PayPal account: base URL and application.
  public struct PayPalAccount: Sendable {
    public let url: String
    public let clientID: String
    public let clientSecret: Secret
  }

  /// Base URL of AliExpress' gateway, without `/sync`.
  public var aliExpressURL: String?
  public var payPal: PayPalAccount?
}

/// The outside world per environment. The two never stand in for each other.
public struct OutsideSettings: Sendable {
  public var sandbox = ProviderSettings()
  public var production = ProviderSettings()

  public init() {}

  public subscript(environment: Contract.Environment) -> ProviderSettings? {
    switch environment {
    case .sandbox: sandbox
    case .production: production
    case .unspecified, .unrecognized: nil
    }
  }
}

extension Settings {
  /// Declares how calls to the outside world are limited.
  public mutating func outsideHTTP() -> OutsideHTTP.Configuration {
    let rate = int(
      "DROPWIRE_OUTSIDE_RATE_PER_SECOND", default: 0, in: 0...1_000_000,
      help: "Calls per second for every method of a provider; 0 keeps the providers' own rates.")
    let timeout = int(
      "DROPWIRE_OUTSIDE_TIMEOUT_MILLISECONDS", default: 0, in: 0...600_000,
      help: "The longest that an outside call may take; 0 keeps what each method is given.")
    return OutsideHTTP.Configuration(
      ratePerSecond: rate == 0 ? nil : rate,
      timeoutMax: timeout == 0 ? nil : .milliseconds(timeout))
  }

  /// Declares AliExpress' base URL for both environments.
  public mutating func aliExpress(into outside: inout OutsideSettings) {
    outside.sandbox.aliExpressURL = baseURL("DROPWIRE_SANDBOX_ALIEXPRESS_URL", "AliExpress")
    outside.production.aliExpressURL = baseURL("DROPWIRE_PRODUCTION_ALIEXPRESS_URL", "AliExpress")
  }

  /// Declares PayPal's base URL and application for both environments.
  public mutating func payPal(into outside: inout OutsideSettings) {
    outside.sandbox.payPal = payPalAccount("SANDBOX")
    outside.production.payPal = payPalAccount("PRODUCTION")
  }

  private mutating func payPalAccount(_ environment: String) -> ProviderSettings.PayPalAccount? {
    let prefix = "DROPWIRE_\(environment)_PAYPAL"
    let url = baseURL("\(prefix)_URL", "PayPal")
    let clientID = optionalText("\(prefix)_CLIENT_ID", help: "PayPal application's client id.")
    let secret = secret("\(prefix)_CLIENT_SECRET", help: "PayPal application's secret.")
    guard let url else { return nil }
    guard let clientID, let secret else {
      reject(
        "\(prefix)_URL is set; \(prefix)_CLIENT_ID and \(prefix)_CLIENT_SECRET must be set too")
      return nil
    }
    return .init(url: url, clientID: clientID, clientSecret: secret)
  }

  /// Declares the base URL of the shop's pages, by the whole name of the setting.
  public mutating func shopURL(_ name: String) -> String? {
    baseURL(name, "The shop's pages (such as https://www.aliexpress.com)")
  }

  private mutating func baseURL(_ name: String, _ provider: String) -> String? {
    secureURL(
      name,
      help: "\(provider)'s base URL; https, or http to loopback only. Absent: not configured.")
  }

  /// Declares an address that secrets are sent to: https, or http to loopback only.
  public mutating func secureURL(_ name: String, help: String) -> String? {
    guard var url = optionalText(name, help: help) else { return nil }
    while url.hasSuffix("/") { url.removeLast() }
    let isLoopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { prefix in
      url.hasPrefix(prefix) && [nil, ":", "/"].contains(url.dropFirst(prefix.count).first)
    }
    guard url.hasPrefix("https://") || isLoopback else {
      reject("\(name) is \"\(url)\"; it must start with https:// (http:// only to loopback)")
      return nil
    }
    return url
  }
}
