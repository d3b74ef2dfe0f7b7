/// When tokens are renewed, and what the last try means for the next. Pure.
///
/// Times are milliseconds.
///
/// A refresh token is spent by its use, so a refresh is written down before it is sent. After a lost
/// answer the token may be spent; what the supplier sent back then is gone either way. The same
/// request is sent again, once the loss is recorded: it is the only lookup there is, and it can lose
/// nothing that is not lost already. It brings new tokens, or the word that the token is spent.
enum RefreshRules {
  /// On demand, tokens that are younger than this are not renewed again.
  static let rest: Int64 = 60_000
  /// A token that was renewed within this time and is called invalid is not cured by another refresh.
  static let curedOnce: Int64 = 600_000
  static let pauseMin: Int64 = 1000
  static let pauseMax: Int64 = 600_000
  /// Tokens far from their end are looked at again after a day, so that a clock that was set, or a
  /// timer that cannot reach so far, does not matter.
  static let lookAgain: Int64 = 86_400_000

  /// The end of the fourth fifth of an access token's life; nil when its end is not known.
  static func dueAt(_ sealed: SealedCredentials) -> Int64? {
    let end = sealed.accessTokenExpiresAt
    guard end != 0 else { return nil }
    return sealed.updatedAt + max(end - sealed.updatedAt, 0) / 5 * 4
  }

  enum Step: Hashable, Sendable {
    /// Only the reseller can bring new tokens, or they need none.
    case nothing
    case later(Int64)
    case refresh
  }

  /// - Parameter attempts: those of the present version, oldest first; what is STARTED in them was
  ///   interrupted.
  static func next(_ sealed: SealedCredentials, _ attempts: [RefreshAttempt], now: Int64) -> Step {
    guard sealed.hasRefreshToken, !CredentialRules.isRefreshTokenOver(sealed, now: now),
      sealed.refusal == nil || sealed.isRefreshWanted
    else { return .nothing }
    let due: Int64
    if sealed.isRefreshWanted {
      due = now
    } else if let regular = dueAt(sealed) {
      due = regular
    } else {
      return .nothing
    }
    let pause = pause(after: attempts, isWanted: sealed.isRefreshWanted, now: now)
    let start = max(due, pause)
    if start <= now { return .refresh }
    return .later(min(start, now + lookAgain))
  }

  /// When the next try may be made. Somebody who asks does not wait for the long pauses.
  private static func pause(after attempts: [RefreshAttempt], isWanted: Bool, now: Int64) -> Int64 {
    guard let last = attempts.last, last.outcome != .started else { return now }
    let pause = isWanted ? pauseMin : pauseAfter(attempts.count)
    // A clock that was set back does not prolong it.
    return min(last.endedAt, now) + pause
  }

  /// A second, doubling, ten minutes at most.
  static func pauseAfter(_ attempts: Int) -> Int64 {
    min(pauseMin << Int64(min(max(attempts - 1, 0), 10)), pauseMax)
  }
}

/// One request to the supplier to renew tokens.
///
/// **Invariant:** a version has at most one that is STARTED or DONE, so a second request with the same
/// refresh token follows only on the record of what became of the first.
struct RefreshAttempt: Hashable, Sendable {
  /// What became of it; its raw value is stored.
  enum Outcome: String, Sendable, CaseIterable {
    /// Under way; after a restart, the token may be spent.
    case started = "STARTED"
    case done = "DONE"
    case refused = "REFUSED"
    /// The answer was lost: the token may be spent.
    case unknown = "UNKNOWN"
    /// Certainly not taken, for a passing reason.
    case notAccepted = "NOT_ACCEPTED"
  }

  /// The version whose refresh token it spends.
  let version: Int
  /// 1 for the first of its version.
  let number: Int
  let outcome: Outcome
  let reason: PurchaseReason?
  let actor: String
  let startedAt: Int64
  /// 0 while it is under way.
  let endedAt: Int64
}
