import Contract
import Logging
import RPC
import Runtime
import Store

/// The platform's own account at the shop, shown and reopened as credentials are, of user 0.
extension CredentialsService {
  /// Whether a request is about the shop's account.
  static func isShop(_ userID: Int64, _ api: String) -> Bool {
    userID == 0 && api == ShopAccount.api
  }

  /// The state of the shop's account: REVOKED while it waits for a person, EXPIRED while it is left
  /// alone for a time, MISSING where none is set up.
  func shopStatus(_ environment: Contract.Environment) async throws -> CredentialStatus {
    guard let shop, let account = shop.account(in: environment) else {
      return shopStatus(
        environment, "", .missing,
        PurchaseReason(
          code: .browserNotConfigured,
          text: "no account of the shop is configured in \(environment.word)", owner: .platform))
    }
    let name = ShopAccount.Name(environment: environment, account: account)
    let marks = shop.passwordMarks(in: environment)
    let (stored, door) = try await store.read { transaction in
      let stored = try PurchaseStore(transaction: transaction).shopAccount(name)
      return (
        stored, ShopAccountRules.door(stored, marks: marks, now: transaction.now, name)
      )
    }
    switch door {
    case .open: return shopStatus(environment, account, .valid, nil)
    case .closed(let reason, let until):
      return shopStatus(environment, account, .expired, reason, stored, opensAt: until)
    case .needsPerson(let reason):
      return shopStatus(environment, account, .revoked, reason, stored)
    }
  }

  private func shopStatus(
    _ environment: Contract.Environment, _ account: String, _ state: CredentialState,
    _ reason: PurchaseReason?, _ stored: ShopAccount? = nil, opensAt: Int64 = 0
  ) -> CredentialStatus {
    CredentialStatus(
      userID: 0, api: ShopAccount.api, environment: environment, state: state,
      reason: reason.map { Reason($0) }, version: 0, keyID: "", accessTokenExpiresAt: nil,
      refreshTokenExpiresAt: nil,
      updatedAt: stored.map { Timestamp(milliseconds: $0.failedAt) }, vendorAccountID: account,
      advice: reason.map { ReasonSheet.line($0.code).action } ?? "",
      nextRefreshAt: opensAt == 0 ? nil : Timestamp(milliseconds: opensAt), lastRefresh: nil,
      origin: "")
  }

  /// Those that are configured.
  func shopStatuses() async throws -> [CredentialStatus] {
    var found: [CredentialStatus] = []
    for environment in [Contract.Environment.sandbox, .production]
    where shop?.account(in: environment) != nil {
      found.append(try await shopStatus(environment))
    }
    return found
  }

  /// Lets the shop's account be used again, and the purchases that wait for it go on. One that is
  /// open stays so.
  func reopenShop(_ environment: Contract.Environment, _ actor: Actor, _ context: CallContext)
    async throws -> CredentialStatus
  {
    try actor.requirePlatform("reopen the shop's account")
    guard let shop, let account = shop.account(in: environment) else {
      throw NotFound(kind: "account of the shop in", id: environment.word)
    }
    let name = ShopAccount.Name(environment: environment, account: account)
    let wasClosed = try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      let wasClosed = try purchases.open(name)
      if wasClosed { try purchases.wakeShop(environment) }
      return wasClosed
    }
    context.logger.info(
      "the shop's account is reopened",
      metadata: [
        "account": "\(account)", "environment": "\(environment.word)", "by": "\(actor)",
        "wasClosed": "\(wasClosed)",
      ])
    return try await shopStatus(environment)
  }
}
