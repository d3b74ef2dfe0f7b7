import Contract
import Outside
import RPC
import Support
import Synchronization
import Testing

@testable import Purchasing

/// Purchases from the request to the payment, with a supplier that does as it is told.
@Suite struct PurchaseTests {
  private typealias Test = PurchasingUnderTest

  @Test func `a purchase is placed once, paid, and says what was charged`() async throws {
    try await Test.running { test in
      let bought = try await test.buy("o-1")
      #expect(bought.state == .purchased && bought.path == "api")
      #expect(bought.landedCost == .init(minorUnits: 800, currency: "USD"))
      #expect(bought.itemsCost?.minorUnits == 650 && bought.shippingCost?.minorUnits == 150)
      #expect(bought.fundedBy == "reseller" && bought.resolvedBy.isEmpty)
      #expect(bought.supplierOrderIDs == ["8000000000000010"])
      #expect(bought.nextAt == nil && bought.reason == nil)
      #expect(bought.attempts.map(\.outcome) == [.placed])
      #expect(bought.attempts.map(\.key) == ["o-1-p1"])
      #expect(test.supplier.sent == ["o-1-p1"])
      #expect(try await test.count("SELECT COUNT(*) AS n FROM intent") == 0)
    }
  }

  @Test func `a replay answers with the purchase as it is and sends nothing`() async throws {
    try await Test.running { test in
      let first = try await test.buy("o-1")
      #expect(try await test.buy("o-1") == first)
      try await withThrowingTaskGroup(of: Contract.Purchase.self) { group in
        for _ in 0..<8 { group.addTask { try await test.buy("o-2") } }
        for try await answer in group { #expect(answer.state == .purchased) }
      }
      #expect(test.supplier.sent == ["o-1-p1", "o-2-p1"])
    }
  }

  @Test func `the same order with other content is refused and names the field`() async throws {
    try await Test.running { test in
      try await test.buy("o-1")
      var moved = Test.address
      moved.city = "Oakland"
      var elsewhere = Test.request("o-1")
      elsewhere.productURL = "https://www.aliexpress.com/item/1005001000000002.html"
      let others: [(String, PlacePurchaseRequest)] = [
        ("quantity", Test.request("o-1", quantity: 2)), ("user_id", Test.request("o-1", user: 43)),
        ("environment", Test.request("o-1", environment: .production)),
        ("sku_id", Test.request("o-1", sku: "12000000000000002")),
        ("cost_ceiling", Test.request("o-1", ceiling: 1501)),
        ("ship_to.city", Test.request("o-1", address: moved)), ("product_url", elsewhere),
      ]
      for (field, request) in others {
        await test.expectRefused(.alreadyExists, fields: [field]) { try await test.buy(request) }
      }
    }
  }

  @Test func `the next generation is taken only after a definite end`() async throws {
    try await Test.running { test in
      await test.expectRefused(.failedPrecondition, reason: "GENERATION_NOT_NEXT") {
        try await test.buy(Test.request("o-1", generation: 2))
      }
      let refused = try await test.buy(Test.request("o-1", ceiling: 799))
      #expect(refused.state == .refused && refused.reason?.code == "ABOVE_CEILING")
      await test.expectRefused(.failedPrecondition, reason: "GENERATION_NOT_NEXT") {
        try await test.buy(Test.request("o-1", generation: 3))
      }
      await test.expectRefused(.alreadyExists, fields: ["quantity"]) {
        try await test.buy(Test.request("o-1", generation: 2, quantity: 2))
      }
      var corrected = Test.address
      corrected.line1 = "2 Market Street"
      let raised = Test.request("o-1", generation: 2, ceiling: 800, address: corrected)
      #expect(try await test.buy(raised).state == .purchased)
      #expect(test.supplier.sent == ["o-1-p2"])
      await test.expectRefused(.failedPrecondition, reason: "GENERATION_NOT_NEXT") {
        try await test.buy(Test.request("o-1", generation: 3))
      }
      #expect(try await test.buy(Test.request("o-1", ceiling: 799)).state == .refused)
      #expect(try await test.purchase("o-1").generation == 2)
    }
  }

  @Test func `the schema itself admits one live purchase per order`() async throws {
    try await Test.running { test in
      try await test.buy("o-1")
      await #expect(throws: (any Error).self) {
        try await test.tamper(
          """
          INSERT INTO purchase (orderID, generation, userID, environment, productURL, productID,
            skuID, quantity, shipTo, ceiling, currency, state, createdAt, updatedAt)
          SELECT orderID, 2, userID, environment, productURL, productID, skuID, quantity, shipTo,
            ceiling, currency, 'REQUESTED', createdAt, updatedAt FROM purchase
          """)
      }
      await #expect(throws: (any Error).self) {
        try await test.tamper("UPDATE purchase SET state = 'REQUESTED'")
      }
    }
  }

  @Test(arguments: [
    ("12000000000000099", 1500, "SKU_NOT_FOUND"), ("12000000000000002", 1500, "OUT_OF_STOCK"),
    ("12000000000000001", 799, "ABOVE_CEILING"),
  ])
  func `a guard that fails refuses before anything is sent`(
    _ sku: String, _ ceiling: Int, _ reason: String
  ) async throws {
    try await Test.running { test in
      let refused = try await test.buy(
        Test.request("o-1", sku: sku, ceiling: Int64(ceiling)))
      #expect(refused.state == .refused && refused.reason?.code == reason)
      #expect(refused.attempts.isEmpty && refused.nextAt == nil)
      #expect(test.supplier.sent.isEmpty)
    }
  }

  @Test func `without a way to the API the refusal says why and what to do`() async throws {
    try await Test.running { test in
      func reason(_ request: PlacePurchaseRequest) async throws -> String {
        let refused = try await test.buy(request)
        #expect(refused.state == .refused)
        return "\(refused.reason?.code ?? "") \(refused.reason?.text ?? "")"
      }
      let missing = try await reason(Test.request("o-1", user: 43))
      #expect(missing.hasPrefix("NO_CREDENTIALS"))
      #expect(missing.contains("no aliexpress-dropshipping credentials for reseller 43 in sandbox"))
      #expect(missing.contains("put credentials"))
      let house = try await reason(Test.request("o-2", user: 0))
      #expect(house.hasPrefix("BROWSER_NOT_CONFIGURED") && house.contains("no reseller"))
      try await test.putCredentials(user: 44, expiresAt: 1_600_000_000_000)
      #expect(try await reason(Test.request("o-3", user: 44)).contains("expired"))
      try await test.putCredentials(user: 45)
      try await test.tamper("UPDATE credential SET version = version + 1 WHERE userID = 45")
      #expect(try await reason(Test.request("o-4", user: 45)).contains("cannot be decrypted"))
      test.supplier.change { $0.environments = [] }
      #expect(try await reason(Test.request("o-5")).hasPrefix("ALIEXPRESS_NOT_CONFIGURED"))
      #expect(test.supplier.sent.isEmpty && test.supplier.state.withLock { $0.tokens.isEmpty })
    }
  }

  @Test func `each reseller buys with his own token`() async throws {
    try await Test.running { test in
      for user in Int64(50)..<60 {
        try await test.putCredentials(user: user, token: "access-\(user)")
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for user in Int64(50)..<60 {
          group.addTask { try await test.buy(Test.request("o-\(user)", user: user)) }
        }
        try await group.waitForAll()
      }
      for user in 50..<60 {
        #expect(test.supplier.taken["o-\(user)-p1"]?.account == "access-\(user)")
      }
    }
  }

  @Test func `an unpaid order waits, and goes on when it is paid`() async throws {
    try await Test.running { test in
      test.supplier.change { $0.statuses = ["PLACE_ORDER_SUCCESS"] }
      async let bought = test.buy("o-1")
      let waiting = try await test.wait(
        for: "o-1", .awaitingSupplierPayment, "AWAITING_SUPPLIER_PAYMENT")
      #expect(waiting.nextAt != nil && waiting.landedCost == nil)
      #expect(try await bought.landedCost?.minorUnits == 800)
      #expect(test.supplier.sent == ["o-1-p1"])
    }
  }

  @Test func `a failed automatic payment is told, and a lapsed order is closed`() async throws {
    try await Test.running { test in
      test.supplier.script(
        .answer(
          .placed(ids: ["9000000000000001"], paymentProblem: "OrderCreated, autoPay fail:X")))
      test.supplier.change { $0.statuses = ["PLACE_ORDER_SUCCESS", "CANCELLED"] }
      let waiting = try await test.buy("o-1")
      #expect(waiting.state == .awaitingSupplierPayment)
      #expect(waiting.reason?.code == "SUPPLIER_PAYMENT_FAILED")
      #expect(waiting.reason?.owner == "reseller" && waiting.nextAt != nil)
      let closed = try await test.wait(for: "o-1", .closed)
      #expect(closed.reason?.code == "SUPPLIER_ORDER_CLOSED")
      #expect(closed.nextAt == nil && closed.landedCost == nil)
      #expect(try await test.buy(Test.request("o-1", generation: 2)).state == .purchased)
    }
  }

  @Test func `when the caller's time ends the answer is the purchase as it is`() async throws {
    try await Test.running { test in
      test.supplier.change { $0.status = "PLACE_ORDER_SUCCESS" }
      let begin = ContinuousClock.now
      let waiting = try await test.buy(Test.request("o-1"), timeout: .seconds(3))
      #expect(waiting.state == .awaitingSupplierPayment)
      #expect(ContinuousClock.now - begin > .seconds(1))
    }
  }

  @Test func `when the service stops those who wait are answered at once`() async throws {
    try await Test.running { test in
      test.supplier.change { $0.status = "PLACE_ORDER_SUCCESS" }
      async let answer = test.buy("o-1")
      try await test.wait(for: "o-1", .awaitingSupplierPayment)
      let begin = ContinuousClock.now
      test.waiters.endAll()
      #expect(try await answer.state == .awaitingSupplierPayment)
      #expect(try await test.buy("o-1").state == .awaitingSupplierPayment)
      #expect(ContinuousClock.now - begin < .seconds(5), "the caller would wait 15 s")
    }
  }

  @Test func `several supplier orders cost their sum`() async throws {
    try await Test.running { test in
      test.supplier.script(
        .answer(.placed(ids: ["9000000000000001", "9000000000000002"], paymentProblem: "")))
      let bought = try await test.buy("o-1")
      #expect(bought.state == .purchased && bought.landedCost?.minorUnits == 1600)
      #expect(bought.supplierOrderIDs.count == 2)
    }
  }

  @Test func `only system and operators place; a reseller sees his own`() async throws {
    try await Test.running { test in
      for actor in ["reseller:42", "admin:1"] {
        await test.expectRefused(.permissionDenied) {
          _ = try await test.client.placePurchase(
            Test.request("o-1"), options: CallOptions().acting(actor))
        }
      }
      try await test.buy("o-1")
      func get(_ actor: String) async throws {
        _ = try await test.client.getPurchase(
          .init(orderID: "o-1"), options: CallOptions().acting(actor))
      }
      try await get("reseller:42")
      await test.expectRefused(.permissionDenied) { try await get("reseller:43") }
      let listed = try await test.client.listPurchases(
        .init(userID: 42, state: .purchased, pageSize: 10, pageToken: ""),
        options: CallOptions().acting("reseller:42"))
      #expect(listed.purchases.map(\.orderID) == ["o-1"])
      await test.expectRefused(.permissionDenied) {
        _ = try await test.client.listPurchases(
          .init(userID: 0, state: .unspecified, pageSize: 10, pageToken: ""),
          options: CallOptions().acting("reseller:42"))
      }
      await test.expectRefused(.notFound) { _ = try await test.purchase("o-9") }
    }
  }

  @Test func `what cannot be right names every field`() async throws {
    let test = try PurchasingUnderTest()
    var address = Test.address
    (address.city, address.country) = (" ", "usa")
    var request = Test.request(
      "O 1", generation: 0, environment: .unspecified, sku: "x", quantity: 0, ceiling: 0,
      address: address)
    request.productURL = "https://example.com/shop"
    await test.expectRefused(
      .invalidArgument,
      fields: [
        "order_id", "environment", "sku_id", "quantity", "product_url", "ship_to.city",
        "ship_to.country", "cost_ceiling", "generation",
      ]
    ) { try await test.buy(request) }
  }

  @Test func `a quote names the parts and places nothing`() async throws {
    try await Test.running { test in
      let quote = try await test.client.quote(
        .init(
          userID: 42, environment: .sandbox,
          productURL: "https://www.aliexpress.com/item/a-mug/1005001000000001.html?x=1",
          skuID: "12000000000000001", quantity: 2, shipTo: Test.address),
        options: CallOptions().acting("reseller:42"))
      #expect(quote.landedCost?.minorUnits == 1450 && quote.deliveryMethod == "STANDARD")
      #expect(test.supplier.sent.isEmpty)
    }
  }
}
