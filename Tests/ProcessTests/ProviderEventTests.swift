import Contract
import RPC
import Support
import Testing

/// What providers push, over real processes.
@Suite(.serialized) struct ProviderEventTests {
  private static let asSystem = CallOptions(timeout: .seconds(10)).acting("system")

  private static func push(_ supplierOrder: String, _ status: String) -> RecordProviderEventRequest
  {
    RecordProviderEventRequest(
      provider: "aliexpress", eventID: "\(supplierOrder)-\(status)",
      eventType: "DROPSHIPPER_ORDER_STATUS_UPDATE", environment: .sandbox,
      payload: Array(
        #"{"data":{"orderId":\#(supplierOrder),"orderStatus":"\#(status)"},"message_type":53}"#.utf8
      ))
  }

  @Test func `a purchase whose answer was lost is found by what the supplier pushes`() async throws
  {
    let environment = [
      "DROPWIRE_SANDBOX_ALIEXPRESS_REPEAT_IS_IDEMPOTENT": "false",
      "DROPWIRE_TRACKING_AGE_MILLISECONDS": "3600000",
    ]
    try await Cluster.with(environment: environment) { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.fault("aliexpress.orderPlacedAnswerLost", times: 1)
      try await shop.sell("pushed")
      _ = try await eventually("the order needs a person") {
        try await shop.order("pushed").waiting?.reason?.code == "PURCHASE_UNKNOWN" ? true : nil
      }
      let real = try #require(try await cluster.sandbox.truth().aliexpress.orders.first?.id)
      await cluster.kill(.purchasing)
      try await cluster.start(.purchasing)
      let created = Self.push(real, "OrderCreated")
      for isNew in [true, false] {
        let answer = try await cluster.purchasing.recordProviderEvent(
          created, options: Self.asSystem)
        #expect(answer.isNew == isNew)
        // Orders and the ledger keep it too, and find nothing to do.
        #expect(
          try await cluster.orders.recordProviderEvent(created, options: Self.asSystem).isNew
            == isNew)
        #expect(
          try await cluster.ledger.recordProviderEvent(created, options: Self.asSystem).isNew
            == isNew)
      }
      try await shop.finished("pushed")
      let purchase = try await cluster.purchasing.getPurchase(
        .init(orderID: "pushed"), options: Shop.asOperator)
      #expect(purchase.resolvedBy == "pushMessage" && purchase.supplierOrderIDs == [real])
      // Without the push nobody would ask for a minute.
      try await cluster.sandbox.move(supplierOrder: real, "ship")
      let shipped = Self.push(real, "OrderShipped")
      _ = try await cluster.purchasing.recordProviderEvent(shipped, options: Self.asSystem)
      _ = try await cluster.orders.recordProviderEvent(shipped, options: Self.asSystem)
      _ = try await eventually("the goods are shipped", within: .seconds(20)) {
        try await shop.order("pushed").state == .shipped ? true : nil
      }
      #expect(try await cluster.sandbox.truth().aliexpress.orders.count == 1)
      try await shop.expectBalanced()
    }
  }
}
