import Contract
import Runtime

/// Decides how a reseller's purchase reaches the supplier, and opens that way.
struct SupplierAccess: Sendable {
  enum Way: Sendable {
    /// The API, with the credentials in use.
    case account(any SupplierAccount, SealedCredentials)
    /// The API, once these have been renewed.
    case renewal(PurchaseReason, SealedCredentials)
    /// No way, and why. With the version of credentials that could not be opened.
    case obstacle(PurchaseReason, failedVersion: Int?)
  }

  let seal: CredentialSeal
  let supplier: any Supplier

  func open(
    _ sealed: SealedCredentials?, of userID: Int64, _ environment: Contract.Environment, now: Int64
  ) -> Way {
    let key = CredentialKey(userID: userID, environment: environment)
    if userID == 0, let reason = CredentialRules.obstacle(.missing, key, nil) {
      return .obstacle(reason, failedVersion: nil)
    }
    guard supplier.isConfigured(for: environment) else {
      return .obstacle(Self.notConfigured(environment), failedVersion: nil)
    }
    let secrets = sealed.flatMap { try? seal.open($0) }
    let verdict = CredentialRules.verdict(sealed, canBeOpened: secrets != nil, now: now)
    if let sealed, CredentialRules.canRenew(sealed, now: now),
      verdict == .expired
        || (verdict == .expiring && CredentialRules.isTooNearItsEnd(sealed, now: now))
    {
      let code = sealed.isAccessTokenRefused ? ReasonCatalogue.illegalAccessToken : ""
      return .renewal(CredentialRules.renewing(key, providerCode: code), sealed)
    }
    if let reason = CredentialRules.obstacle(verdict, key, sealed) {
      return .obstacle(
        reason, failedVersion: verdict == .undecryptable ? sealed?.version ?? 0 : nil)
    }
    guard let sealed, let secrets,
      let account = supplier.account(of: userID, in: environment, with: secrets)
    else { preconditionFailure("a usable verdict needs secrets and a configured supplier") }
    return .account(account, sealed)
  }

  static func notConfigured(_ environment: Contract.Environment) -> PurchaseReason {
    PurchaseReason(
      code: .aliExpressNotConfigured,
      text: "\(environment.word) has no AliExpress; set DROPWIRE_"
        + "\(environment.word.uppercased())_ALIEXPRESS_URL and start again",
      owner: .platform)
  }
}
