import Contract
import Outside
import Runtime
import Store

/// The steps of one refresh, each a commit: written down, then what became of it.
extension CredentialStore {
  /// Writes a refresh down before it is sent. What was under way when the process ended is lost.
  ///
  /// - Returns: the refresh; nil when the version was replaced meanwhile.
  func beginRefresh(_ sealed: SealedCredentials) throws -> RefreshAttempt? {
    guard let now = try standing(sealed.key), now.sealed.version == sealed.version else {
      return nil
    }
    for attempt in now.attempts where attempt.outcome == .started {
      try endRefresh(sealed, attempt, .unknown, RefreshAttempt.interrupted)
    }
    let actor = sealed.isRefreshWanted ? sealed.wantedBy : "system"
    let attempt = RefreshAttempt(
      version: sealed.version, number: (now.attempts.last?.number ?? 0) + 1, outcome: .started,
      reason: nil, actor: actor, startedAt: transaction.now, endedAt: 0)
    try transaction.run(
      """
      INSERT INTO tokenRefresh (userID, api, environment, version, number, outcome, actor,
        startedAt)
      VALUES ($1, $2, $3, $4, $5, 'STARTED', $6, $7)
      """,
      sealed.key.values + [
        .integer(Int64(attempt.version)), .integer(Int64(attempt.number)), .text(actor),
        .integer(transaction.now),
      ])
    try record(
      Use(
        action: .refresh, version: sealed.version, actor: actor, purpose: "try \(attempt.number)"),
      of: sealed.key)
    return attempt
  }

  /// Records how a refresh ended, in its row and in the audit.
  func endRefresh(
    _ sealed: SealedCredentials, _ attempt: RefreshAttempt, _ outcome: RefreshAttempt.Outcome,
    _ reason: PurchaseReason?
  ) throws {
    try transaction.run(
      """
      UPDATE tokenRefresh SET outcome = $6, reasonCode = $7, reasonText = $8, reasonOwner = $9,
        providerCode = $10, endedAt = $11
      WHERE userID = $1 AND api = $2 AND environment = $3 AND version = $4 AND number = $5
      """,
      sealed.key.values + [
        .integer(Int64(attempt.version)), .integer(Int64(attempt.number)),
        .text(outcome.rawValue), .text(reason?.code.rawValue ?? ""), .text(reason?.text ?? ""),
        .text(reason?.owner.rawValue ?? ""), .text(reason?.providerCode ?? ""),
        .integer(transaction.now),
      ])
    let action: Use.Action
    switch outcome {
    case .started: return
    case .done: action = .refreshed
    case .unknown: action = .refreshLost
    case .refused, .notAccepted: action = .refreshFailed
    }
    try record(
      Use(
        action: action, version: attempt.version, actor: attempt.actor,
        purpose: reason?.text ?? "try \(attempt.number)"), of: sealed.key)
  }

  /// Stores new tokens as the next version, before anybody uses them.
  ///
  /// - Returns: nil, keeping what is there, when the version was replaced meanwhile.
  func renew(
    _ sealed: SealedCredentials, _ secrets: CredentialSecrets, _ granted: GrantedTokens,
    with seal: CredentialSeal
  ) throws -> SealedCredentials? {
    let version = sealed.version + 1
    let box = try seal.seal(secrets, sealed.key, version: version)
    let changed = try transaction.run(
      """
      UPDATE credential SET version = $5, keyID = $6, wrappedKey = $7, sealed = $8,
        accessTokenExpiresAt = $9, refreshTokenExpiresAt = $10, updatedAt = $11,
        origin = 'refreshed', hasRefreshToken = $12, wantedVersion = 0, wantedBy = '',
        invalidVersion = 0, reasonCode = '', reasonText = '', reasonOwner = '', providerCode = ''
      WHERE userID = $1 AND api = $2 AND environment = $3 AND version = $4 AND isDeleted = 0
      """,
      sealed.key.values + [
        .integer(Int64(sealed.version)), .integer(Int64(version)), .text(box.keyID),
        .blob(box.wrappedKey), .blob(box.sealed), .integer(granted.accessTokenExpiresAt),
        .integer(granted.refreshTokenExpiresAt ?? sealed.refreshTokenExpiresAt),
        .integer(transaction.now), .integer(secrets.refreshToken.isEmpty ? 0 : 1),
      ])
    return changed == 1 ? try stored(sealed.key) : nil
  }
}

extension RefreshAttempt {
  static let interrupted = PurchaseReason(
    code: .refreshUnknown,
    text: "the process ended during the call; the refresh token may be spent", owner: .nobody)
}
