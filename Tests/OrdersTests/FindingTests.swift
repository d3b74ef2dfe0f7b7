import Contract
import RPC
import Store
import Support
import Testing

@testable import Orders

/// What persons find out about purchases: told to purchasing, which decides.
@Suite struct FindingTests {
  private typealias Page = OrdersUnderTest

  private static let found = MarkPurchasedRequest(
    orderID: "o-1", supplierOrderIDs: ["9001"], landedCost: OrdersUnderTest.usd(900),
    fundedBy: "reseller")

  /// An order whose purchase is unknown and stays so until a person has spoken.
  private func unknown(_ orders: OrdersUnderTest) async throws {
    doubt(orders)
    try await orders.checkout("o-1")
    try await orders.capture("o-1")
    try await orders.wait(for: "o-1", .needsAttention, "PURCHASE_UNKNOWN")
  }

  /// Purchasing knows of nothing from now on, until it is told.
  private func doubt(_ orders: OrdersUnderTest) {
    for _ in 0..<100 { orders.purchasing.script(.purchase(.unknown, reason: "PURCHASE_UNKNOWN")) }
  }

  private func attest(_ orders: OrdersUnderTest, _ evidence: String = "none on 24 November")
    async throws -> Contract.Order
  {
    try await orders.client.attestNotPlaced(
      .init(orderID: "o-1", evidence: evidence), options: Page.asOperator)
  }

  @Test func `an attestation reaches purchasing, and a retry takes the next generation`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await unknown(orders)
      await orders.expectRefused(.permissionDenied) {
        _ = try await orders.client.attestNotPlaced(
          .init(orderID: "o-1", evidence: "none"),
          options: CallOptions(timeout: .seconds(5)).acting("reseller:42"))
      }
      orders.purchasing.scriptReconciling(.fail(Page.unreachable), .fail(Page.unreachable))
      let order = try await attest(orders)
      #expect(order.waiting?.reason?.code == "ATTESTED_NOT_PLACED")
      #expect(order.waiting?.allowedActions == [.retry, .markPurchased, .refund])
      let told = orders.purchasing.reconciled
      #expect(told.count == 3 && Set(told).count == 1)
      #expect(told.first?.foundBy == "operator:test" && told.first?.generation == 1)
      #expect(told.first?.notPlacedEvidence == "none on 24 November")
      #expect(try await attest(orders) == order, "a replay answers as the first")
      _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      try await orders.finished("o-1")
      #expect(orders.purchasing.placed.map(\.generation) == [1, 2])
      #expect(orders.purchasing.reconciled.count == 3)
      let story = try await orders.story("o-1")
      #expect(story.suffix(6).contains("attestedNotPlaced") && story.contains("purchaseRefused"))
    }
  }

  @Test func `what purchasing learns meanwhile is told to whoever must find out`() async throws {
    try await OrdersUnderTest.running { orders in
      try await unknown(orders)
      let since = try await orders.order("o-1").waiting?.since
      _ = try await orders.store.write {
        try $0.run("UPDATE orderWait SET reasonText = 'what was known before'")
      }
      _ = try await eventually("the newer words are shown", within: .seconds(15)) {
        let text = try await orders.order("o-1").waiting?.reason?.text
        return text == "as the script says" ? true : nil
      }
      let waiting = try await orders.order("o-1").waiting
      #expect(waiting?.since == since && waiting?.nextAt == nil)
    }
  }

  @Test func `what was seen about one generation is not taken for the next`() async throws {
    try await OrdersUnderTest.running { orders in
      try await unknown(orders)
      _ = try await attest(orders)
      doubt(orders)
      _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      try await orders.wait(for: "o-1", .needsAttention, "PURCHASE_UNKNOWN")
      await orders.expectRefused(.failedPrecondition, reason: "EVIDENCE_REUSED") {
        _ = try await attest(orders)
      }
      #expect(orders.purchasing.reconciled.count == 1)
      _ = try await attest(orders, "none on 25 November either")
      #expect(orders.purchasing.reconciled.map(\.generation) == [1, 2])
    }
  }

  @Test func `a found order is told to purchasing, and the supplier's cost counts`() async throws {
    try await OrdersUnderTest.running { orders in
      try await unknown(orders)
      orders.purchasing.scriptReconciling(.purchase(.awaitingSupplierPayment))
      let order = try await orders.client.markPurchased(Self.found, options: Page.asOperator)
      #expect(order.state == .purchased && order.landedCost == Page.usd(800))
      #expect(order.purchasePath == "api")
      try await orders.finished("o-1")
      #expect(orders.ledger.sales.map(\.landedCost) == [Page.usd(800)])
      let told = orders.purchasing.reconciled
      #expect(told.map(\.supplierOrderIDs) == [["9001"]] && told[0].landedCost == Page.usd(900))
      let again = try await orders.client.markPurchased(Self.found, options: Page.asOperator)
      #expect(again.state == .purchased && orders.purchasing.reconciled.count == 1)
    }
  }

  @Test func `an id that purchasing refuses leaves the order unknown and says why`() async throws {
    try await OrdersUnderTest.running { orders in
      try await unknown(orders)
      orders.purchasing.scriptReconciling(
        .fail(
          RPCError(
            .failedPrecondition, "no", reason: ErrorReason(code: "SUPPLIER_ORDER_REFUSED"))))
      let order = try await orders.client.markPurchased(Self.found, options: Page.asOperator)
      #expect(order.state == .needsAttention)
      #expect(order.waiting?.reason?.code == "SUPPLIER_ORDER_REFUSED")
      #expect(order.waiting?.allowedActions == [.markPurchased, .attestNotPlaced])
      #expect(orders.ledger.sales.isEmpty)
    }
  }

  @Test func `what purchasing found out itself counts more than an attestation`() async throws {
    try await OrdersUnderTest.running { orders in
      try await unknown(orders)
      orders.purchasing.scriptReconciling(
        .failKnowing(
          RPCError(.failedPrecondition, "no", reason: ErrorReason(code: "NOTHING_TO_RECONCILE"))))
      #expect(try await attest(orders).state == .purchased)
      #expect(orders.purchasing.placed.count == 1)
    }
  }

  @Test func `a purchasing that has lost the purchase leaves the word to the person`() async throws
  {
    try await OrdersUnderTest.running { orders in
      try await unknown(orders)
      orders.purchasing.scriptReconciling(.fail(RPCError(.notFound, "no such purchase")))
      let order = try await attest(orders)
      #expect(order.waiting?.allowedActions == [.retry, .markPurchased, .refund])
      orders.purchasing.dropScript()
      _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      try await orders.finished("o-1")
      #expect(orders.purchasing.placed.map(\.generation) == [1, 1])
    }
  }

  @Test func `a person marks the order purchased, and the sale is booked with his figures`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      try await orders.wait(for: "o-1", .needsAttention)
      let request = MarkPurchasedRequest(
        orderID: "o-1", supplierOrderIDs: ["9001", "9002"], landedCost: Page.usd(2500),
        fundedBy: "platform")
      _ = try await orders.client.markPurchased(request, options: Page.asOperator)
      try await orders.finished("o-1")
      #expect(orders.ledger.sales.map(\.landedCost) == [Page.usd(2500)])
      #expect(orders.ledger.sales.map(\.fundedBy) == ["platform"])
      _ = try await orders.client.markPurchased(request, options: Page.asOperator)
      var other = request
      other.supplierOrderIDs = ["9003"]
      let refused = other
      await orders.expectRefused(.alreadyExists, fields: ["supplier_order_ids"]) {
        _ = try await orders.client.markPurchased(refused, options: Page.asOperator)
      }
    }
  }

  @Test func `no reseller and no service says what was bought, and at which cost`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      try await orders.wait(for: "o-1", .needsAttention)
      for actor in ["reseller:42", "system"] {
        await orders.expectRefused(.permissionDenied) {
          _ = try await orders.client.markPurchased(
            Self.found, options: CallOptions(timeout: .seconds(5)).acting(actor))
        }
      }
      #expect(try await orders.order("o-1").state == .needsAttention)
    }
  }

  @Test func `a house order is not funded by a reseller`() async throws {
    try await OrdersUnderTest.running { orders in
      _ = try await orders.client.putListing(
        Shop.mug("house", userID: 0), options: Page.asOperator)
      orders.purchasing.script(.purchase(.refused, reason: "BROWSER_NOT_CONFIGURED"))
      _ = try await orders.client.createCheckout(
        Page.checkout("o-1", listing: "house"), options: Page.asOperator)
      try await orders.capture("o-1")
      try await orders.wait(for: "o-1", .needsAttention)
      await orders.expectRefused(.invalidArgument, fields: ["funded_by"]) {
        _ = try await orders.client.markPurchased(Self.found, options: Page.asOperator)
      }
    }
  }

  @Test func `one supplier order is not taken for two orders`() async throws {
    try await OrdersUnderTest.running { orders in
      for orderID in ["o-1", "o-2"] {
        orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
        try await orders.checkout(orderID)
        try await orders.capture(orderID)
        try await orders.wait(for: orderID, .needsAttention)
      }
      _ = try await orders.client.markPurchased(Self.found, options: Page.asOperator)
      var second = Self.found
      second.orderID = "o-2"
      let refused = second
      await orders.expectRefused(
        .failedPrecondition, reason: "SUPPLIER_ORDER_TAKEN", fields: ["supplier_order_ids"]
      ) { _ = try await orders.client.markPurchased(refused, options: Page.asOperator) }
    }
  }
}
