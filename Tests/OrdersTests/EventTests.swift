import Contract
import Money
import RPC
import Runtime
import Store
import Support
import Testing

@testable import Orders

/// What PayPal and AliExpress push: it makes us ask, and is not believed.
@Suite struct EventTests {
  private typealias Page = OrdersUnderTest

  private static func event(
    _ id: String, _ type: String, _ resource: String, provider: String = "paypal"
  ) -> RecordProviderEventRequest {
    RecordProviderEventRequest(
      provider: provider, eventID: id, eventType: type, environment: .sandbox,
      payload: Array(#"{"id":"\#(id)","resource":\#(resource)}"#.utf8))
  }

  private static func capture(_ status: String, of payPalOrderID: String, id: String = "WH-1")
    -> RecordProviderEventRequest
  {
    event(
      id, "PAYMENT.CAPTURE.\(status)",
      #"{"id":"C1","supplementary_data":{"related_ids":{"order_id":"\#(payPalOrderID)"}}}"#)
  }

  private static let asSystem = CallOptions(timeout: .seconds(5)).acting("system")

  private static func tell(_ orders: OrdersUnderTest, _ event: RecordProviderEventRequest)
    async throws -> Bool
  {
    try await orders.client.recordProviderEvent(event, options: asSystem).isNew
  }

  private static func settled(_ orders: OrdersUnderTest, _ orderID: String) async throws {
    _ = try await eventually("PayPal was asked") {
      let waiting = try await orders.store.read {
        try $0.intent(OrderEffect.checkPayment.rawValue, orderID)
      }
      return waiting == nil ? true : nil
    }
  }

  @Test func `a held payment is asked about as soon as PayPal tells of it`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.captures(become: "PENDING")
      try await orders.checkout("o-1")
      let held = try await orders.capture("o-1")
      #expect(held.state == .paymentPending)
      _ = try await orders.store.write {
        try $0.schedule(OrderEffect.pollPayment.rawValue, "o-1", at: $0.now + 3_600_000)
      }
      orders.payPal.change("o-1", to: "COMPLETED")
      let event = Self.capture("COMPLETED", of: held.paypalOrderID)
      #expect(try await Self.tell(orders, event))
      try await orders.finished("o-1")
      #expect(try await !Self.tell(orders, event))
    }
  }

  @Test func `an event that PayPal does not confirm changes nothing`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.captures(become: "PENDING")
      try await orders.checkout("o-1")
      let held = try await orders.capture("o-1")
      let looks = orders.payPal.calls.count
      _ = try await Self.tell(orders, Self.capture("COMPLETED", of: held.paypalOrderID))
      _ = try await eventually("PayPal was asked") {
        orders.payPal.calls.count > looks ? true : nil
      }
      #expect(try await orders.order("o-1").state == .paymentPending)
      for (index, resource) in ["{}", "[]", #"{"id":5}"#].enumerated() {
        #expect(
          try await Self.tell(
            orders, Self.event("X-\(index)", "PAYMENT.CAPTURE.DENIED", resource)))
      }
      #expect(try await Self.tell(orders, Self.event("X-9", "SOMETHING.NEW", "{}")))
    }
  }

  @Test func `money that PayPal gave back by itself is shown until a person has settled it`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      let order = try await orders.wait(for: "o-1", .needsAttention)
      orders.payPal.change("o-1", to: "PARTIALLY_REFUNDED")
      for number in 1...2 {
        let link = #"{"rel":"up","href":"https://a/v2/payments/captures/\#(order.captureID)"}"#
        _ = try await Self.tell(
          orders,
          Self.event(
            "WH-\(number)", "PAYMENT.CAPTURE.REFUNDED", #"{"id":"R1","links":[\#(link)]}"#))
        try await Self.settled(orders, "o-1")
      }
      let story = try await orders.story("o-1")
      #expect(story.count { $0 == "moneyWentBack" } == 1)
      let waits = try await orders.book.read { try $0.require("o-1") }.waits
      #expect(waits.contains { $0.reason.code == "MONEY_WENT_BACK" })
    }
  }

  @Test func `money that PayPal took for an order that has ended is shown`() async throws {
    try await OrdersUnderTest.running { orders in
      let order = try await orders.checkout("o-1")
      _ = try await orders.client.cancelOrder(
        .init(orderID: "o-1", reason: "no"), options: Page.asOperator)
      orders.payPal.capture(.accept)
      _ = await orders.payPal.capture(order.paypalOrderID, key: "by-hand", in: .sandbox)
      _ = try await Self.tell(orders, Self.capture("COMPLETED", of: order.paypalOrderID))
      try await orders.wait(for: "o-1", .cancelled, "CAPTURED_UNEXPECTEDLY")
    }
  }

  @Test func `a dispute is shown while it is open`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      let order = try await orders.finished("o-1")
      func dispute(_ id: String, _ type: String, _ status: String) -> RecordProviderEventRequest {
        Self.event(
          id, "CUSTOMER.DISPUTE.\(type)",
          """
          {"dispute_id":"PP-D-1","reason":"NOT_RECEIVED","status":"\(status)",
          "dispute_amount":{"value":"20.00","currency_code":"USD"},
          "disputed_transactions":[{"seller_transaction_id":"\(order.captureID)"}]}
          """)
      }
      _ = try await Self.tell(orders, dispute("D-1", "CREATED", "OPEN"))
      let open = try await orders.wait(for: "o-1", .purchased, "DISPUTE_OPEN")
      #expect(open.waiting?.reason?.text.contains("PP-D-1 NOT_RECEIVED 20.00 USD") == true)
      _ = try await Self.tell(orders, dispute("D-2", "UPDATED", "UNDER_REVIEW"))
      _ = try await Self.tell(orders, dispute("D-3", "RESOLVED", "RESOLVED"))
      #expect(try await orders.order("o-1").waiting == nil)
      let story = try await orders.story("o-1")
      #expect(story.suffix(2) == ["disputeOpened", "disputeClosed"])
    }
  }

  /// An event about a dispute, so many seconds after the first.
  private static func dispute(
    _ id: String, _ event: String, _ status: String, of captureID: String, at seconds: Int64
  ) -> RecordProviderEventRequest {
    var request = Self.event(
      event, "CUSTOMER.DISPUTE.\(status == "RESOLVED" ? "RESOLVED" : "UPDATED")",
      """
      {"dispute_id":"\(id)","reason":"NOT_RECEIVED","status":"\(status)",
      "disputed_transactions":[{"seller_transaction_id":"\(captureID)"}]}
      """)
    request.occurredAt = Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1000)
    return request
  }

  @Test func `two disputes of an order are both shown, and one that is opened again`() async throws
  {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      let id = try await orders.finished("o-1").captureID
      func tell(_ dispute: String, _ event: String, _ status: String, _ seconds: Int64)
        async throws -> String
      {
        let told = Self.dispute(dispute, event, status, of: id, at: seconds)
        _ = try await Self.tell(orders, told)
        return try await orders.order("o-1").waiting?.reason?.text ?? ""
      }
      _ = try await tell("PP-D-1", "1", "OPEN", 0)
      var shown = try await tell("PP-D-2", "2", "OPEN", 10)
      #expect(shown.contains("PP-D-1") && shown.contains("PP-D-2"))
      shown = try await tell("PP-D-1", "3", "RESOLVED", 20)
      #expect(!shown.contains("PP-D-1") && shown.contains("PP-D-2"))
      // Older news, come late, opens nothing.
      shown = try await tell("PP-D-1", "4", "UNDER_REVIEW", 5)
      #expect(!shown.contains("PP-D-1"))
      shown = try await tell("PP-D-1", "5", "UNDER_REVIEW", 30)
      #expect(shown.contains("PP-D-1") && shown.contains("PP-D-2"))
      _ = try await tell("PP-D-2", "6", "RESOLVED", 40)
      #expect(try await tell("PP-D-1", "7", "RESOLVED", 50).isEmpty)
      let story = try await orders.story("o-1").filter { $0.hasPrefix("dispute") }
      #expect(
        story == [
          "disputeOpened", "disputeOpened", "disputeClosed", "disputeOpened", "disputeClosed",
          "disputeClosed",
        ])
    }
  }

  @Test func `an event is one of its environment`() async throws {
    let orders = try OrdersUnderTest()
    var event = Self.capture("COMPLETED", of: "PP1")
    #expect(try await Self.tell(orders, event))
    event.environment = .production
    #expect(try await Self.tell(orders, event))
    #expect(try await !Self.tell(orders, event))
  }

  @Test func `a payment that PayPal does not tell of is asked about ever less, and says so`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      let order = try await orders.finished("o-1")
      for _ in 1...100 { orders.payPal.look(.vanish) }
      _ = try await Self.tell(orders, Self.capture("REVERSED", of: order.paypalOrderID))
      let waits = try await orders.wait(for: "o-1", .purchased, PaymentCheckRules.unansweredCode)
      #expect(waits.waiting?.nextAt != nil && waits.waiting?.next == "PayPal is asked again")
      // A day later.
      _ = try await orders.store.write { transaction in
        try transaction.run(
          "UPDATE orderWait SET since = since - $1 WHERE subject = 'reversal'",
          [.integer(PaymentCheckRules.ageMax)])
        try transaction.schedule(OrderEffect.checkPayment.rawValue, "o-1")
      }
      let left = try await orders.wait(for: "o-1", .purchased, "PAYMENT_CHECK_FAILED")
      #expect(left.waiting?.nextAt == nil && left.waiting?.reason?.owner == "platform")
      try await Self.settled(orders, "o-1")
      // The next event asks again, and finds nothing wrong.
      orders.payPal.calm()
      _ = try await Self.tell(
        orders, Self.capture("REVERSED", of: order.paypalOrderID, id: "WH-2"))
      _ = try await eventually("nothing is wrong") {
        try await orders.order("o-1").waiting == nil ? true : nil
      }
    }
    #expect(PaymentCheckRules.pause(attempts: 0) == 1000)
    #expect(PaymentCheckRules.pause(attempts: 40) == 3_600_000)
  }

  @Test func `goods that the supplier tells of are asked about soon`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      try await orders.finished("o-1")
      orders.purchasing.track(
        .init(carrier: "Post", trackingNumber: "LX1CN", status: "SHIPPED"))
      var event = Self.event("A-1", "DROPSHIPPER_ORDER_STATUS_UPDATE", "{}", provider: "aliexpress")
      event.payload = Array(#"{"data":{"orderId":8001,"orderStatus":"OrderShipped"}}"#.utf8)
      _ = try await Self.tell(orders, event)
      try await orders.wait(for: "o-1", .shipped)
    }
  }

  @Test func `an event that cannot be right, or comes from a person, is refused`() async throws {
    let orders = try OrdersUnderTest()
    await orders.expectRefused(
      .invalidArgument, fields: ["provider", "event_id", "event_type", "environment", "payload"]
    ) {
      _ = try await orders.client.recordProviderEvent(
        .init(payload: [UInt8](repeating: 0, count: ProviderEvent.payloadBytesMax + 1)),
        options: Self.asSystem)
    }
    for actor in ["reseller:42", "admin:7"] {
      await orders.expectRefused(.permissionDenied) {
        _ = try await orders.client.recordProviderEvent(
          Self.capture("COMPLETED", of: "PP1"), options: CallOptions().acting(actor))
      }
    }
  }
}
