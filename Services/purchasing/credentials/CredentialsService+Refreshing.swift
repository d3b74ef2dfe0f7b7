import Contract
import Logging
import RPC
import Runtime
import Store

extension CredentialsService {
  /// What a caller waits for: the end of a refresh of this version after this one.
  private struct Asked: Sendable {
    let version: Int
    let number: Int
  }

  /// Renews the tokens now and waits for the outcome. Of user 0 and `ShopAccount.api`: lets the
  /// platform's account at the shop be used again.
  ///
  /// Callers at the same time share one refresh. A version that was replaced, and tokens younger than
  /// a minute, are not renewed again. NOT_FOUND without credentials. FAILED_PRECONDITION with the
  /// reason when they cannot be renewed, or are not any more. UNAVAILABLE when the supplier did not
  /// take it or its answer was lost: it is tried again by itself; REFRESH_GOES_ON when the caller's
  /// time is over first.
  func refreshCredentials(_ request: RefreshCredentialsRequest, _ context: CallContext)
    async throws -> CredentialStatus
  {
    let actor = try changingActor(context)
    if Self.isShop(request.userID, request.api) {
      return try await reopenShop(try readEnvironment(request.environment), actor, context)
    }
    let key = try read(request.userID, request.api, request.environment)
    try actor.requireAccess(to: key.userID)
    guard source.isConfigured(for: key.environment) else {
      throw PurchasingError.supplierRefused(SupplierAccess.notConfigured(key.environment))
    }
    return try await waiters.waiting(for: key.subject) { wakes in
      let asked = try await store.write {
        try ask(CredentialStore(transaction: $0), key, version: request.version, actor)
      }
      guard let asked else { return try await status(key) }
      log(context, "a refresh of credentials is wanted", key, actor, version: asked.version)
      let last = try await ended(asked, key, wakes, within: context.remaining)
      switch (last?.outcome, last?.reason) {
      case (.refused, let reason?): throw PurchasingError.supplierRefused(reason)
      case (.unknown, let reason?), (.notAccepted, let reason?):
        throw PurchasingError.supplierSilent(reason)
      default: return try await status(key)
      }
    }
  }

  /// Wants a refresh; nil when there is nothing to do.
  private func ask(
    _ credentials: CredentialStore, _ key: CredentialKey, version: Int32, _ actor: Actor
  ) throws -> Asked? {
    guard let standing = try credentials.standing(key) else {
      throw NotFound(
        kind: "credentials of",
        id: "user \(key.userID) in \(key.environment.word)")
    }
    let sealed = standing.sealed
    let now = credentials.transaction.now
    if version != 0, version != sealed.version { return nil }
    let isYoung = sealed.origin == .refreshed && now - sealed.updatedAt < RefreshRules.rest
    if isYoung, sealed.refusal == nil, !sealed.isAccessTokenRefused { return nil }
    let canBeOpened = (try? seal.open(sealed)) != nil
    guard canBeOpened, sealed.hasRefreshToken,
      !CredentialRules.isRefreshTokenOver(sealed, now: now)
    else { throw PurchasingError.supplierRefused(impossible(sealed, canBeOpened: canBeOpened)) }
    try credentials.wantRefresh(sealed, by: "\(actor)")
    let ended = standing.attempts.last { $0.outcome != .started }
    return Asked(version: sealed.version, number: ended?.number ?? 0)
  }

  private func impossible(_ sealed: SealedCredentials, canBeOpened: Bool) -> PurchaseReason {
    let verdict: CredentialRules.Verdict = canBeOpened ? .expired : .undecryptable
    let why =
      canBeOpened
      ? sealed.hasRefreshToken
        ? "the refresh token has expired" : "there is no refresh token"
      : CredentialRules.why(verdict, sealed.key, sealed, canRenew: false)
    let advice = CredentialRules.advice(verdict, sealed.key, sealed, canRenew: false)
    return PurchaseReason(
      code: canBeOpened ? .credentialsExpired : .credentialsUndecryptable,
      text: "\(why); \(advice)",
      owner: CredentialRules.owner(verdict, sealed, canRenew: false))
  }

  /// The refresh that was asked for, once it has ended; nil when other tokens are there.
  private func ended(
    _ asked: Asked, _ key: CredentialKey, _ wakes: AsyncStream<Void>?, within remaining: Duration
  ) async throws -> RefreshAttempt? {
    guard let wakes else { throw CredentialError.refreshGoesOn }
    // A fifth of the time, a second at most, is kept for the answer.
    let time = remaining - min(remaining / 5, .seconds(1))
    return try await withThrowingTaskGroup(of: RefreshAttempt?.self) { group in
      group.addTask {
        for await _ in wakes {
          let standing = try await store.read {
            try CredentialStore(transaction: $0).standing(key)
          }
          guard let standing, standing.sealed.version == asked.version else { return nil }
          let last = standing.attempts.last
          if let last, last.outcome != .started, last.number > asked.number { return last }
        }
        throw CredentialError.refreshGoesOn
      }
      group.addTask {
        try await Task.sleep(for: time)
        throw CredentialError.refreshGoesOn
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}
