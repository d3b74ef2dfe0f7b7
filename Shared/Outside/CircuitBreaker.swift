/// Stops calling a provider that keeps failing for one account, and probes it with one call at a time.
///
/// Closed: calls pass; `failuresMax` failures in a row open it. Open: calls are turned away unsent for
/// a pause, one second at first, doubled up to a minute. Then one call passes; its end decides.
struct CircuitBreaker: Sendable {
  /// Failures in a row that open it: more than a hiccup, less than a stream of lost answers.
  static let failuresMax = 5
  static let pauseMin = Duration.seconds(1)
  static let pauseMax = Duration.seconds(60)

  private enum State: Sendable {
    case closed(failures: Int)
    case open(until: ContinuousClock.Instant, pause: Duration)
    case probing(pause: Duration)
  }

  private var state = State.closed(failures: 0)

  /// Nothing to remember: it may be forgotten.
  var isIdle: Bool {
    if case .closed(failures: 0) = state { true } else { false }
  }

  /// Its state as a word, and the failures in a row while it is closed.
  var shown: (state: String, failures: Int) {
    switch state {
    case .closed(let failures): ("closed", failures)
    case .open: ("open", 0)
    case .probing: ("probing", 0)
    }
  }

  /// Whether a call may pass now. One that may must be followed by `succeeded` or `failed`.
  mutating func admit(now: ContinuousClock.Instant) -> Bool {
    switch state {
    case .closed: return true
    case .probing: return false
    case .open(let until, let pause):
      guard now >= until else { return false }
      state = .probing(pause: pause)
      return true
    }
  }

  mutating func succeeded() { state = .closed(failures: 0) }

  mutating func failed(now: ContinuousClock.Instant) {
    switch state {
    case .closed(let failures) where failures + 1 < Self.failuresMax:
      state = .closed(failures: failures + 1)
    case .closed: state = .open(until: now + Self.pauseMin, pause: Self.pauseMin)
    case .probing(let pause):
      let next = min(pause * 2, Self.pauseMax)
      state = .open(until: now + next, pause: next)
    case .open: break
    }
  }

  /// The call that was let through never reached the provider and says nothing about it.
  mutating func abandoned(now: ContinuousClock.Instant) {
    if case .probing(let pause) = state { state = .open(until: now, pause: pause) }
  }
}
