/// One account at one server: the sandbox's trouble does not stop production.
struct OutsideAccount: Hashable, Sendable {
  let provider: String
  let account: String
  let origin: Substring

  init(_ request: OutsideRequest) {
    provider = request.provider
    account = request.account
    origin = OutsideURL.origin(request.url)
  }
}

/// One method at one server.
struct OutsideMethod: Hashable, Sendable {
  let provider: String
  let method: String
  let origin: Substring

  init(_ request: OutsideRequest) {
    provider = request.provider
    method = request.method
    origin = OutsideURL.origin(request.url)
  }
}

/// The rates of all methods, and of the accounts that have a share of theirs.
///
/// **Invariant:** a call takes a token of its method and one of its account's share, or none at all.
struct OutsideRates: Sendable {
  /// Shares that are remembered; above that the full ones, which are as new, are forgotten.
  static let sharesMax = 10_000

  private struct Share: Hashable, Sendable {
    let method: OutsideMethod
    let account: String
  }

  private var methods: [OutsideMethod: TokenBucket] = [:]
  private var shares: [Share: TokenBucket] = [:]

  /// Takes what a call needs and says when it may go; nil, taking nothing, when that is after `latest`.
  ///
  /// - Parameter settingPerSecond: in place of the request's own rates.
  mutating func take(
    _ request: OutsideRequest, settingPerSecond: Int?, now: ContinuousClock.Instant,
    latest: ContinuousClock.Instant
  ) -> ContinuousClock.Instant? {
    let method = OutsideMethod(request)
    let rate = settingPerSecond ?? request.ratePerSecond
    guard let limit = request.accountRatePerSecond.map({ settingPerSecond ?? $0 }) else {
      return methods[method, default: TokenBucket(perSecond: rate, now: now)]
        .take(now: now, latest: latest)
    }
    var whole = methods[method] ?? TokenBucket(perSecond: rate, now: now)
    let key = Share(method: method, account: request.account)
    var share = shares[key] ?? TokenBucket(perSecond: limit, now: now)
    let start = max(share.earliest(now: now), whole.earliest(now: now))
    guard start <= latest, share.take(now: now, latest: latest) != nil,
      let taken = whole.take(now: now, latest: latest)
    else { return nil }
    methods[method] = whole
    shares[key] = share
    forget(now: now)
    return max(start, taken)
  }

  /// Gives no call of a method a token before a time.
  mutating func hold(
    _ request: OutsideRequest, settingPerSecond: Int?, until time: ContinuousClock.Instant,
    now: ContinuousClock.Instant
  ) {
    let rate = settingPerSecond ?? request.ratePerSecond
    methods[OutsideMethod(request), default: TokenBucket(perSecond: rate, now: now)]
      .hold(until: time)
  }

  private mutating func forget(now: ContinuousClock.Instant) {
    guard shares.count > Self.sharesMax else { return }
    shares = shares.filter { !$0.value.isFull(now: now) }
  }
}
