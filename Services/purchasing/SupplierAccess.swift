import Contract
import Runtime

/// Decides how a reseller's purchase reaches the supplier, and opens that way.
struct SupplierAccess: Sendable {
  enum Way: Sendable {
    /// The API, with the credentials in use.
    case account(any SupplierAccount, SealedCredentials)
    /// No way, and why. With the version of credentials that could not be opened.
    case obstacle(PurchaseReason, failedVersion: Int?)
  }

  let seal: CredentialSeal
  let supplier: any Supplier

  func open(
    _ sealed: SealedCredentials?, of userID: Int64, _ environment: Contract.Environment, now: Int64
  ) -> Way {
    guard supplier.isConfigured(for: environment) else {
      return .obstacle(
        PurchaseReason(
          code: .aliExpressNotConfigured,
          text: "\(environment.word) has no AliExpress; set DROPWIRE_"
            + "\(environment.word.uppercased())_ALIEXPRESS_URL and start again",
          owner: .platform), failedVersion: nil)
    }
    let key = CredentialKey(userID: userID, environment: environment)
    let secrets = sealed.flatMap { try? seal.open($0) }
    let verdict = CredentialRules.verdict(sealed, canBeOpened: secrets != nil, now: now)
    let version = sealed?.version ?? 0
    if let reason = CredentialRules.obstacle(verdict, key, version: version) {
      return .obstacle(reason, failedVersion: verdict == .undecryptable ? version : nil)
    }
    guard let sealed, let secrets,
      let account = supplier.account(of: userID, in: environment, with: secrets)
    else { preconditionFailure("a usable verdict needs secrets and a configured supplier") }
    return .account(account, sealed)
  }
}
