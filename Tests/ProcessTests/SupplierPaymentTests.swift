import Contract
import RPC
import Support
import Testing

/// Orders that the supplier has and could not charge, over real processes.
@Suite(.serialized) struct SupplierPaymentTests {
  /// Sells what the supplier takes and cannot charge, and waits until the order says so.
  private static func sellUnpaid(_ shop: Shop, _ orderID: String) async throws -> Purchase {
    try await shop.cluster.sandbox.fault("aliexpress.autoPayFails", match: orderID)
    try await shop.sell(orderID)
    _ = try await eventually("\(orderID) waits for the supplier's payment") {
      let order = try? await shop.order(orderID)
      let code = order?.waiting?.reason?.code
      return order?.state == .purchasing && code == "SUPPLIER_PAYMENT_FAILED" ? true : nil
    }
    let purchase = try await shop.cluster.purchasing.getPurchase(
      .init(orderID: orderID), options: Shop.asOperator)
    #expect(purchase.state == .awaitingSupplierPayment)
    return purchase
  }

  @Test func `an order that could not be charged goes on once a person has paid it`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      let purchase = try await Self.sellUnpaid(shop, "unpaid")
      let payBy = try #require(purchase.payBy?.milliseconds)
      let placed = try #require(purchase.attempts.last?.endedAt?.milliseconds)
      #expect(abs(payBy - placed - 86_400_000) < 20_000, "a day after the placing")
      let why = try await Dropwire.run(cluster, ["why", "unpaid"])
      #expect(why.text.contains("SUPPLIER_PAYMENT_FAILED") && why.text.contains("pay it"))
      #expect(why.text.contains("pay by"), "\(why.text)")
      await cluster.kill(.purchasing)
      try await cluster.sandbox.move(
        supplierOrder: try #require(purchase.supplierOrderIDs.first), "pay")
      try await cluster.start(.purchasing)
      try await shop.finished("unpaid")
      #expect(try await cluster.sandbox.truth().aliexpress.orders.count == 1)
      try await shop.expectBalanced()
    }
  }

  @Test func `an order that nobody pays lapses, and is bought again only under the next key`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.settings(["supplierPayTimeoutSeconds": 4])
      try await cluster.sandbox.fault("aliexpress.autoPayFails", match: "lapsed")
      try await shop.sell("lapsed")
      let order = try await eventually("the order has lapsed", within: .seconds(30)) {
        let order = try? await shop.order("lapsed")
        return order?.state == .needsAttention ? order : nil
      }
      #expect(order.waiting?.reason?.code == "SUPPLIER_ORDER_CLOSED")
      #expect(order.waiting?.allowedActions.contains(.retry) == true)
      let closed = try await cluster.purchasing.getPurchase(
        .init(orderID: "lapsed"), options: Shop.asOperator)
      #expect(closed.state == .closed && closed.payBy == nil)
      try await cluster.sandbox.settings(["supplierPayTimeoutSeconds": 86_400])
      _ = try await cluster.orders.retryOrder(
        .init(orderID: "lapsed"), options: Shop.asOperator)
      try await shop.finished("lapsed")
      let keys = try await cluster.sandbox.truth().aliexpress.orders.map(\.outOrderID)
      #expect(Set(keys) == ["lapsed-p1", "lapsed-p2"])
      try await shop.expectBalanced()
    }
  }
}
