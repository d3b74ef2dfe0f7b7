import Contract
import RPC
import Support
import Testing

/// Purchases that nobody can find out about but a person, over real processes.
@Suite(.serialized) struct AttentionTests {
  /// Runs where a repeated request is not known to be safe, with one answer that goes wrong.
  private static func with(_ fault: String, _ body: (Shop, String) async throws -> Void)
    async throws
  {
    let environment = ["DROPWIRE_SANDBOX_ALIEXPRESS_REPEAT_IS_IDEMPOTENT": "false"]
    try await Cluster.with(environment: environment) { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.fault(fault, times: 1)
      try await shop.sell("doubt")
      let order = try await eventually("the order needs a person") {
        let order = try await shop.order("doubt")
        return order.state == .needsAttention ? order : nil
      }
      #expect(order.waiting?.reason?.code == "PURCHASE_UNKNOWN")
      #expect(order.waiting?.allowedActions == [.markPurchased, .attestNotPlaced])
      let error = await #expect(throws: RPCError.self) {
        _ = try await cluster.orders.retryOrder(.init(orderID: "doubt"), options: Shop.asOperator)
      }
      #expect(error?.code == .failedPrecondition)
      try await body(shop, "doubt")
      shop.expectOnce("doubt", truth: try await cluster.sandbox.truth())
      try await shop.expectBalanced()
    }
  }

  @Test func `an order whose answer was lost is found by a person and completed`() async throws {
    try await Self.with("aliexpress.orderPlacedAnswerLost") { shop, orderID in
      let cluster = shop.cluster
      let real = try await cluster.sandbox.truth().aliexpress.orders.map(\.id)
      try #require(real.count == 1)
      let wrong = try await cluster.orders.markPurchased(
        Self.found(orderID, ["1234567890123456"]), options: Shop.asOperator)
      #expect(wrong.waiting?.reason?.code == "SUPPLIER_ORDER_REFUSED")
      _ = try await cluster.orders.markPurchased(
        Self.found(orderID, real), options: Shop.asOperator)
      let order = try await shop.finished(orderID)
      #expect(order.supplierOrderIDs == real)
      #expect(order.landedCost?.minorUnits == 800, "the supplier's figure, not the person's")
      let purchase = try await cluster.purchasing.getPurchase(
        .init(orderID: orderID), options: Shop.asOperator)
      #expect(purchase.state == .purchased && purchase.resolvedBy == "person")
      #expect(purchase.findings.map(\.foundBy) == ["operator:test"])
      let again = try await cluster.orders.markPurchased(
        Self.found(orderID, real), options: Shop.asOperator)
      #expect(again.state == .purchased)
    }
  }

  private static func found(_ orderID: String, _ ids: [String]) -> MarkPurchasedRequest {
    MarkPurchasedRequest(
      orderID: orderID, supplierOrderIDs: ids,
      landedCost: .init(minorUnits: 777, currency: "USD"), fundedBy: "reseller")
  }

  @Test func `an order that was not placed is attested, retried and completed`() async throws {
    try await Self.with("aliexpress.5xxBeforePlacing") { shop, orderID in
      let cluster = shop.cluster
      #expect(try await cluster.sandbox.truth().aliexpress.orders.isEmpty)
      let request = AttestNotPlacedRequest(
        orderID: orderID, evidence: "no order in the account's list")
      // Purchasing is away when the person speaks; his word reaches it later.
      await cluster.kill(.purchasing)
      _ = try await cluster.orders.attestNotPlaced(
        request, options: CallOptions(timeout: .seconds(1)).acting("operator:test"))
      try await cluster.start(.purchasing)
      let order = try await cluster.orders.attestNotPlaced(request, options: Shop.asOperator)
      #expect(order.waiting?.reason?.code == "ATTESTED_NOT_PLACED")
      _ = try await cluster.orders.retryOrder(.init(orderID: orderID), options: Shop.asOperator)
      try await shop.finished(orderID)
      let keys = try await cluster.sandbox.truth().aliexpress.orders.map(\.outOrderID)
      #expect(keys == ["\(orderID)-p2"])
    }
  }
}
