import Contract
import Runtime

/// Whether credentials can be used and renewed, and what to do when they cannot. Pure.
///
/// Times are milliseconds.
enum CredentialRules {
  enum Verdict: Hashable, Sendable {
    case valid, expiring, expired, undecryptable, revoked, missing
  }

  static func verdict(_ sealed: SealedCredentials?, canBeOpened: Bool, now: Int64) -> Verdict {
    guard let sealed else { return .missing }
    if !canBeOpened { return .undecryptable }
    if sealed.refusal != nil { return .revoked }
    if sealed.isAccessTokenRefused { return .expired }
    let end = sealed.accessTokenExpiresAt
    if end == 0 { return .valid }
    if end <= now { return .expired }
    return now > RefreshRules.dueAt(sealed) ?? end ? .expiring : .valid
  }

  /// Whether new tokens can be had without the reseller.
  static func canRenew(_ sealed: SealedCredentials, now: Int64) -> Bool {
    sealed.hasRefreshToken && sealed.refusal == nil && !isRefreshTokenOver(sealed, now: now)
  }

  static func isRefreshTokenOver(_ sealed: SealedCredentials, now: Int64) -> Bool {
    sealed.refreshTokenExpiresAt != 0 && sealed.refreshTokenExpiresAt <= now
  }

  /// Whether the access token is too near its end to begin something with it.
  static func isTooNearItsEnd(_ sealed: SealedCredentials, now: Int64) -> Bool {
    let end = sealed.accessTokenExpiresAt
    guard end != 0 else { return false }
    return end - now < min(useMargin, max(end - sealed.updatedAt, 0) / 20)
  }

  /// A request under way should not outlive its token.
  private static let useMargin: Int64 = 60_000

  /// Why the API cannot be used with these; nil when it can.
  static func obstacle(_ verdict: Verdict, _ key: CredentialKey, _ sealed: SealedCredentials?)
    -> PurchaseReason?
  {
    guard key.userID != 0 else {
      return .noPath(
        "the order has no reseller, so there is no AliExpress account to use",
        advice: "buy it by hand, or refund", owner: .platform)
    }
    let code: PurchaseReason.Code
    switch verdict {
    case .valid, .expiring: return nil
    case .missing: code = .noCredentials
    case .expired: code = .credentialsExpired
    case .revoked: code = .credentialsRevoked
    case .undecryptable: code = .credentialsUndecryptable
    }
    let why = why(verdict, key, sealed, canRenew: false)
    return .noPath(
      why, advice: advice(verdict, key, sealed, canRenew: false),
      owner: owner(verdict, sealed, canRenew: false),
      providerCode: sealed?.refusal?.providerCode ?? "", code: code)
  }

  /// Why a purchase waits for new tokens.
  static func renewing(_ key: CredentialKey, providerCode: String = "") -> PurchaseReason {
    PurchaseReason(
      code: .credentialsRenewing,
      text: "the access token of \(whose(key)) is at its end and is being renewed; "
        + "it goes on with the new one",
      owner: .nobody, providerCode: providerCode)
  }

  // MARK: For a person

  /// What the state means; empty when all is well.
  static func why(
    _ verdict: Verdict, _ key: CredentialKey, _ sealed: SealedCredentials?, canRenew: Bool
  ) -> String {
    let whose = whose(key)
    switch verdict {
    case .valid: return ""
    case .expiring:
      return "the access token of \(whose) expires soon" + renewal(sealed, canRenew: canRenew)
    case .expired:
      let isRefused = sealed?.isAccessTokenRefused == true
      return
        (isRefused
        ? "AliExpress calls the access token of \(whose) invalid"
        : "the access token of \(whose) has expired") + renewal(sealed, canRenew: canRenew)
    case .undecryptable:
      return "version \(sealed?.version ?? 0) of the credentials of \(whose) cannot be decrypted "
        + "with the master keys"
    case .revoked:
      return "AliExpress renews the tokens of \(whose) no more: \(sealed?.refusal?.text ?? "")"
    case .missing: return "there are no \(key.api) credentials for \(whose)"
    }
  }

  private static func renewal(_ sealed: SealedCredentials?, canRenew: Bool) -> String {
    if canRenew { return " and is renewed by itself" }
    return sealed?.hasRefreshToken == true
      ? ", and its refresh token has expired too" : ", and there is no refresh token"
  }

  /// What to do; empty when nothing.
  static func advice(
    _ verdict: Verdict, _ key: CredentialKey, _ sealed: SealedCredentials?, canRenew: Bool
  ) -> String {
    let authorize =
      "the reseller must authorize again: dropwire credentials authorize --user \(key.userID) "
      + "--environment \(key.environment.word)"
    return switch verdict {
    case .valid: ""
    case .expiring, .expired: canRenew ? "" : authorize
    case .revoked:
      sealed?.refusal?.owner == .platform
        ? "the platform must correct the application's set-up, then run dropwire credentials refresh"
        : authorize
    case .undecryptable: "start with the master key that sealed them, or put them again"
    case .missing: "\(authorize), or put credentials for \(key.environment.word)"
    }
  }

  static func owner(_ verdict: Verdict, _ sealed: SealedCredentials?, canRenew: Bool)
    -> PurchaseReason.Owner
  {
    switch verdict {
    case .valid: .nobody
    case .expiring, .expired: canRenew ? .nobody : .reseller
    case .revoked: sealed?.refusal?.owner ?? .reseller
    case .undecryptable: .platform
    case .missing: .reseller
    }
  }

  static func whose(_ key: CredentialKey) -> String {
    "reseller \(key.userID) in \(key.environment.word)"
  }
}

extension CredentialRules.Verdict {
  var contract: CredentialState {
    switch self {
    case .valid: .valid
    case .expiring: .expiring
    case .expired: .expired
    case .undecryptable: .undecryptable
    case .revoked: .revoked
    case .missing: .missing
    }
  }
}
