import Contract
import RPC
import Store
import Support
import Testing

@testable import Purchasing

/// What AliExpress pushes: it makes us ask, and is not believed.
@Suite struct EventTests {
  private typealias Test = PurchasingUnderTest

  private static func push(
    _ supplierOrderID: String, _ status: String = "OrderCreated", id: String = "E-1",
    after milliseconds: Int64 = 0, environment: Contract.Environment = .sandbox
  ) -> RecordProviderEventRequest {
    RecordProviderEventRequest(
      provider: "aliexpress", eventID: id, eventType: "DROPSHIPPER_ORDER_STATUS_UPDATE",
      environment: environment,
      occurredAt: milliseconds == 0
        ? nil : Timestamp(milliseconds: PurchaseWork.now() + milliseconds),
      payload: Array(
        """
        {"data":{"buyerId":1,"orderId":\(supplierOrderID),"orderStatus":"\(status)"},
        "message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1719389200}
        """.utf8))
  }

  private static func tell(_ test: Test, _ push: RecordProviderEventRequest) async throws -> Bool {
    try await test.client.recordProviderEvent(push, options: Test.asSystem).isNew
  }

  /// Buys what is placed while its answer is lost, where no repeat is allowed.
  private static func lose(_ test: Test, _ orderID: String) async throws -> String {
    test.supplier.script(.placeInSilence)
    let purchase = try await test.buy(orderID)
    #expect(purchase.state == .unknown && purchase.nextAt == nil)
    return try #require(test.supplier.taken["\(orderID)-p1"]?.id)
  }

  @Test func `an unknown purchase is found by the order that the supplier tells of`() async throws {
    try await Test.running(mayRepeat: false) { test in
      let id = try await Self.lose(test, "o-1")
      #expect(try await Self.tell(test, Self.push(id)))
      let found = try await test.wait(for: "o-1", .purchased)
      #expect(found.resolvedBy == "pushMessage" && found.supplierOrderIDs == [id])
      #expect(found.landedCost?.minorUnits == 800, "the supplier's figure")
      #expect(try await !Self.tell(test, Self.push(id)))
      #expect(test.supplier.sent == ["o-1-p1"])
    }
  }

  @Test func `a push that comes before the answer is lost counts too`() async throws {
    try await Test.running(mayRepeat: false) { test in
      // The scripted supplier's first order.
      _ = try await Self.tell(test, Self.push("8000000000000010"))
      test.supplier.script(.placeInSilence)
      async let bought = test.buy("o-1")
      #expect(try await test.wait(for: "o-1", .purchased).resolvedBy == "pushMessage")
      _ = try await bought
    }
  }

  @Test(arguments: [
    "other variant", "other quantity", "another's", "too late", "other city", "other receiver",
  ])
  func `a push about what does not fit changes nothing`(_ what: String) async throws {
    try await Test.running(mayRepeat: false) { test in
      let id = try await Self.lose(test, "o-1")
      test.supplier.change { state in
        if what == "other variant" { state.products = ["1005001000000009"] }
        if what == "other quantity" { state.count = 2 }
        if what == "other city" { state.destination = Destination(["city": "Oakland"]) }
        if what == "other receiver" { state.destination = Destination(["full_name": "Ada Byron"]) }
      }
      let late = what == "too late" ? PushRules.lateMax + 5000 : 0
      _ = try await Self.tell(
        test, Self.push(what == "another's" ? "7000000000000001" : id, after: late))
      try await Self.settled(test, "o-1")
      #expect(try await test.purchase("o-1").state == .unknown)
    }
  }

  @Test func `where two purchases would fit nothing is concluded`() async throws {
    try await Test.running(mayRepeat: false) { test in
      let first = try await Self.lose(test, "o-1")
      _ = try await Self.lose(test, "o-2")
      _ = try await Self.tell(test, Self.push(first))
      for order in ["o-1", "o-2"] {
        try await Self.settled(test, order)
        #expect(try await test.purchase(order).state == .unknown)
      }
    }
  }

  @Test func `two orders that would fit are named to a person, and nothing is concluded`()
    async throws
  {
    try await Test.running(mayRepeat: false) { test in
      // The second is another order of the account, such as one that was placed by hand.
      let ids = ["8000000000000010", "9000000000000001"]
      for (number, id) in ids.enumerated() {
        _ = try await Self.tell(test, Self.push(id, id: "E-\(number)"))
      }
      #expect(try await Self.lose(test, "o-1") == ids[0])
      try await Self.settled(test, "o-1")
      let purchase = try await test.purchase("o-1")
      #expect(purchase.state == .unknown && purchase.reason?.code == "PURCHASE_UNKNOWN")
      for id in ids { #expect(purchase.reason?.text.contains(id) == true, "\(purchase)") }
    }
  }

  @Test func `of two purchases alike the address tells whose a pushed order is`() async throws {
    try await Test.running(mayRepeat: false) { test in
      let first = try await Self.lose(test, "o-1")
      test.supplier.script(.placeInSilence)
      var other = Test.request("o-2", address: Test.address)
      other.shipTo?.city = "Oakland"
      _ = try await test.buy(other)
      test.supplier.change { $0.destination = Destination(["city": "San Francisco"]) }
      _ = try await Self.tell(test, Self.push(first))
      let found = try await test.wait(for: "o-1", .purchased)
      #expect(found.supplierOrderIDs == [first])
      try await Self.settled(test, "o-2")
      #expect(try await test.purchase("o-2").state == .unknown)
    }
  }

  @Test func `what a person finds for one purchase lets the push about the other count`()
    async throws
  {
    try await Test.running(mayRepeat: false) { test in
      let first = try await Self.lose(test, "o-1")
      let second = try await Self.lose(test, "o-2")
      _ = try await Self.tell(test, Self.push(first))
      _ = try await Self.tell(test, Self.push(second, id: "E-2"))
      for order in ["o-1", "o-2"] { try await Self.settled(test, order) }
      let told = ReconcilePurchaseRequest(
        orderID: "o-1", supplierOrderIDs: [first], foundBy: "operator:test", generation: 1,
        landedCost: .init(minorUnits: 800, currency: "USD"))
      _ = try await test.client.reconcilePurchase(told, options: Test.asOperator)
      #expect(try await test.wait(for: "o-2", .purchased).supplierOrderIDs == [second])
    }
  }

  @Test func `an order that cannot be read yet is asked about again`() async throws {
    try await Test.running(mayRepeat: false) { test in
      let id = try await Self.lose(test, "o-1")
      let later = PurchaseReason(code: .supplierUnavailable, text: "down", owner: .nobody)
      test.supplier.change { $0.orderReading = .later(later, retryAfterSeconds: nil) }
      _ = try await Self.tell(test, Self.push(id))
      _ = try await eventually("the search waits") {
        let intent = try await test.store.read { try $0.intent(PurchaseStore.pushIntent, "o-1") }
        return (intent?.dueAt ?? 0) > PurchaseWork.now() ? true : nil
      }
      test.supplier.change { $0.orderReading = nil }
      #expect(try await test.wait(for: "o-1", .purchased).supplierOrderIDs == [id])
    }
  }

  /// A pushed order in words: its quantity, and a part of its address when that is told.
  private static func order(_ id: String, _ count: Int64, _ told: [String: String] = [:])
    -> SupplierOrder
  {
    SupplierOrder(
      id: id, status: "", isCancelled: false, amount: nil, parts: nil, payTimeoutSeconds: nil,
      lines: [.init(productID: "1", skuID: "2", count: count)], destination: Destination(told))
  }

  private static func content(_ orderID: String, _ quantity: Int, city: String = "San Francisco")
    -> PurchaseContent
  {
    var address = Test.address
    address.city = city
    return PurchaseContent(
      orderID: orderID, generation: 1, userID: 42, environment: .sandbox, productURL: "",
      productID: "1", skuID: "2", quantity: quantity, shipTo: address,
      ceiling: ScriptedSupplier.usd(1500))
  }

  @Test func `a pushed order is a purchase's only when nothing else would do`() {
    let own = Self.content("o-1", 2)
    func verdict(_ orders: [SupplierOrder], _ rivals: [PurchaseContent] = []) -> PushRules.Verdict {
      PushRules.verdict(orders, own, rivals: rivals)
    }
    #expect(verdict([Self.order("a", 2)]) == .own("a"))
    #expect(verdict([Self.order("a", 3)]) == .none)
    #expect(verdict([Self.order("a", 2, ["postal_code": "94105"])]) == .own("a"))
    #expect(verdict([Self.order("a", 2, ["postal_code": "94106"])]) == .none)
    #expect(verdict([Self.order("a", 2, ["full_name": "A*** L***"])]) == .own("a"))
    // Two whole ones, or one that may be a half of it.
    #expect(verdict([Self.order("a", 2), Self.order("b", 2)]) == .several(["a", "b"]))
    #expect(verdict([Self.order("a", 1), Self.order("b", 1)]) == .several(["a", "b"]))
    #expect(verdict([Self.order("a", 1)]) == .several(["a"]))
    #expect(verdict([Self.order("a", 2), Self.order("b", 2, ["city": "Oakland"])]) == .own("a"))
    // Another purchase that it could be.
    #expect(verdict([Self.order("a", 2)], [Self.content("o-2", 2)]) == .several(["a"]))
    #expect(verdict([Self.order("a", 2)], [Self.content("o-2", 1)]) == .own("a"))
    let elsewhere = Self.content("o-2", 2, city: "Oakland")
    #expect(verdict([Self.order("a", 2)], [elsewhere]) == .several(["a"]))
    #expect(verdict([Self.order("a", 2, ["city": "San Francisco"])], [elsewhere]) == .own("a"))
  }

  @Test func `a push is about every unknown purchase of its time, however many there are`()
    async throws
  {
    let test = try Test()
    try await test.putCredentials()
    let count = 150
    _ = try await test.store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      for number in 1...count {
        _ = try purchases.request(try test.service.read(Test.request("o-\(number)")))
      }
      return try transaction.run(
        """
        UPDATE purchase SET state = 'UNKNOWN', path = 'api', sentAt = $1, nextAt = 0,
          reasonCode = 'PURCHASE_UNKNOWN', reasonOwner = 'platform'
        """, [.integer(transaction.now)])
    }
    _ = try await Self.tell(test, Self.push("8000000000000010"))
    let waiting = try await test.count(
      "SELECT COUNT(*) AS n FROM intent WHERE kind = '\(PurchaseStore.pushIntent)'")
    #expect(waiting == Int64(count))
  }

  /// Waits until the pushed orders were looked through.
  private static func settled(_ test: Test, _ orderID: String) async throws {
    _ = try await eventually("the pushes were looked through") {
      let waiting = try await test.store.read {
        try $0.intent(PurchaseStore.pushIntent, orderID)
      }
      return waiting == nil ? true : nil
    }
  }

  @Test func `a push brings the poll of a payment forward, and makes tracking old`() async throws {
    try await Test.running { test in
      test.supplier.change { $0.status = "PLACE_ORDER_SUCCESS" }
      async let bought = test.buy("o-1")
      let waiting = try await test.wait(for: "o-1", .awaitingSupplierPayment)
      let id = try #require(waiting.supplierOrderIDs.first)
      try await test.tamper("UPDATE intent SET dueAt = dueAt + 3600000")
      test.supplier.change { $0.status = "WAIT_SELLER_SEND_GOODS" }
      _ = try await Self.tell(test, Self.push(id, "PaymentAuthorized"))
      try await test.wait(for: "o-1", .purchased)
      _ = try await bought
      let before = try await test.client.getTracking(
        .init(orderID: "o-1"), options: Test.asSystem)
      #expect(before.status == "NOT_SHIPPED")
      test.supplier.change { $0.status = "WAIT_BUYER_ACCEPT_GOODS" }
      _ = try await Self.tell(test, Self.push(id, "OrderShipped", id: "E-2"))
      let after = try await test.client.getTracking(
        .init(orderID: "o-1"), options: Test.asSystem)
      #expect(after.status == "SHIPPED")
    }
  }

  @Test func `an event that cannot be right, or comes from a person, is refused`() async throws {
    let test = try Test()
    await test.expectRefused(
      .invalidArgument, fields: ["provider", "event_id", "event_type", "environment", "payload"]
    ) {
      _ = try await test.client.recordProviderEvent(
        .init(payload: [UInt8](repeating: 0, count: 256 * 1024 + 1)), options: Test.asSystem)
    }
    for actor in ["reseller:42", "admin:7"] {
      await test.expectRefused(.permissionDenied) {
        _ = try await test.client.recordProviderEvent(
          Self.push("8"), options: CallOptions().acting(actor))
      }
    }
    var broken = Self.push("8", id: "E-9")
    broken.payload = [0xFF, 0x00]
    #expect(try await Self.tell(test, broken))
    #expect(try await !Self.tell(test, broken))
  }

  @Test func `the time to pay is the supplier's, counted from the placing`() {
    func order(_ status: String, _ seconds: Int64?) -> SupplierOrder {
      SupplierOrder(
        id: "1", status: status, isCancelled: false, amount: nil, parts: nil,
        payTimeoutSeconds: seconds)
    }
    let unpaid = "PLACE_ORDER_SUCCESS"
    #expect(PaymentRules.payBy([order(unpaid, 60), order(unpaid, 30)], placedAt: 1000) == 31_000)
    #expect(PaymentRules.payBy([order("FINISH", 60)], placedAt: 1000) == 0)
    #expect(PaymentRules.payBy([order(unpaid, nil)], placedAt: 1000) == 0)
    #expect(PaymentRules.pollPause(age: 20_000, lapsesIn: 3000) == 3000)
    #expect(PaymentRules.pollPause(age: 20_000, lapsesIn: 0) == 10_000)
  }
}
