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
