import Contract
import Outside

/// The supplier's door for tokens: the page on which a reseller consents, and the exchange.
protocol TokenSource: Sendable {
  /// Where a reseller consents; nil where the environment has no supplier.
  func authorizeURL(_ request: ConsentRequest, in environment: Contract.Environment) -> String?

  /// Exchanges what a reseller consented to, or an older token, for new tokens. Spends what it is
  /// given: a repeat after an answer is in vain, one after a lost answer may be.
  func tokens(
    for grant: TokenGrant, _ application: Application, in environment: Contract.Environment
  ) async -> Granting
}

/// What the supplier's page must know.
struct ConsentRequest: Hashable, Sendable {
  let appKey: String
  let redirectURL: String
  let state: String
}

/// What is exchanged for tokens.
enum TokenGrant: Sendable {
  /// From the page of consent; used once, lives three minutes.
  case code(Secret)
  case refreshToken(Secret)
}

/// What became of an exchange.
enum Granting: Sendable {
  case granted(GrantedTokens)
  /// No, and no again.
  case refused(PurchaseReason)
  /// Certainly not taken, for a passing reason.
  case notAccepted(PurchaseReason, retryAfterSeconds: Int?)
  /// Nobody knows; what was given may be spent.
  case unknown(PurchaseReason)
}

/// New tokens.
struct GrantedTokens: Sendable {
  let accessToken: Secret
  /// Nil when the old one stays good; empty when there is none any more.
  let refreshToken: Secret?
  /// Milliseconds since the epoch; 0 when not said.
  let accessTokenExpiresAt: Int64
  /// Nil when not said.
  let refreshTokenExpiresAt: Int64?
  /// The supplier's id of the account; may be empty.
  let vendorAccountID: String
}
