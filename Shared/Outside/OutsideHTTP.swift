import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Calls to the outside world over HTTP: bounded in time, size and rate, and honest about whether a
/// request left.
///
/// **Invariant:** `.notSent` is given only when not one byte of a POST's body was handed to a
/// connection; a POST without a body counts as handed over from the start. Everything after that,
/// short of a complete answer, is `.unknown`. A GET whose answer is missing is `.unknown` too, and
/// may always be asked again. Nothing is repeated here and no redirect is followed.
/// Reflected it shows nothing, since connections hold requests with their credentials.
public final class OutsideHTTP: Sendable, CustomReflectable {
  public struct Configuration: Sendable {
    /// Calls per second for every method, in place of the providers' own rates. For benchmarks and
    /// for accounts with other limits.
    public var ratePerSecond: Int?
    /// The longest that any call may take, also where its method is given more.
    public var timeoutMax: Duration?
    public var connectTimeout = Duration.seconds(5)
    /// The largest answer that is read.
    public var answerBytesMax = 4 << 20
    /// Connections per host; more calls than that wait.
    public var connectionsMax = 128
    /// Shorter than the servers' own, so that a request seldom meets a connection just closed.
    public var idleConnectionTimeout = Duration.seconds(15)

    public init(ratePerSecond: Int? = nil, timeoutMax: Duration? = nil) {
      self.ratePerSecond = ratePerSecond
      self.timeoutMax = timeoutMax
    }
  }

  private struct Limits {
    var rates = OutsideRates()
    var statistics: [OutsideMethod: OutsideStatistics] = [:]
    /// Only of accounts that failed lately.
    var breakers: [OutsideAccount: CircuitBreaker] = [:]
  }

  private let configuration: Configuration
  private let client: HTTPClient
  private let logger: Logger
  private let limits = Mutex(Limits())

  public init(configuration: Configuration = Configuration(), logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    var settings = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(configuration.connectTimeout)),
      connectionPool: .init(idleTimeout: TimeAmount(configuration.idleConnectionTimeout)))
    settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
      configuration.connectionsMax
    settings.connectionPool.retryConnectionEstablishment = false
    settings.httpVersion = .http1Only
    client = HTTPClient(configuration: settings)
  }

  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Ends all connections. Must be called once, at the end.
  public func shutdown() async throws { try await client.shutdown() }

  /// Makes one call.
  public func send(_ request: OutsideRequest) async -> OutsideAnswer {
    let statistics = statistics(request)
    statistics.began()
    let answer = await answer(request, statistics)
    statistics.ended(answer)
    return answer
  }

  private func answer(_ request: OutsideRequest, _ statistics: OutsideStatistics) async
    -> OutsideAnswer
  {
    guard OutsideURL.isAllowed(request.url) else {
      return .notSent("\(request.provider): plain http is allowed to loopback only")
    }
    let timeout = configuration.timeoutMax.map { min($0, request.timeout) } ?? request.timeout
    let deadline = ContinuousClock.now + timeout
    guard let start = takeToken(request, latest: deadline) else {
      statistics.rateLimited()
      return .notSent("\(request.method): our own rate limit is reached; try again later")
    }
    let wait = ContinuousClock.now.duration(to: start)
    if wait > .zero {
      statistics.waits(wait)
      do { try await Task.sleep(until: start, clock: .continuous) } catch {
        return .notSent("\(request.method): stopped before it was sent")
      }
    }
    let account = OutsideAccount(request)
    guard admit(account) else {
      statistics.breakerRefused()
      return .notSent(
        "\(request.provider) failed \(CircuitBreaker.failuresMax) times in a row for this account; "
          + "it is left alone for a moment")
    }
    let begin = ContinuousClock.now
    let answer = await exchange(request, deadline: deadline)
    statistics.tried(ContinuousClock.now - begin)
    settle(account, answer)
    logger.debug(
      "outside call",
      metadata: [
        "provider": "\(request.provider)", "method": "\(request.method)",
        "answer": "\(Self.word(answer))", "took": "\(ContinuousClock.now - begin)",
      ])
    return answer
  }

  /// Lets no call of the request's method pass for a time, whoever makes it: the provider said so.
  public func hold(_ request: OutsideRequest, for pause: Duration) {
    let rate = configuration.ratePerSecond
    limits.withLock {
      $0.rates.hold(request, settingPerSecond: rate, until: .now + pause, now: .now)
    }
  }

  private func statistics(_ request: OutsideRequest) -> OutsideStatistics {
    let method = OutsideMethod(request)
    return limits.withLock { limits in
      if let known = limits.statistics[method] { return known }
      let new = OutsideStatistics(
        provider: method.provider, method: method.method, origin: String(method.origin))
      limits.statistics[method] = new
      return new
    }
  }

  /// What was counted of each method that was called, sorted by provider and method.
  public var figures: [OutsideFigures] {
    limits.withLock { Array($0.statistics.values) }.map(\.now)
      .sorted { ($0.provider, $0.method, $0.origin) < ($1.provider, $1.method, $1.origin) }
  }

  /// The accounts that failed lately, sorted.
  public var breakerFigures: [BreakerFigures] {
    limits.withLock(\.breakers).map { account, breaker in
      let (state, failures) = breaker.shown
      return BreakerFigures(
        provider: account.provider, account: account.account, origin: String(account.origin),
        state: state, failures: failures)
    }.sorted { ($0.provider, $0.account, $0.origin) < ($1.provider, $1.account, $1.origin) }
  }

  private func takeToken(_ request: OutsideRequest, latest: ContinuousClock.Instant)
    -> ContinuousClock.Instant?
  {
    let rate = configuration.ratePerSecond
    return limits.withLock {
      $0.rates.take(request, settingPerSecond: rate, now: .now, latest: latest)
    }
  }

  private func admit(_ account: OutsideAccount) -> Bool {
    limits.withLock { $0.breakers[account]?.admit(now: .now) ?? true }
  }

  private func settle(_ account: OutsideAccount, _ answer: OutsideAnswer) {
    limits.withLock { limits in
      var breaker = limits.breakers[account] ?? CircuitBreaker()
      switch answer {
      case .answer(let status, _, _) where status < 500: breaker.succeeded()
      case .answer: breaker.failed(now: .now)
      case .notSent where Task.isCancelled, .unknown where Task.isCancelled:
        breaker.abandoned(now: .now)
      case .notSent, .unknown: breaker.failed(now: .now)
      }
      limits.breakers[account] = breaker.isIdle ? nil : breaker
    }
  }

  private func exchange(_ request: OutsideRequest, deadline: ContinuousClock.Instant) async
    -> OutsideAnswer
  {
    let sending = SendingMark(isReached: request.body.readableBytes == 0)
    var outgoing = HTTPClientRequest(url: request.url)
    outgoing.method = request.verb == .post ? .POST : .GET
    for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
    if request.verb == .post {
      outgoing.body = .stream(
        MarkedBody(bytes: request.body, mark: sending),
        length: .known(Int64(request.body.readableBytes)))
    }
    let prepared = outgoing
    do {
      return try await withDeadline(deadline) {
        try await self.execute(prepared, deadline: deadline)
      }
    } catch {
      let what = "\(request.provider) \(request.method): \(error)"
      return request.verb == .post && !sending.isReached ? .notSent(what) : .unknown(what)
    }
  }

  private func execute(_ request: HTTPClientRequest, deadline: ContinuousClock.Instant)
    async throws -> OutsideAnswer
  {
    let remaining = max(.zero, ContinuousClock.now.duration(to: deadline))
    let response = try await client.execute(request, deadline: .now() + TimeAmount(remaining))
    let body = try await response.body.collect(upTo: configuration.answerBytesMax)
    var headers: [String: String] = [:]
    for (name, value) in response.headers {
      let name = name.lowercased()
      if headers[name] == nil { headers[name] = value }
    }
    return .answer(status: Int(response.status.code), headers: headers, body: body)
  }

  private static func word(_ answer: OutsideAnswer) -> String {
    switch answer {
    case .answer(let status, _, _): "\(status)"
    case .notSent: "not sent"
    case .unknown: "unknown"
    }
  }
}
