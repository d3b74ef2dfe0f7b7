import Contract
import RPC
import Runtime
import Store

extension CredentialsService {
  /// The state of one user's credentials as it is now.
  func status(_ key: CredentialKey) async throws -> CredentialStatus {
    let (sealed, last, now) = try await store.read { transaction in
      let credentials = CredentialStore(transaction: transaction)
      return (
        try credentials.sealed(key), try credentials.lastRefresh(key), transaction.now
      )
    }
    return status(sealed, key, last, now: now)
  }

  func status(
    _ sealed: SealedCredentials?, _ key: CredentialKey, _ last: RefreshAttempt?, now: Int64
  ) -> CredentialStatus {
    let canBeOpened = sealed.map { (try? seal.open($0)) != nil } ?? false
    let verdict = CredentialRules.verdict(sealed, canBeOpened: canBeOpened, now: now)
    let canRenew =
      canBeOpened && (sealed.map { CredentialRules.canRenew($0, now: now) } ?? false)
    let why = CredentialRules.why(verdict, key, sealed, canRenew: canRenew)
    let advice = CredentialRules.advice(verdict, key, sealed, canRenew: canRenew)
    let owner = CredentialRules.owner(verdict, sealed, canRenew: canRenew)
    let nextRefreshAt = canRenew ? sealed.flatMap { RefreshRules.dueAt($0) } : nil
    return CredentialStatus(
      userID: key.userID, api: key.api, environment: key.environment, state: verdict.contract,
      reason: why.isEmpty
        ? nil
        : Reason(
          code: "CREDENTIALS_" + verdict.contract.shortName,
          text: advice.isEmpty ? why : "\(why); \(advice)", owner: owner.rawValue,
          providerCode: sealed?.refusal?.providerCode ?? ""),
      version: Int32(clamping: sealed?.version ?? 0), keyID: sealed?.keyID ?? "",
      accessTokenExpiresAt: Timestamp(known: sealed?.accessTokenExpiresAt),
      refreshTokenExpiresAt: Timestamp(known: sealed?.refreshTokenExpiresAt),
      updatedAt: Timestamp(known: sealed?.updatedAt),
      vendorAccountID: sealed?.vendorAccountID ?? "", advice: advice,
      nextRefreshAt: Timestamp(known: nextRefreshAt), lastRefresh: last.map { TokenRefresh($0) },
      origin: sealed?.origin.rawValue ?? "")
  }

  /// Lines of the audit of one user's credentials, newest first.
  func getCredentialHistory(_ request: GetCredentialHistoryRequest, _ context: CallContext)
    async throws -> GetCredentialHistoryResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let key = fields.credentialKey(request.userID, request.api, request.environment)
    let size = fields.pageSize(request.pageSize)
    let before = fields.pageToken(request.pageToken)
    try fields.finish()
    guard let key else { throw fields.refusal }
    try actor.requireAccess(to: key.userID)
    let found = try await store.read {
      try CredentialStore(transaction: $0).audit(key, before: before, limit: size + 1)
    }
    let page = found.prefix(size)
    return GetCredentialHistoryResponse(
      events: page.map { line in
        CredentialEvent(
          recordedAt: Timestamp(milliseconds: line.recordedAt), action: line.action,
          actor: line.actor, version: Int32(clamping: line.version), purpose: line.purpose)
      },
      nextPageToken: found.count > size ? page.last.map { "\($0.number)" } ?? "" : "")
  }
}

extension Timestamp {
  /// Nil for 0, which is an unknown time.
  fileprivate init?(known milliseconds: Int64?) {
    guard let milliseconds, milliseconds != 0 else { return nil }
    self.init(milliseconds: milliseconds)
  }
}

extension TokenRefresh {
  fileprivate init(_ attempt: RefreshAttempt) {
    self.init(
      version: Int32(clamping: attempt.version), number: Int32(clamping: attempt.number),
      outcome: attempt.outcome.contract, reason: attempt.reason.map { Reason($0) },
      startedAt: Timestamp(milliseconds: attempt.startedAt),
      endedAt: Timestamp(known: attempt.endedAt), actor: attempt.actor)
  }
}

extension RefreshAttempt.Outcome {
  fileprivate var contract: RefreshOutcome {
    switch self {
    case .started: .started
    case .done: .done
    case .refused: .refused
    case .unknown: .unknown
    case .notAccepted: .notAccepted
    }
  }
}
