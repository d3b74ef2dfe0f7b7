import Contract
import Money
import RPC
import Store
import Support
import Synchronization
import Testing

@testable import Purchasing

/// Which path a purchase takes, and what becomes of it in the shop.
struct BrowserPathTests {
  private typealias Test = PurchasingUnderTest

  /// A purchasing with a shop, and no credentials for anyone.
  private static func running(
    settleTime: Int64 = 500, limits: SpendLimits = SpendLimits(),
    _ body: (PurchasingUnderTest, ScriptedShop) async throws -> Void
  ) async throws {
    let shop = ScriptedShop()
    let purchasing = try PurchasingUnderTest(limits: limits, shop: shop, settleTime: settleTime)
    try await purchasing.moving { try await body(purchasing, shop) }
  }

  private static func house(_ orderID: String, ceiling: Int64 = 1500) -> PlacePurchaseRequest {
    PurchasingUnderTest.request(orderID, user: 0, ceiling: ceiling)
  }

  @Test func `a house order is bought in the shop, once, and the platform pays`() async throws {
    try await Self.running { purchasing, shop in
      let purchase = try await purchasing.buy(Self.house("house"))
      #expect(purchase.state == .purchased)
      #expect(purchase.path == "browser" && purchase.fundedBy == "platform")
      #expect(purchase.landedCost?.minorUnits == 800)
      let attempt = try #require(purchase.attempts.first)
      #expect(attempt.path == "browser" && attempt.outcome == .placed)
      #expect(attempt.pathReason?.code == "HOUSE_ORDER")
      #expect(attempt.step == "confirmed" && attempt.confirmingAt != nil)
      #expect(attempt.screenshots == ["house-p1.1.01-product.png"])
      try await purchasing.buy(Self.house("house"))
      #expect(shop.bought.count == 1)
    }
  }

  @Test func `a reseller's order goes to the API while that lets him in, else to the shop`()
    async throws
  {
    try await Self.running { purchasing, shop in
      let without = try await purchasing.buy("without")
      #expect(without.path == "browser" && without.state == .purchased)
      #expect(without.attempts.first?.pathReason?.code == "NO_CREDENTIALS")
      try await purchasing.putCredentials()
      let with = try await purchasing.buy("with")
      #expect(with.path == "api" && with.fundedBy == "reseller")
      let closed = ReasonCatalogue.entry("InsufficientPermission")?.placing("closed")
      purchasing.supplier.script(.answer(try #require(closed)))
      let refused = try await purchasing.buy("closed")
      #expect(refused.state == .purchased && refused.path == "browser")
      #expect(refused.attempts.map(\.path) == ["api", "browser"])
      #expect(refused.attempts.last?.pathReason?.code == "API_CLOSED")
      #expect(shop.bought.count == 2)
    }
  }

  @Test func `what the API refused for a business reason is not bought in the shop`() async throws {
    try await Self.running { purchasing, shop in
      try await purchasing.putCredentials()
      let refused = try await purchasing.buy(PurchasingUnderTest.request("dear", ceiling: 700))
      #expect(refused.state == .refused && refused.reason?.code == "ABOVE_CEILING")
      #expect(shop.bought.isEmpty)
    }
  }

  @Test func `an unknown outcome of the API never goes to the shop`() async throws {
    try await Self.running { purchasing, shop in
      try await purchasing.putCredentials()
      purchasing.supplier.script(.placeInSilence)
      purchasing.supplier.change { $0.repeats = .error }
      try await purchasing.ask(PurchasingUnderTest.request("silent"))
      try await purchasing.wait(for: "silent", .unknown, "PURCHASE_UNKNOWN")
      #expect(shop.bought.isEmpty && shop.state.withLock { $0.visits } == 0)
    }
  }

  @Test(arguments: [true, false])
  func `what is under way is not told as waiting, however long it was to wait`(_ isInShop: Bool)
    async throws
  {
    let test = try PurchasingUnderTest(shop: ScriptedShop())
    let why = PurchaseReason(code: .rateLimited, text: "later", owner: .nobody)
    try await test.store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      let made = try purchases.request(try test.service.read(Test.request("early"))).purchase
      try purchases.wait(made, why, until: transaction.now + 60_000)
      let waits = try purchases.require("early")
      #expect(waits.isWaiting(beyond: transaction.now + 1000))
      let quote = try PurchaseRules.quote(
        ScriptedSupplier.mug, skuID: made.content.skuID, quantity: 1,
        deliveries: ScriptedSupplier.ways, ceiling: nil)
      let begun =
        isInShop
        ? try purchases.beginVisit(waits, account: "shop:a", why: why)
        : try purchases.begin(
          waits, OrderRequest(waits.content, quote), isLookUp: false, account: "credentials:1")
      #expect(begun?.purchase.isWaiting(beyond: transaction.now + 1000) == false)
    }
  }

  @Test func `after a visit that was confirmed none other begins`() async throws {
    let test = try PurchasingUnderTest(shop: ScriptedShop())
    let why = PurchaseReason(code: .houseOrder, text: "house", owner: .platform)
    try await test.store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      let made = try purchases.request(try test.service.read(Self.house("once"))).purchase
      let first = try #require(try purchases.beginVisit(made, account: "shop:a", why: why))
      _ = try purchases.markConfirming(
        first.purchase, attempt: first.attempt, VisitLog(name: "once-p1.1"))
      #expect(try purchases.beginVisit(first.purchase, account: "shop:a", why: why) == nil)
    }
  }

  @Test func `an environment without a shop's account refuses as before`() async throws {
    try await Self.running { purchasing, shop in
      let request = PurchasingUnderTest.request("prod", environment: .production)
      let refused = try await purchasing.buy(request)
      #expect(refused.state == .refused && refused.reason?.code == "NO_CREDENTIALS")
      #expect(shop.state.withLock { $0.visits } == 0)
    }
  }

  @Test func `a lost page is found in the list, and never bought again`() async throws {
    try await Self.running { purchasing, shop in
      shop.script(.placeInSilence)
      let purchase = try await purchasing.buy(Self.house("lost"))
      #expect(purchase.state == .purchased && purchase.resolvedBy == "orderList")
      #expect(shop.bought.map(\.id) == purchase.supplierOrderIDs)
      #expect(shop.state.withLock { $0.visits } == 1)
    }
  }

  @Test func `what never appears in the readable list was not placed, and may be retried`()
    async throws
  {
    try await Self.running { purchasing, shop in
      shop.script(.vanish)
      let refused = try await purchasing.buy(Self.house("gone"))
      #expect(refused.state == .refused && refused.reason?.code == "ORDER_NOT_IN_LIST")
      #expect(refused.resolvedBy == "orderList")
      let again = PurchasingUnderTest.request("gone", generation: 2, user: 0)
      #expect(try await purchasing.buy(again).state == .purchased)
      #expect(shop.bought.count == 1)
    }
  }

  @Test func `two orders of the list that fit are a matter for a person`() async throws {
    try await Self.running { purchasing, shop in
      shop.script(.vanish)
      let content = try Self.content(of: Self.house("two"), purchasing)
      shop.change {
        $0.orders = [
          ScriptedShop.listed("9000000000000001", content),
          ScriptedShop.listed("9000000000000002", content),
        ]
      }
      let purchase = try await purchasing.buy(Self.house("two"))
      #expect(purchase.state == .unknown && purchase.reason?.code == "PURCHASE_UNKNOWN")
      #expect(purchase.reason?.text.contains("9000000000000002") == true)
      #expect(purchase.nextAt == nil)
    }
  }

  @Test func `an order that another purchase has claimed is not taken for one's own`() async throws
  {
    try await Self.running { purchasing, shop in
      try await purchasing.buy(Self.house("first"))
      shop.script(.vanish)
      let second = try await purchasing.buy(Self.house("second"))
      #expect(second.state == .refused && second.reason?.code == "ORDER_NOT_IN_LIST")
    }
  }

  @Test func `a list that cannot be read proves nothing`() async throws {
    try await Self.running(settleTime: 1) { purchasing, shop in
      shop.script(.placeInSilence)
      let failure = BrowserRules.reason(.broken("crashed"))
      shop.change {
        $0.listings = Array(repeating: .later(failure, retryAfterSeconds: nil), count: 2)
      }
      let purchase = try await purchasing.buy(Self.house("blind"))
      #expect(purchase.state == .purchased && shop.bought.count == 1)
    }
  }

  @Test func `a challenge is for a person, a broken browser is tried again`() async throws {
    try await Self.running { purchasing, shop in
      shop.script(.before(BrowserRules.placing(.challenge("a captcha"))))
      let challenged = try await purchasing.buy(Self.house("captcha"))
      #expect(challenged.state == .refused && challenged.reason?.code == "BROWSER_CHALLENGE")
    }
    try await Self.running { purchasing, shop in
      shop.script(.before(BrowserRules.placing(.broken("crashed"))))
      let broken = try await purchasing.buy(Self.house("broken"))
      #expect(broken.state == .purchased)
      #expect(broken.attempts.map(\.outcome) == [.notAccepted, .placed])
      #expect(shop.bought.count == 1)
    }
  }

  @Test func `a day's limit and a dry run hold before the click`() async throws {
    var limits = SpendLimits()
    limits.sandbox.platform.orders = 1
    try await Self.running(limits: limits) { purchasing, shop in
      try await purchasing.buy(Self.house("one"))
      let second = try await purchasing.buy(Self.house("two"))
      #expect(second.reason?.code == "DAILY_ORDERS_REACHED")
      #expect(second.attempts.first?.confirmingAt == nil)
      #expect(shop.bought.count == 1)
    }
    limits.sandbox.isDryRun = true
    limits.sandbox.platform.orders = nil
    try await Self.running(limits: limits) { purchasing, shop in
      let dry = try await purchasing.buy(Self.house("dry"))
      #expect(dry.reason?.code == "DRY_RUN" && shop.bought.isEmpty)
    }
  }

  @Test func `an account has one visit at a time`() async throws {
    try await Self.running { purchasing, shop in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<12 {
          group.addTask {
            let purchase = try await purchasing.buy(Self.house("many-\(number)"))
            #expect(purchase.state == .purchased)
          }
        }
        try await group.waitForAll()
      }
      #expect(shop.bought.count == 12)
      #expect(shop.state.withLock { $0.mostAtOnce } == 1)
    }
  }

  @Test
  func `a process that died before the mark has bought nothing, after it looks into the list`()
    async throws
  {
    for isConfirmed in [false, true] {
      let shop = ScriptedShop()
      let purchasing = try PurchasingUnderTest(shop: shop, settleTime: 300)
      let request = Self.house("died")
      let content = try Self.content(of: request, purchasing)
      _ = try await purchasing.store.write { transaction in
        let purchases = PurchaseStore(transaction: transaction)
        let made = try purchases.request(content).purchase
        let why = CredentialRules.obstacle(
          .missing, CredentialKey(userID: 0, environment: .sandbox), nil)
        guard let why,
          let begun = try purchases.beginVisit(
            made, account: "shop:buyer@platform.example", why: why.pathReason)
        else { return false }
        if !isConfirmed { return true }
        return try purchases.markConfirming(
          begun.purchase, attempt: begun.attempt, VisitLog(name: "died-p1.1"))
      }
      if isConfirmed {
        shop.change { $0.orders = [ScriptedShop.listed("9000000000000009", content)] }
      }
      try await purchasing.moving {
        let purchase = try await purchasing.wait(for: "died", .purchased)
        #expect(purchase.resolvedBy == (isConfirmed ? "orderList" : ""))
        #expect(
          purchase.attempts.map(\.outcome) == (isConfirmed ? [.unknown] : [.notAccepted, .placed]))
      }
      #expect(shop.bought.count == 1)
      #expect(shop.state.withLock { $0.visits } == (isConfirmed ? 0 : 1))
    }
  }

  private static func content(
    of request: PlacePurchaseRequest, _ purchasing: PurchasingUnderTest
  ) throws -> PurchaseContent {
    try purchasing.service.read(request)
  }
}
