import Testing

@testable import Outside

/// Rates and breakers: as values first, then in the client.
@Suite struct LimitsTests {
  /// A bucket on a clock of its own, in milliseconds.
  private final class Bucket {
    private static let start = ContinuousClock.now
    private var value: TokenBucket

    init(perSecond: Int) { value = TokenBucket(perSecond: perSecond, now: Self.start) }

    func take(at now: Int = 0, latest: Int = 100_000) -> Duration? {
      value.take(now: Self.start + .milliseconds(now), latest: Self.start + .milliseconds(latest))
        .map { Self.start.duration(to: $0) }
    }

    func take(_ count: Int, at now: Int = 0) -> [Duration?] {
      (0..<count).map { _ in take(at: now) }
    }

    func hold(until time: Int) { value.hold(until: Self.start + .milliseconds(time)) }
  }

  /// A breaker on a clock of its own, in milliseconds.
  private final class Breaker {
    private static let start = ContinuousClock.now
    private var value = CircuitBreaker()

    var isIdle: Bool { value.isIdle }
    func admit(at now: Int) -> Bool { value.admit(now: Self.start + .milliseconds(now)) }
    func succeeded() { value.succeeded() }
    func abandoned(at now: Int) { value.abandoned(now: Self.start + .milliseconds(now)) }

    func failed(_ times: Int = 1, at now: Int = 0) {
      for _ in 0..<times { value.failed(now: Self.start + .milliseconds(now)) }
    }
  }

  private func milliseconds(_ values: [Int]) -> [Duration?] { values.map { .milliseconds($0) } }

  // MARK: Rates

  @Test func `a second's worth goes at once, then the calls come evenly`() {
    let bucket = Bucket(perSecond: 4)
    #expect(bucket.take(8) == milliseconds([0, 0, 0, 0, 250, 500, 750, 1000]))
  }

  @Test func `what is not used is not saved up beyond a second's worth`() {
    let bucket = Bucket(perSecond: 2)
    #expect(bucket.take(4, at: 60_000) == milliseconds([60_000, 60_000, 60_500, 61_000]))
  }

  @Test func `a call that would be too late takes nothing`() {
    let bucket = Bucket(perSecond: 1)
    #expect(bucket.take(latest: 0) == .zero)
    for _ in 0..<5 { #expect(bucket.take(latest: 999) == nil) }
    #expect(bucket.take(latest: 1000) == .milliseconds(1000))
  }

  @Test func `a hold lets one call pass at its end and the others evenly after it`() {
    let bucket = Bucket(perSecond: 4)
    bucket.hold(until: 5000)
    #expect(bucket.take(latest: 4999) == nil)
    #expect(bucket.take(3) == milliseconds([5000, 5250, 5500]))
    // An earlier end does not shorten it.
    bucket.hold(until: 100)
    #expect(bucket.take() == .milliseconds(5750))
  }

  @Test func `calls above the rate wait, or are not sent when they would be too late`() async throws
  {
    try await ScriptedServer.running { _ in
      .http(200)
    } _: { server, http in
      func call(_ method: String, _ timeout: Duration) async -> OutsideAnswer {
        await http.send(.test(server.url, method: method, rate: 5, timeout: timeout))
      }
      let begin = ContinuousClock.now
      for _ in 0..<6 { #expect(await call("m", .seconds(20)).status == 200) }
      #expect(ContinuousClock.now - begin >= .milliseconds(190))
      http.hold(.test(server.url, method: "m"), for: .seconds(60))
      #expect(await call("m", .seconds(1)).isNotSent)
      #expect(await call("other", .seconds(20)).status == 200)
      #expect(server.heard.count == 7)
    }
  }

  @Test func `a setting replaces the providers' rates`() async throws {
    try await ScriptedServer.running(configuration: .init(ratePerSecond: 1000)) { _ in
      .http(200)
    } _: { server, http in
      let url = server.url
      await withDiscardingTaskGroup { group in
        // At the provider's own rate the last would be due in half a minute, and not be sent.
        for _ in 0..<30 {
          group.addTask {
            #expect(await http.send(.test(url, rate: 1, timeout: .seconds(20))).status == 200)
          }
        }
      }
    }
  }

  @Test func `an account has a share of the method's rate, and leaves the rest to others`() {
    let start = ContinuousClock.now
    var rates = OutsideRates()
    func take(_ account: String, at now: Int = 0, latest: Int = 100_000) -> Duration? {
      let request = OutsideRequest.test("https://x", account: account, rate: 5, share: 2)
      return rates.take(
        request, settingPerSecond: nil, now: start + .milliseconds(now),
        latest: start + .milliseconds(latest)
      ).map { start.duration(to: $0) }
    }
    #expect((0..<3).map { _ in take("a") } == milliseconds([0, 0, 500]))
    #expect(take("a", latest: 900) == nil, "a call that would be too late takes nothing")
    #expect((0..<2).map { _ in take("b") } == milliseconds([0, 0]), "another has its own")
    #expect(take("c") == .milliseconds(200), "all together keep to the method's rate")
    #expect(take("a") == .milliseconds(1000))
  }

  @Test func `a caller who is cancelled while waiting has sent nothing`() async throws {
    try await ScriptedServer.running { _ in
      .http(200)
    } _: { server, http in
      http.hold(.test(server.url), for: .seconds(10))
      let url = server.url
      let call = Task { await http.send(.test(url)) }
      call.cancel()
      #expect(await call.value.isNotSent)
      #expect(server.heard.isEmpty)
    }
  }

  // MARK: Breakers

  @Test func `failures in a row open the breaker, a success in between does not`() {
    let breaker = Breaker()
    breaker.failed(4)
    breaker.succeeded()
    #expect(breaker.isIdle)
    breaker.failed(4)
    #expect(breaker.admit(at: 0))
    breaker.failed()
    #expect(!breaker.admit(at: 999))
    #expect(breaker.admit(at: 1000))
  }

  @Test func `one call probes at a time, and its success closes the breaker`() {
    let breaker = Breaker()
    breaker.failed(5)
    #expect(breaker.admit(at: 1000))
    #expect(!breaker.admit(at: 90_000))
    breaker.succeeded()
    #expect(breaker.isIdle && breaker.admit(at: 1000) && breaker.admit(at: 1000))
  }

  @Test func `each failed probe doubles the pause up to a minute`() {
    let breaker = Breaker()
    breaker.failed(5)
    var now = 1000
    for pause in [2, 4, 8, 16, 32, 60, 60] {
      #expect(breaker.admit(at: now))
      breaker.failed(at: now)
      now += pause * 1000
      #expect(!breaker.admit(at: now - 1))
    }
  }

  @Test func `a probe that was given up leaves room for the next`() {
    let breaker = Breaker()
    breaker.failed(5)
    #expect(breaker.admit(at: 1000))
    breaker.abandoned(at: 1001)
    #expect(breaker.admit(at: 1001))
  }

  @Test func `a failing account is left alone, another one and another server are not`()
    async throws
  {
    try await ScriptedServer.running { _ in
      .http(500)
    } _: { server, http in
      for _ in 0..<5 { #expect(await http.send(.test(server.url)).status == 500) }
      #expect(await http.send(.test(server.url)).isNotSent)
      #expect(await http.send(.test(server.url, account: "b")).status == 500)
      let elsewhere = server.url.replacing("127.0.0.1", with: "localhost")
      #expect(await http.send(.test(elsewhere)).status == 500)
      #expect(server.heard.count == 7)
    }
  }

  @Test func `refusals of the provider open nothing`() async throws {
    try await ScriptedServer.running { _ in
      .http(422)
    } _: { server, http in
      for _ in 0..<20 { #expect(await http.send(.test(server.url)).status == 422) }
    }
  }
}
