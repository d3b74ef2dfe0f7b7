import Contract
import Store
import Testing

@testable import Purchasing

/// Bans of the supplier: whose calls they stop, for how long, and that they outlive a process.
@Suite struct CallBanTests {
  private static let ours = Caller(environment: .sandbox, appKey: "500001", userID: 42)
  private static let others = [
    "app": Caller(environment: .sandbox, appKey: "500002", userID: 42),
    "user": Caller(environment: .sandbox, appKey: "500001", userID: 43),
    "environment": Caller(environment: .production, appKey: "500001", userID: 42),
  ]

  private static func store() throws -> Store {
    try Store(
      .memory, applicationID: Schema.applicationID, migrations: Schema.migrations,
      logger: PurchasingUnderTest.logger)
  }

  private static func bans(_ store: Store) -> CallBans {
    CallBans(store: store, logger: PurchasingUnderTest.logger)
  }

  private static func error(_ code: String, _ seconds: String) -> AliExpressError {
    AliExpressError(
      type: "ISV", code: code, message: "limit exceeded. this ban will last \(seconds) seconds")
  }

  @Test(arguments: [
    // Code, the callers whose placings it stops besides ours, whether it stops readings too.
    ("ApiCallLimit", ["app", "user"], false), ("AppApiCallLimit", ["user"], false),
    ("AppCallLimit", ["user"], true), ("SellerCallLimit", ["app"], true),
  ])
  func `a ban stops the calls that it means, and no others`(
    _ code: String, _ alsoStopped: [String], _ stopsReadings: Bool
  ) async throws {
    let bans = Self.bans(try Self.store())
    await bans.note(Self.error(code, "60"), to: .place, by: Self.ours, now: 1000)
    let ban = try #require(bans.ban(on: .place, by: Self.ours, now: 1000))
    #expect(ban.secondsLeft(now: 1000) == 60 && ban.providerCode == code)
    for (name, caller) in Self.others {
      let isStopped = bans.ban(on: .place, by: caller, now: 1000) != nil
      #expect(isStopped == alsoStopped.contains(name), "\(code) and another \(name)")
    }
    #expect((bans.ban(on: .product, by: Self.ours, now: 1000) != nil) == stopsReadings)
    #expect(bans.ban(on: .place, by: Self.ours, now: 60_999) != nil)
    #expect(bans.ban(on: .place, by: Self.ours, now: 61_000) == nil)
  }

  @Test func `a long ban holds in the next process, a short one is no row`() async throws {
    let store = try Self.store()
    let now = PurchaseWork.now()
    let bans = Self.bans(store)
    await bans.note(Self.error("AppApiCallLimit", "4"), to: .place, by: Self.ours, now: now)
    await bans.note(Self.error("AppApiCallLimit", "14229"), to: .product, by: Self.ours, now: now)
    await bans.note(Self.error("AppApiCallLimit", "60"), to: .product, by: Self.ours, now: now)
    #expect(bans.ban(on: .place, by: Self.ours, now: now) != nil)
    let next = Self.bans(store)
    try await next.restore()
    #expect(next.ban(on: .place, by: Self.ours, now: now) == nil)
    let ban = try #require(next.ban(on: .product, by: Self.ours, now: now))
    #expect(ban.secondsLeft(now: now) == 14_229, "a shorter one does not end it")
    #expect(ban.reason(now: now).text.contains("3 h 57 min"))
    _ = try await store.write { try $0.run("UPDATE callBan SET endsAt = 1") }
    let last = Self.bans(store)
    try await last.restore()
    #expect(last.ban(on: .product, by: Self.ours, now: now) == nil)
    let rows = try await store.read { try $0.row("SELECT COUNT(*) AS n FROM callBan")?.int("n") }
    #expect(rows == 0, "what is over is forgotten")
  }

  @Test func `what is banned is answered by the ban, without a call`() async throws {
    let bans = Self.bans(try Self.store())
    var calls = 0
    func call() async -> Placing {
      let answer = await bans.respecting(.place, by: Self.ours) {
        calls += 1
        return .error(AliExpressError(code: "AppCallLimit", message: "no time is named"))
      }
      return AliExpressPlacing.read(answer)
    }
    for _ in 0..<3 {
      guard case .notAccepted(let reason, let seconds) = await call() else {
        Issue.record("a ban is certainly not accepted")
        return
      }
      #expect(reason.code == .rateLimited && (seconds ?? 1) == 1)
    }
    #expect(calls == 1)
  }

  @Test func `while a method is over its rate its calls wait, and no order is kept back`()
    async throws
  {
    let bans = Self.bans(try Self.store())
    for (seconds, held) in [("1", 1), ("4", 4), ("no", 1), ("5", nil)] as [(String, Int?)] {
      let error = Self.error("ApiCallLimit", seconds)
      #expect(CallBans.secondsToHold(error) == held)
      await bans.note(error, to: .place, by: Self.ours, now: 1000)
      #expect((bans.ban(on: .place, by: Self.ours, now: 1000) != nil) == (held == nil))
    }
    #expect(CallBans.secondsToHold(Self.error("AppApiCallLimit", "1")) == nil)
  }

  @Test func `a ban that is longer than an order may wait ends it, as what another path can cure`()
    async throws
  {
    try await PurchasingUnderTest.running { test in
      func banned(_ seconds: Int) -> Placing {
        Self.error("AppApiCallLimit", "\(seconds)").placing
      }
      test.supplier.script(.answer(banned(1)))
      #expect(try await test.buy("o-1").state == .purchased, "a short one is waited for")
      test.supplier.script(.answer(banned(3600)))
      let refused = try await test.buy("o-2")
      #expect(refused.state == .refused && refused.reason?.code == "BAN_TOO_LONG")
      #expect(refused.reason?.providerCode == "AppApiCallLimit")
      test.supplier.change { $0.placingBan = 3600 }
      let unsent = try await test.buy("o-3")
      #expect(unsent.reason?.code == "BAN_TOO_LONG" && unsent.attempts.isEmpty)
      #expect(test.supplier.taken.keys.sorted() == ["o-1-p1"])
    }
    let cured = Set(
      PurchaseReason.Code.allCases.filter {
        PurchaseReason(code: $0, text: "", owner: .nobody).isCuredByBrowser
      })
    #expect(
      cured == [
        .browserNotConfigured, .noCredentials, .credentialsExpired, .credentialsRevoked,
        .credentialsUndecryptable, .banTooLong, .rateLimited, .aliExpressNotConfigured,
      ])
  }
}
