import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Calls to the outside world over HTTP: bounded in time, size and rate, and honest about whether a
/// request left.
///
/// **Invariant:** `.notSent` is given only when not one byte of a POST's body was handed to a
/// connection. Everything after that, short of a complete answer, is `.unknown`. Nothing is repeated
/// here and no redirect is followed.
public final class OutsideHTTP: Sendable {
  public struct Configuration: Sendable {
    /// Calls per second for every method, in place of the providers' own rates. For benchmarks and
    /// for accounts with other limits.
    public var ratePerSecond: Int?
    public var connectTimeout = Duration.seconds(5)
    /// The largest answer that is read.
    public var answerBytesMax = 4 << 20
    /// Connections per host; more calls than that wait.
    public var connectionsMax = 128
    /// Shorter than the servers' own, so that a request seldom meets a connection just closed.
    public var idleConnectionTimeout = Duration.seconds(15)

    public init(ratePerSecond: Int? = nil) { self.ratePerSecond = ratePerSecond }
  }

  private struct Account: Hashable {
    let provider: String
    let account: String
  }

  private struct Limits {
    var buckets: [String: TokenBucket] = [:]
    /// Only of accounts that failed lately.
    var breakers: [Account: CircuitBreaker] = [:]
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

  /// Ends all connections. Must be called once, at the end.
  public func shutdown() async throws { try await client.shutdown() }

  /// Makes one call.
  public func send(_ request: OutsideRequest) async -> OutsideAnswer {
    guard Self.isAllowed(request.url) else {
      return .notSent("\(request.provider): plain http is allowed to loopback only")
    }
    let deadline = ContinuousClock.now + request.timeout
    guard let start = takeToken(request, latest: deadline) else {
      return .notSent("\(request.method): our own rate limit is reached; try again later")
    }
    if start > .now {
      do { try await Task.sleep(until: start, clock: .continuous) } catch {
        return .notSent("\(request.method): stopped before it was sent")
      }
    }
    let account = Account(provider: request.provider, account: request.account)
    guard admit(account) else {
      return .notSent(
        "\(request.provider) failed \(CircuitBreaker.failuresMax) times in a row for this account; "
          + "it is left alone for a moment")
    }
    let begin = ContinuousClock.now
    let answer = await exchange(request, deadline: deadline)
    settle(account, answer)
    logger.debug(
      "outside call",
      metadata: [
        "provider": "\(request.provider)", "method": "\(request.method)",
        "answer": "\(Self.word(answer))", "took": "\(ContinuousClock.now - begin)",
      ])
    return answer
  }

  /// Lets no call of a method pass for a time: the provider said so.
  public func hold(method: String, of provider: String, ratePerSecond: Int, for pause: Duration) {
    let now = ContinuousClock.now
    let rate = configuration.ratePerSecond ?? ratePerSecond
    limits.withLock {
      $0.buckets["\(provider) \(method)", default: TokenBucket(perSecond: rate, now: now)]
        .hold(until: now + pause)
    }
  }

  private func takeToken(_ request: OutsideRequest, latest: ContinuousClock.Instant)
    -> ContinuousClock.Instant?
  {
    let now = ContinuousClock.now
    let rate = configuration.ratePerSecond ?? request.ratePerSecond
    return limits.withLock {
      $0.buckets[
        "\(request.provider) \(request.method)", default: TokenBucket(perSecond: rate, now: now)
      ].take(now: now, latest: latest)
    }
  }

  private func admit(_ account: Account) -> Bool {
    limits.withLock { $0.breakers[account]?.admit(now: .now) ?? true }
  }

  private func settle(_ account: Account, _ answer: OutsideAnswer) {
    limits.withLock { limits in
      var breaker = limits.breakers[account] ?? CircuitBreaker()
      switch answer {
      case .answer(let status, _, _) where status < 500: breaker.succeeded()
      case .answer, .notSent: breaker.failed(now: .now)
      case .unknown where Task.isCancelled: breaker.abandoned(now: .now)
      case .unknown: breaker.failed(now: .now)
      }
      limits.breakers[account] = breaker.isIdle ? nil : breaker
    }
  }

  private func exchange(_ request: OutsideRequest, deadline: ContinuousClock.Instant) async
    -> OutsideAnswer
  {
    let sending = SendingMark()
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
    for (name, value) in response.headers where headers[name.lowercased()] == nil {
      headers[name.lowercased()] = value
    }
    return .answer(status: Int(response.status.code), headers: headers, body: body)
  }

  static func isAllowed(_ url: String) -> Bool {
    if url.hasPrefix("https://") { return true }
    return ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { prefix in
      url.hasPrefix(prefix) && [nil, ":", "/"].contains(url.dropFirst(prefix.count).first)
    }
  }

  private static func word(_ answer: OutsideAnswer) -> String {
    switch answer {
    case .answer(let status, _, _): "\(status)"
    case .notSent: "not sent"
    case .unknown: "unknown"
    }
  }
}
