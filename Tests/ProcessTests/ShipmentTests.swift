import Contract
import RPC
import Support
import Testing

/// Goods on their way, over real processes.
@Suite(.serialized) struct ShipmentTests {
  /// Goods are asked about at once, and the supplier each time.
  private static let quickly = [
    "DROPWIRE_TRACKING_POLL_MILLISECONDS": "50", "DROPWIRE_TRACKING_AGE_MILLISECONDS": "0",
  ]

  private static func wait(
    _ shop: Shop, _ orderID: String, _ state: OrderState, _ reason: String = ""
  )
    async throws -> Contract.Order
  {
    try await eventually("\(orderID) is \(state.name) \(reason)", within: .seconds(30)) {
      let order = try? await shop.order(orderID)
      guard let order, order.state == state else { return nil }
      return reason.isEmpty || order.waiting?.reason?.code == reason ? order : nil
    }
  }

  @Test
  func `goods are followed to the buyer's door, also over a restart, and the lag is measured`()
    async throws
  {
    try await Cluster.with(environment: Self.quickly) { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.sell("parcel")
      let bought = try await shop.finished("parcel")
      let supplierOrder = try #require(bought.supplierOrderIDs.first)
      try await cluster.sandbox.move(supplierOrder: supplierOrder, "ship")
      let shipped = try await Self.wait(shop, "parcel", .shipped)
      #expect(!shipped.carrier.isEmpty && shipped.trackingNumber.hasPrefix("LX"))
      #expect(shipped.carrierSaid == "The parcel has left the seller")
      let lag = try #require(shipped.shippedLag?.milliseconds)
      #expect((0..<20_000).contains(lag))
      let stats = try await Dropwire.run(cluster, ["stats", "orders"])
      #expect(stats.text.contains("shipped: learned of 1 after"), "\(stats.text)")
      let page = try await Dropwire.run(cluster, ["tracking", "parcel"])
      #expect(page.status == 0 && page.text.contains(shipped.trackingNumber), "\(page.text)")
      await cluster.kill(.orders)
      await cluster.kill(.purchasing)
      try await cluster.sandbox.move(supplierOrder: supplierOrder, "finish")
      try await cluster.start(.orders)
      _ = try await Self.wait(shop, "parcel", .shipped, "PURCHASING_UNREACHABLE")
      try await cluster.start(.purchasing)
      let delivered = try await Self.wait(shop, "parcel", .delivered)
      #expect(delivered.deliveredAt != nil && delivered.waiting == nil)
      #expect(delivered.carrierSaid == "The parcel was handed over")
      let story = try await cluster.orders.getOrderHistory(
        .init(orderID: "parcel"), options: Shop.asOperator
      ).events
      #expect(story.suffix(2).map(\.cause) == ["shipped", "delivered"])
      let text = try await Dropwire.run(cluster, ["stats", "orders", "--prometheus"])
      let line = "dropwire_lag_seconds_count{process=\"orders\",event=\"delivered\"} 1\n"
      #expect(text.text.contains(line), "\(text.text)")
    }
  }

  @Test func `goods that are cancelled, or do not leave, are shown with the reason`() async throws {
    let slow = ["DROPWIRE_TRACKING_SHIP_SECONDS": "1"]
    let environment = Self.quickly.merging(slow) { one, _ in one }
    try await Cluster.with(environment: environment) { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.sell("stuck")
      let bought = try await shop.finished("stuck")
      let late = try await Self.wait(shop, "stuck", .purchased, "NOT_SHIPPED_IN_TIME")
      #expect(late.waiting?.allowedActions == [.submitTracking])
      let why = try await Dropwire.run(cluster, ["why", "stuck"])
      #expect(why.text.contains("NOT_SHIPPED_IN_TIME"), "\(why.text)")
      #expect(why.text.contains("dropwire submit-tracking stuck"), "\(why.text)")
      let supplierOrder = try #require(bought.supplierOrderIDs.first)
      try await cluster.sandbox.move(supplierOrder: supplierOrder, "cancel")
      let cancelled = try await Self.wait(shop, "stuck", .purchased, "SUPPLIER_CANCELLED")
      #expect(cancelled.waiting?.reason?.owner == "platform")
    }
  }
}
