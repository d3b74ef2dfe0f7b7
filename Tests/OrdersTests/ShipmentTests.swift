import Contract
import RPC
import Store
import Support
import Testing

@testable import Orders

/// Goods on their way: asked about by themselves, and told by persons.
@Suite struct ShipmentTests {
  private typealias Page = OrdersUnderTest

  private func sold(_ orders: OrdersUnderTest) async throws {
    try await orders.checkout("o-1")
    try await orders.capture("o-1")
    try await orders.finished("o-1")
  }

  private func dueAt(_ orders: OrdersUnderTest) async throws -> Int64? {
    try await orders.store.read {
      try $0.intent(OrderEffect.pollTracking.rawValue, "o-1")?.dueAt
    }
  }

  /// Lets the next look be now, and waits until it was.
  private func look(_ orders: OrdersUnderTest) async throws {
    let before = orders.purchasing.trackings
    _ = try await orders.store.write {
      try $0.schedule(OrderEffect.pollTracking.rawValue, "o-1")
    }
    _ = try await eventually("purchasing is asked") {
      orders.purchasing.trackings > before ? true : nil
    }
  }

  private func submit(
    _ orders: OrdersUnderTest, _ number: String, arrived: Bool = false,
    by actor: String = "operator:test"
  ) async throws -> Contract.Order {
    try await orders.client.submitTracking(
      .init(
        orderID: "o-1", carrier: "Post", trackingNumber: number,
        deliveredAt: arrived ? Timestamp(milliseconds: 1_700_000_000_000) : nil),
      options: CallOptions(timeout: .seconds(5)).acting(actor))
  }

  @Test func `goods are shipped and delivered as purchasing tells`() async throws {
    try await OrdersUnderTest.running { orders in
      try await sold(orders)
      let first = try #require(try await dueAt(orders))
      let bought = try #require(try await orders.order("o-1").updatedAt?.milliseconds)
      #expect(first >= bought + ShipmentPace().pauseMin - 1000)
      try await look(orders)
      #expect(try await orders.order("o-1").state == .purchased)
      let left = Timestamp(milliseconds: bought - 5000)
      orders.purchasing.track(
        .init(
          carrier: "Post", trackingNumber: "LX1CN", status: "SHIPPED", lastSeenAt: left,
          lastSeen: "left the seller", firstSeenAt: left))
      try await look(orders)
      let order = try await orders.wait(for: "o-1", .shipped)
      #expect(order.carrier == "Post" && order.trackingNumber == "LX1CN")
      #expect(order.shippedAt != nil && order.deliveredAt == nil)
      #expect(order.carrierSaid == "left the seller" && order.carrierSeenAt == left)
      #expect((order.shippedLag?.milliseconds ?? 0) >= 5000)
      orders.purchasing.track(
        .init(carrier: "Post", trackingNumber: "LX1CN", status: "DELIVERED"))
      try await look(orders)
      let delivered = try await orders.wait(for: "o-1", .delivered)
      #expect(delivered.deliveredAt != nil && delivered.deliveredLag == nil)
      #expect(try await dueAt(orders) == nil)
      let events = try await orders.client.getOrderHistory(
        .init(orderID: "o-1"), options: Page.asOperator
      ).events.suffix(2)
      #expect(events.map(\.cause) == ["shipped", "delivered"])
      let told = events.first?.detail ?? ""
      #expect(told.contains("LX1CN") && told.contains("s after the carrier"), "\(told)")
    }
  }

  @Test func `a person's number counts, another replaces it, until the goods are there`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      await orders.expectRefused(.failedPrecondition, reason: "ACTION_NOT_ALLOWED") {
        _ = try await submit(orders, "A1")
      }
      try await orders.capture("o-1")
      try await orders.finished("o-1")
      for actor in ["reseller:7", "system"] {
        await orders.expectRefused(.permissionDenied) {
          _ = try await submit(orders, "A1", by: actor)
        }
      }
      await orders.expectRefused(.invalidArgument, fields: ["carrier", "tracking_number"]) {
        _ = try await orders.client.submitTracking(
          .init(orderID: "o-1"), options: Page.asOperator)
      }
      #expect(try await submit(orders, "A1", by: "reseller:42").state == .shipped)
      #expect(try await submit(orders, "A1").trackingNumber == "A1")
      #expect(try await submit(orders, "A2").trackingNumber == "A2")
      for _ in 1...2 {
        let order = try await submit(orders, "A2", arrived: true)
        #expect(order.state == .delivered)
        #expect(order.deliveredAt?.milliseconds == 1_700_000_000_000)
      }
      await orders.expectRefused(.failedPrecondition, reason: "ACTION_NOT_ALLOWED") {
        _ = try await submit(orders, "A3")
      }
      let story = try await orders.story("o-1")
      #expect(story.suffix(3) == ["shipped", "trackingChanged", "delivered"])
      let events = try await orders.client.getOrderHistory(
        .init(orderID: "o-1"), options: Page.asOperator
      ).events
      #expect(events.suffix(3).map(\.actor) == ["reseller:42", "operator:test", "operator:test"])
    }
  }

  @Test func `what hinders tracking is shown, and asked again`() async throws {
    try await OrdersUnderTest.running { orders in
      try await sold(orders)
      orders.purchasing.track(
        failing: RPCError(
          .failedPrecondition, "no", reason: ErrorReason(code: "CREDENTIALS_EXPIRED")))
      try await look(orders)
      let order = try await orders.wait(for: "o-1", .purchased, "CREDENTIALS_EXPIRED")
      #expect(order.waiting?.nextAt != nil)
      #expect(order.waiting?.allowedActions == [.submitTracking])
      orders.purchasing.track(.init(status: "CANCELLED"))
      try await look(orders)
      try await orders.wait(for: "o-1", .purchased, "SUPPLIER_CANCELLED")
      orders.purchasing.track(.init(status: "NOT_SHIPPED"))
      try await look(orders)
      _ = try await eventually("nothing hinders any more") {
        try await orders.order("o-1").waiting == nil ? true : nil
      }
      orders.purchasing.track(
        .init(
          carrier: "Post", trackingNumber: "LX1CN", status: "SHIPPED",
          supplierStatus: "IN_ISSUE"))
      try await look(orders)
      try await orders.wait(for: "o-1", .shipped, "SUPPLIER_DISPUTE")
    }
  }

  @Test func `goods that nobody can ask about are left to a person, who submits them`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await sold(orders)
      orders.purchasing.track(
        failing: RPCError(
          .failedPrecondition, "bought in a browser",
          reason: ErrorReason(code: "TRACKED_BY_PERSON")))
      try await look(orders)
      let order = try await orders.wait(for: "o-1", .purchased, "TRACKED_BY_PERSON")
      #expect(
        order.waiting?.nextAt == nil && order.waiting?.next == "a person submits the tracking")
      #expect(try await dueAt(orders) != nil, "they are looked at again when they are too old")
      #expect(order.waiting?.reason?.owner == "platform")
      #expect(try await submit(orders, "B1").state == .shipped)
      let awaited = try await orders.wait(for: "o-1", .shipped, "ARRIVAL_AWAITED")
      #expect(awaited.waiting?.reason?.text.contains("Post B1") == true)
      let asked =
        (awaited.waiting?.nextAt?.milliseconds ?? 0) - (awaited.shippedAt?.milliseconds ?? 0)
      #expect(asked == ShipmentPace().stalledAfter)
      #expect(try await dueAt(orders) == awaited.waiting?.nextAt?.milliseconds)
      // Another number is told, and the same is awaited.
      _ = try await submit(orders, "B2")
      _ = try await eventually("the new number is shown") {
        let text = try await orders.order("o-1").waiting?.reason?.text
        return text?.contains("Post B2") == true ? true : nil
      }
      #expect(try await submit(orders, "B2", arrived: true).waiting == nil)
    }
  }

  @Test func `a person is asked for goods whose arrival nobody tells`() async throws {
    let pace = ShipmentPace(pauseMin: 10, stalledAfter: 300, endsAfter: 3000)
    try await OrdersUnderTest.running(pace: pace) { orders in
      try await sold(orders)
      orders.purchasing.track(failing: RPCError(.notFound, "no such purchase"))
      try await look(orders)
      try await orders.wait(for: "o-1", .purchased, "PURCHASING_REFUSED")
      _ = try await submit(orders, "B1")
      let asked = try await orders.wait(for: "o-1", .shipped, "ARRIVAL_UNKNOWN")
      #expect(asked.waiting?.nextAt == nil && asked.waiting?.next.contains("person") == true)
      try await orders.wait(for: "o-1", .shipped, "NOT_DELIVERED")
    }
  }

  @Test func `a time of delivery in the future is refused`() async throws {
    try await OrdersUnderTest.running { orders in
      try await sold(orders)
      await orders.expectRefused(.invalidArgument, fields: ["delivered_at"]) {
        _ = try await orders.client.submitTracking(
          .init(
            orderID: "o-1", carrier: "Post", trackingNumber: "A1",
            deliveredAt: Timestamp(milliseconds: 4_000_000_000_000)),
          options: Page.asOperator)
      }
    }
  }

  @Test func `a refusal of purchasing is its owner's, not the platform's`() async throws {
    try await OrdersUnderTest.running { orders in
      try await sold(orders)
      for code in [StatusCode.failedPrecondition, .unavailable] {
        let error = RPCError(
          code, "the token has expired",
          reason: ErrorReason(
            code: "CREDENTIALS_\(code == .unavailable ? "RENEWING" : "EXPIRED")",
            metadata: ["owner": "reseller", "providerCode": "IllegalAccessToken"]))
        orders.purchasing.track(failing: error)
        try await look(orders)
        let order = try await orders.wait(for: "o-1", .purchased, error.reason?.code)
        #expect(order.waiting?.reason?.owner == "reseller")
        #expect(order.waiting?.reason?.text == "the token has expired")
        #expect(order.waiting?.reason?.providerCode == "IllegalAccessToken")
      }
    }
  }

  @Test func `goods that do not move end in a reason`() async throws {
    let pace = ShipmentPace(pauseMin: 10, shipWithin: 0, stalledAfter: 0, endsAfter: 1_000_000)
    try await OrdersUnderTest.running(pace: pace) { orders in
      try await sold(orders)
      try await look(orders)
      let order = try await orders.wait(for: "o-1", .purchased, "NOT_SHIPPED_IN_TIME")
      #expect(order.waiting?.reason?.owner == "supplier")
      orders.purchasing.track(
        .init(carrier: "Post", trackingNumber: "LX1CN", status: "SHIPPED"))
      try await orders.wait(for: "o-1", .shipped, "PARCEL_STALLED")
    }
    try await OrdersUnderTest.running(pace: ShipmentPace(pauseMin: 10, endsAfter: 0)) { orders in
      try await sold(orders)
      try await look(orders)
      let order = try await orders.wait(for: "o-1", .purchased, "NOT_DELIVERED")
      #expect(order.waiting?.nextAt == nil)
      #expect(try await dueAt(orders) == nil)
    }
  }

  @Test func `a parcel that was seen and never arrives ends in a reason`() async throws {
    let pace = ShipmentPace(pauseMin: 10, stalledAfter: 0, endsAfter: 1500)
    try await OrdersUnderTest.running(pace: pace) { orders in
      try await sold(orders)
      orders.purchasing.track(
        .init(carrier: "Post", trackingNumber: "LX1CN", status: "SHIPPED"))
      try await look(orders)
      try await orders.wait(for: "o-1", .shipped, "PARCEL_STALLED")
      try await orders.wait(for: "o-1", .shipped, "NOT_DELIVERED")
      #expect(try await dueAt(orders) == nil)
    }
  }

  @Test func `the pause grows with the age of the purchase`() {
    let pace = ShipmentPace()
    let hour: Int64 = 3600 * 1000
    #expect(pace.pause(age: 0) == 60_000)
    #expect(pace.pause(age: 8 * hour) == hour)
    #expect(pace.pause(age: 1000 * hour) == 6 * hour)
  }
}
