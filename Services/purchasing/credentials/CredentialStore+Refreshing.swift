import Contract
import Runtime
import Store

/// The renewal of tokens: who wants it, what was sent, what came of it.
extension CredentialStore {
  /// Credentials with the refreshes of their present version, oldest first.
  struct Standing: Sendable {
    let sealed: SealedCredentials
    let attempts: [RefreshAttempt]
  }

  func standing(_ key: CredentialKey) throws -> Standing? {
    guard let sealed = try sealed(key) else { return nil }
    return Standing(sealed: sealed, attempts: try refreshes(key, version: sealed.version))
  }

  func refreshes(_ key: CredentialKey, version: Int) throws -> [RefreshAttempt] {
    try transaction.rows(
      """
      SELECT * FROM tokenRefresh
      WHERE userID = $1 AND api = $2 AND environment = $3 AND version = $4 ORDER BY number
      """,
      key.values + [.integer(Int64(version))]
    ).map(Self.refresh)
  }

  /// The newest refresh of any version; nil when there was none.
  func lastRefresh(_ key: CredentialKey) throws -> RefreshAttempt? {
    try transaction.row(
      """
      SELECT * FROM tokenRefresh WHERE userID = $1 AND api = $2 AND environment = $3
      ORDER BY version DESC, number DESC LIMIT 1
      """,
      key.values
    ).map(Self.refresh)
  }

  private static func refresh(_ row: Row) -> RefreshAttempt {
    guard let outcome = RefreshAttempt.Outcome(rawValue: row.text("outcome")) else {
      preconditionFailure("the schema admits no other outcome")
    }
    return RefreshAttempt(
      version: Int(row.int("version")), number: Int(row.int("number")), outcome: outcome,
      reason: row.reason, actor: row.text("actor"), startedAt: row.int("startedAt"),
      endedAt: row.int("endedAt"))
  }

  /// Makes the renewal due, as far as it is possible. What is wanted is due now.
  func scheduleRefresh(_ sealed: SealedCredentials) throws {
    let subject = sealed.key.subject
    switch RefreshRules.next(sealed, [], now: transaction.now) {
    case .nothing: try transaction.complete(RefreshWork.intent, subject)
    case .later(let time): try transaction.schedule(RefreshWork.intent, subject, at: time)
    case .refresh: try transaction.schedule(RefreshWork.intent, subject)
    }
  }

  /// Wants a version to be renewed now. One that was replaced is not; who asked first stays named.
  func wantRefresh(_ sealed: SealedCredentials, by actor: String, isInvalid: Bool = false) throws {
    let changed = try transaction.run(
      """
      UPDATE credential SET wantedVersion = $4,
        wantedBy = CASE WHEN wantedVersion = $4 THEN wantedBy ELSE $5 END,
        invalidVersion = CASE WHEN $6 = 1 THEN $4 ELSE invalidVersion END
      WHERE userID = $1 AND api = $2 AND environment = $3 AND version = $4 AND isDeleted = 0
      """,
      sealed.key.values + [
        .integer(Int64(sealed.version)), .text(actor), .integer(isInvalid ? 1 : 0),
      ])
    if changed == 1 { try transaction.schedule(RefreshWork.intent, sealed.key.subject) }
  }

  /// What to do after the supplier called an access token invalid.
  enum Cure: Hashable, Sendable {
    /// There is a newer one already.
    case repeatNow
    /// New ones are being had.
    case wait
    case closed(PurchaseReason)
  }

  /// Records that the supplier called a version's access token invalid, and has it renewed once. One
  /// that was renewed just before and has not ended is beyond that: the credentials are closed until a
  /// person acts.
  func tokenRefused(_ key: CredentialKey, version: Int, actor: String, providerCode: String) throws
    -> Cure
  {
    guard let sealed = try sealed(key) else { return .closed(closed(key, nil)) }
    if sealed.version != version { return .repeatNow }
    let now = transaction.now
    // A short life may have ended on the way to the supplier.
    let isFresh =
      sealed.origin == .refreshed && now - sealed.updatedAt < RefreshRules.curedOnce
      && !CredentialRules.isTooNearItsEnd(sealed, now: now)
    if CredentialRules.canRenew(sealed, now: now), !isFresh {
      try wantRefresh(sealed, by: actor, isInvalid: true)
      return .wait
    }
    try refuse(
      sealed,
      PurchaseReason(
        code: .credentialsRevoked,
        text: isFresh
          ? "it calls the access token invalid that it has just given"
          : "it calls the access token invalid, and there is none to renew it with",
        owner: .reseller, providerCode: providerCode))
    return .closed(closed(key, try self.sealed(key)))
  }

  private func closed(_ key: CredentialKey, _ sealed: SealedCredentials?) -> PurchaseReason {
    let verdict = CredentialRules.verdict(sealed, canBeOpened: true, now: transaction.now)
    let obstacle = CredentialRules.obstacle(verdict, key, sealed)
    guard let obstacle else { preconditionFailure("credentials that were closed are an obstacle") }
    return obstacle
  }

  /// Records that the supplier renews these tokens no more, and lets the purchases that wait say so.
  func refuse(_ sealed: SealedCredentials, _ reason: PurchaseReason) throws {
    try transaction.run(
      """
      UPDATE credential SET reasonCode = $5, reasonText = $6, reasonOwner = $7, providerCode = $8,
        wantedVersion = 0, wantedBy = ''
      WHERE userID = $1 AND api = $2 AND environment = $3 AND version = $4
      """,
      sealed.key.values + [
        .integer(Int64(sealed.version)), .text(reason.code.rawValue), .text(reason.text),
        .text(reason.owner.rawValue), .text(reason.providerCode),
      ])
    try PurchaseStore(transaction: transaction).wake(
      userID: sealed.key.userID, sealed.key.environment)
  }
}
