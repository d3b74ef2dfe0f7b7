/// How often one method of one provider may be called: so many per second, a second's worth at once.
///
/// Kept as the time at which the next call would be due if calls came evenly (GCRA), so that there is
/// no counter to refill. Times are given by the caller, which makes it a value to test.
struct TokenBucket: Sendable {
  let perSecond: Int
  private let interval: Duration
  private let burst: Duration
  private var due: ContinuousClock.Instant

  init(perSecond: Int, now: ContinuousClock.Instant) {
    precondition(perSecond > 0, "a rate must be positive")
    self.perSecond = perSecond
    interval = .seconds(1) / perSecond
    burst = .seconds(1) - interval
    due = now
  }

  /// Takes a token and says when it may be used; nil, taking none, when that is after `latest`.
  mutating func take(now: ContinuousClock.Instant, latest: ContinuousClock.Instant)
    -> ContinuousClock.Instant?
  {
    let next = max(due, now)
    let allowed = max(now, next - burst)
    guard allowed <= latest else { return nil }
    due = next + interval
    return allowed
  }

  /// When a token that is taken now may be used.
  func earliest(now: ContinuousClock.Instant) -> ContinuousClock.Instant {
    max(now, max(due, now) - burst)
  }

  /// Whether it gives a second's worth at once, as a new one does.
  func isFull(now: ContinuousClock.Instant) -> Bool { due <= now }

  /// Gives no token before a time: the provider told us to be quiet.
  mutating func hold(until time: ContinuousClock.Instant) {
    due = max(due, time + burst)
  }
}
