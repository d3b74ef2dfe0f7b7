import Contract
import Money
import RPC
import Store
import Support
import Synchronization
import Testing

@testable import Purchasing

/// Limits of a day: reserved before something is sent, settled with the real cost, given back when
/// nothing was bought. A mug costs 8.00.
@Suite struct SpendTests {
  private typealias Test = PurchasingUnderTest
  private typealias Bound = SpendRules.Limits.Bound

  private static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  private static func running(
    _ limits: SpendRules.Limits, _ body: (PurchasingUnderTest) async throws -> Void
  ) async throws {
    let test = try PurchasingUnderTest(limits: SpendLimits(sandbox: limits))
    for user in [Int64(42), 43] { try await test.putCredentials(user: user) }
    try await test.putCredentials(environment: .production)
    try await test.moving { try await body(test) }
  }

  private static func reservations(_ test: PurchasingUnderTest) async throws -> [String] {
    try await test.store.read { transaction in
      try transaction.rows("SELECT * FROM reservation ORDER BY orderID, generation").map {
        "\($0.text("orderID"))-p\($0.int("generation")) \($0.text("state")) \($0.int("amount"))"
      }
    }
  }

  @Test func `orders beyond a reseller's limit are refused, others' are not`() async throws {
    try await Self.running(.init(reseller: Bound(orders: 2))) { test in
      for order in ["o-1", "o-2"] { #expect(try await test.buy(order).state == .purchased) }
      let refused = try await test.buy("o-3")
      #expect(refused.reason?.code == "DAILY_ORDERS_REACHED")
      #expect(refused.reason?.text.contains("reseller 42 has 2 orders today") == true)
      #expect(refused.attempts.isEmpty, "nothing was sent")
      #expect(try await test.buy(Test.request("o-4", user: 43)).state == .purchased)
      let production = try await test.buy(Test.request("o-5", environment: .production))
      #expect(production.state == .purchased, "the environments do not count together")
      try await test.tamper("UPDATE reservation SET day = day - 1")
      let next = try await test.buy(Test.request("o-3", generation: 2))
      #expect(next.state == .purchased, "the next day")
    }
  }

  @Test func `spend is limited for the platform as a whole, with what is only reserved`()
    async throws
  {
    try await Self.running(.init(platform: Bound(spend: Self.usd(1600)))) { test in
      try await test.buy("o-1")
      #expect(try await test.buy(Test.request("o-2", user: 43)).state == .purchased)
      let refused = try await test.buy("o-3")
      #expect(refused.reason?.code == "DAILY_SPEND_REACHED")
      #expect(refused.reason?.text.contains("16.00 USD today, 8.00 USD more") == true)
      #expect(
        try await Self.reservations(test) == ["o-1-p1 SETTLED 800", "o-2-p1 SETTLED 800"])
    }
  }

  @Test func `many at once do not pass the limit together`() async throws {
    try await Self.running(.init(platform: Bound(spend: Self.usd(8000)))) { test in
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<40 {
          group.addTask { _ = try? await test.buy("o-\(number)") }
        }
      }
      #expect(test.supplier.taken.count == 10)
    }
  }

  @Test func `an order does not count itself twice, and a refused one gives back`() async throws {
    try await Self.running(.init(reseller: Bound(orders: 1, spend: Self.usd(800)))) { test in
      test.supplier.script(
        .answer(
          ReasonCatalogue.entry("ApiCallLimit")?.placing("") ?? .placed(ids: [], paymentProblem: "")
        ),
        .answer(
          ReasonCatalogue.entry("SKU_NOT_EXIST")?.placing("")
            ?? .placed(ids: [], paymentProblem: "")))
      let refused = try await test.buy("o-1")
      #expect(refused.reason?.code == "SKU_NOT_FOUND" && refused.attempts.count == 2)
      #expect(try await Self.reservations(test) == ["o-1-p1 RELEASED 800"])
      let bought = try await test.buy(Test.request("o-1", generation: 2))
      #expect(bought.state == .purchased)
      #expect(
        try await Self.reservations(test) == ["o-1-p1 RELEASED 800", "o-1-p2 SETTLED 800"])
    }
  }

  @Test func `what may have been placed stays reserved until a person knows`() async throws {
    let limits = SpendLimits(sandbox: .init(reseller: Bound(orders: 1)))
    let test = try PurchasingUnderTest(mayRepeat: false, limits: limits)
    try await test.putCredentials()
    try await test.moving {
      test.supplier.script(.vanish)
      #expect(try await test.buy("o-1").state == .unknown)
      #expect(try await test.buy("o-2").reason?.code == "DAILY_ORDERS_REACHED")
      _ = try await test.client.reconcilePurchase(
        .init(orderID: "o-1", notPlacedEvidence: "none in the list", generation: 1),
        options: Test.asOperator)
      #expect(try await test.buy(Test.request("o-2", generation: 2)).state == .purchased)
    }
  }

  @Test func `only those on the list buy, and a dry run sends nothing`() async throws {
    try await Self.running(.init(allowed: [43])) { test in
      let refused = try await test.buy("o-1")
      #expect(refused.reason?.code == "RESELLER_NOT_ALLOWED")
      let questions = test.supplier.state.withLock { $0.questions }
      #expect(questions == 0)
      let bought = try await test.buy(Test.request("o-2", user: 43))
      #expect(bought.state == .purchased)
    }
    try await Self.running(.init(isDryRun: true)) { test in
      let rehearsed = try await test.buy("o-1")
      #expect(rehearsed.state == .refused && rehearsed.reason?.code == "DRY_RUN")
      #expect(rehearsed.reason?.text.contains("would have cost 8.00 USD") == true)
      let dear = try await test.buy(Test.request("o-2", ceiling: 1))
      #expect(dear.reason?.code == "ABOVE_CEILING", "the checks are real")
      #expect(test.supplier.sent.isEmpty)
    }
  }
}
