import Contract
import RPC
import Store
import Support
import Testing

@testable import Orders

/// What follows a payment, with services that misbehave.
@Suite struct FulfilmentTests {
  private typealias Page = OrdersUnderTest

  private func sell(_ orders: OrdersUnderTest, _ orderID: String = "o-1") async throws {
    try await orders.checkout(orderID)
    try await orders.capture(orderID)
  }

  @Test func `a purchasing that cannot be reached delays the order, which says so`() async throws {
    try await OrdersUnderTest.running { orders in
      for _ in 0..<4 { orders.purchasing.script(.fail(Page.unreachable)) }
      try await sell(orders)
      let order = try await orders.wait(for: "o-1", .purchasing, "PURCHASING_UNREACHABLE")
      #expect(order.waiting?.nextAt != nil && order.waiting?.reason?.text.isEmpty == false)
      try await orders.finished("o-1")
      #expect(Set(orders.purchasing.placed.map(\.generation)) == [1])
    }
  }

  @Test func `what a lost answer left at purchasing says why it waits, and is not asked for again`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(.fail(Page.unreachable))
      for _ in 0..<3 {
        orders.purchasing.script(.purchase(.awaitingSupplierPayment, reason: "PAYMENT_FAILED"))
      }
      try await sell(orders)
      try await orders.wait(for: "o-1", .purchasing, "PAYMENT_FAILED")
      try await orders.finished("o-1")
      #expect(orders.purchasing.placed.count == 1)
    }
  }

  @Test func `a ledger that cannot be reached delays the booking, not the purchase`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.ledger.fail(Page.unreachable, Page.unreachable, Page.unreachable, Page.unreachable)
      try await sell(orders)
      let order = try await orders.wait(for: "o-1", .purchased, "LEDGER_UNREACHABLE")
      #expect(!order.isCaptureBooked && order.waiting?.nextAt != nil)
      #expect(try await orders.finished("o-1").waiting == nil)
    }
  }

  @Test func `a purchase under way is asked about until it ends`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(
        .purchase(.placing), .purchase(.awaitingSupplierPayment, reason: "SUPPLIER_PAYMENT"),
        .fail(Page.unreachable), .purchase(.unknown, reason: "OUTCOME_UNKNOWN", nextAt: 1))
      try await sell(orders)
      try await orders.finished("o-1")
      #expect(orders.purchasing.placed.count == 1 && orders.purchasing.looks == 4)
    }
  }

  @Test func `a refusal is passed on, and a retry takes the next generation`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
      try await sell(orders)
      let order = try await orders.wait(for: "o-1", .needsAttention, "OUT_OF_STOCK")
      #expect(order.waiting?.reason?.owner == "reseller")
      #expect(order.waiting?.reason?.providerCode == "P1")
      #expect(order.waiting?.allowedActions == [.retry, .markPurchased, .refund])
      var corrected = Shop.address
      corrected.line1 = "2 Market Street"
      _ = try await orders.client.retryOrder(
        .init(orderID: "o-1", shipTo: corrected, costCeiling: Page.usd(1900)),
        options: Page.asOperator)
      try await orders.finished("o-1")
      #expect(orders.purchasing.placed.map(\.generation) == [1, 2])
      #expect(orders.purchasing.placed.last?.shipTo == corrected)
      #expect(orders.purchasing.placed.last?.costCeiling == Page.usd(1900))
      #expect(try await orders.order("o-1").shipTo == corrected)
      // The correction is no other content of the checkout.
      #expect(try await orders.checkout("o-1").state == .purchased)
      #expect(orders.ledger.sales.count == 1)
    }
  }

  @Test func `a refusal of a repeat does not hide that purchasing has the order`() async throws {
    try await OrdersUnderTest.running { orders in
      // The first call is taken and its answer lost; the repeat has another ceiling, since the margin
      // was configured anew.
      orders.purchasing.script(
        .fail(Page.unreachable), .fail(Page.unreachable),
        .fail(RPCError(.alreadyExists, "another cost_ceiling")), .purchase(.placing))
      try await sell(orders)
      try await orders.finished("o-1")
      let story = try await orders.story("o-1")
      #expect(!story.contains("purchaseNotTaken"))
    }
  }

  @Test func `a charge that cannot be booked needs a person, who tells it`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(.purchase(.purchased, currency: "EUR"))
      for _ in 0..<40 { orders.purchasing.script(.purchase(.purchased, currency: "EUR")) }
      try await sell(orders)
      let order = try await orders.wait(for: "o-1", .needsAttention, "PURCHASE_COST_UNKNOWN")
      #expect(order.waiting?.allowedActions == [.markPurchased, .attestNotPlaced])
      orders.purchasing.scriptReconciling(.purchase(.purchased, currency: "EUR"))
      let bought = try await orders.client.markPurchased(
        .init(
          orderID: "o-1", supplierOrderIDs: ["8001"], landedCost: Page.usd(870),
          fundedBy: "reseller"), options: Page.asOperator)
      #expect(bought.state == .purchased && bought.landedCost == Page.usd(870))
      try await orders.finished("o-1")
    }
  }

  @Test func `what purchasing never took is retried under the same generation`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(
        .fail(
          RPCError(
            .failedPrecondition, "no", reason: ErrorReason(code: "ENVIRONMENT_NOT_CONFIGURED"))),
        .fail(RPCError(.notFound, "no such purchase")))
      try await sell(orders)
      try await orders.wait(for: "o-1", .needsAttention, "ENVIRONMENT_NOT_CONFIGURED")
      _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      try await orders.finished("o-1")
      #expect(orders.purchasing.placed.map(\.generation) == [1, 1])
    }
  }

  @Test func `an unknown purchase is never retried, and is taken over when it resolves itself`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(
        .purchase(.unknown, reason: "OUTCOME_UNKNOWN"),
        .purchase(.unknown, reason: "OUTCOME_UNKNOWN"),
        .purchase(.unknown, reason: "OUTCOME_UNKNOWN"))
      try await sell(orders)
      let order = try await orders.wait(for: "o-1", .needsAttention, "OUTCOME_UNKNOWN")
      #expect(order.waiting?.allowedActions == [.markPurchased, .attestNotPlaced])
      await orders.expectRefused(.failedPrecondition, reason: "ACTION_NOT_ALLOWED") {
        _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      }
      try await orders.finished("o-1")
      #expect(orders.purchasing.placed.count == 1)
    }
  }

  @Test func `a purchasing that has lost what it took leaves an unknown`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(.purchase(.placing))
      for _ in 0..<20 { orders.purchasing.script(.fail(RPCError(.notFound, "no such purchase"))) }
      try await sell(orders)
      let order = try await orders.wait(for: "o-1", .needsAttention)
      #expect(order.waiting?.allowedActions == [.markPurchased, .attestNotPlaced])
      #expect(orders.purchasing.placed.count == 1)
    }
  }

  @Test func `a booking that the ledger refuses needs a person, and a retry books it`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      try await orders.finished("o-1")
      // The second order is bought late, so that the refusal meets its sale and not its capture.
      for _ in 0..<100 { orders.purchasing.script(.purchase(.placing)) }
      try await sell(orders, "o-2")
      _ = try await eventually("the capture is booked") {
        try await orders.order("o-2").isCaptureBooked ? true : nil
      }
      orders.ledger.fail(
        RPCError(.failedPrecondition, "no", reason: ErrorReason(code: "CAPTURE_DIFFERS")))
      orders.purchasing.dropScript()
      let order = try await orders.wait(for: "o-2", .needsAttention, "CAPTURE_DIFFERS")
      #expect(order.waiting?.allowedActions == [.retry])
      _ = try await orders.client.retryOrder(.init(orderID: "o-2"), options: Page.asOperator)
      #expect(try await orders.finished("o-2").waiting == nil)
      #expect(orders.purchasing.placed.count == 2)
    }
  }

  @Test func `a price that leaves nothing to buy for is not sent to purchasing`() async throws {
    try await OrdersUnderTest.running { orders in
      _ = try await orders.client.putListing(Shop.mug(cents: 120), options: Page.asOperator)
      try await sell(orders)
      try await orders.wait(for: "o-1", .needsAttention, "COST_CEILING_ZERO")
      #expect(orders.purchasing.placed.isEmpty)
      _ = try await orders.client.retryOrder(
        .init(orderID: "o-1", costCeiling: Page.usd(900)), options: Page.asOperator)
      try await orders.finished("o-1")
    }
  }
}
