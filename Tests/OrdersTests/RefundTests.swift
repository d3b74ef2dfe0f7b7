import Contract
import Money
import Outside
import RPC
import Store
import Support
import Testing

@testable import Orders

/// Orders that are cancelled after the payment: the money goes back once, or certainly stays.
@Suite struct RefundTests {
  private typealias Page = OrdersUnderTest

  /// An order whose goods the supplier refuses.
  private func refused(_ orders: OrdersUnderTest) async throws {
    orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
    try await orders.checkout("o-1")
    try await orders.capture("o-1")
    try await orders.wait(for: "o-1", .needsAttention, "OUT_OF_STOCK")
  }

  @discardableResult
  private func cancel(_ orders: OrdersUnderTest) async throws -> Contract.Order {
    try await orders.client.cancelOrder(
      .init(orderID: "o-1", reason: "the buyer asked"), options: Page.asOperator)
  }

  private func returned(_ orders: OrdersUnderTest) async throws -> Contract.Order {
    try await eventually("the refund is booked", within: .seconds(15)) {
      let order = try await orders.order("o-1")
      return order.isRefundBooked && order.state == .refunded ? order : nil
    }
  }

  @Test func `a refused order is cancelled, paid back and booked, once`() async throws {
    try await OrdersUnderTest.running { orders in
      try await refused(orders)
      #expect(try await cancel(orders).state == .refunded)
      let order = try await returned(orders)
      #expect(order.refundedAmount == Page.usd(2000) && order.paypalRefundID == "R-o-1-r1")
      #expect(order.waiting == nil && order.refundedAt != nil)
      #expect(try await cancel(orders).state == .refunded)
      #expect(orders.payPal.refunds.count == 1)
      #expect(orders.ledger.captures.map(\.price) == [Page.usd(2000)])
      #expect(orders.ledger.refunds.map(\.refunded) == [Page.usd(2000)])
      #expect(orders.ledger.refunds.map(\.refundID) == ["o-1"])
      let story = try await orders.story("o-1")
      #expect(story.suffix(3) == ["refundRequested", "refundCompleted", "refundBooked"])
      for act in [OrderAction.retry, .markPurchased] {
        await orders.expectRefused(.failedPrecondition, reason: "ACTION_NOT_ALLOWED") {
          if act == .retry {
            _ = try await orders.client.retryOrder(
              .init(orderID: "o-1"), options: Page.asOperator)
          } else {
            _ = try await orders.client.markPurchased(
              .init(
                orderID: "o-1", supplierOrderIDs: ["1"], landedCost: Page.usd(800),
                fundedBy: "platform"), options: Page.asOperator)
          }
        }
      }
    }
  }

  @Test(arguments: [
    ScriptedPayPal.Answer.acceptInSilence, .vanish,
    .acceptAndRefuse(Refusal(code: "CAPTURE_FULLY_REFUNDED", text: "nothing is left")),
    .refuse(.notSent("connection refused")),
    .refuse(Refusal(code: "RATE_LIMIT_REACHED", text: "slow down", isTransient: true)),
  ])
  func `an answer that says nothing certain is asked for again under the same key`(
    _ answer: ScriptedPayPal.Answer
  ) async throws {
    try await OrdersUnderTest.running { orders in
      try await refused(orders)
      orders.payPal.refund(answer)
      try await cancel(orders)
      _ = try await returned(orders)
      #expect(orders.payPal.refunds.count == 1)
      let keys = Set(orders.payPal.calls.filter { $0.hasPrefix("refund") })
      #expect(keys == ["refund o-1-r1"])
    }
  }

  @Test func `a refund that PayPal refuses needs a person, and a retry takes the next generation`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await refused(orders)
      orders.payPal.refund(
        .refuse(Refusal(code: "REFUND_FAILED_INSUFFICIENT_FUNDS", text: "no money")))
      let order = try await cancel(orders)
      #expect(order.state == .needsAttention)
      #expect(order.waiting?.reason?.code == "REFUND_REFUSED")
      #expect(order.waiting?.reason?.providerCode == "REFUND_FAILED_INSUFFICIENT_FUNDS")
      #expect(order.waiting?.allowedActions == [.retry])
      #expect(try await cancel(orders).state == .needsAttention)
      _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      _ = try await returned(orders)
      #expect(Array(orders.payPal.refunds.keys) == ["o-1-r2"])
    }
  }

  @Test func `a refund that PayPal holds is asked about until it ends`() async throws {
    try await OrdersUnderTest.running { orders in
      try await refused(orders)
      orders.payPal.refunds(become: "PENDING")
      async let answer = cancel(orders)
      let order = try await orders.wait(for: "o-1", .refunding, "REFUND_PENDING")
      #expect(order.paypalRefundID == "R-o-1-r1" && order.waiting?.nextAt != nil)
      orders.payPal.refunds(become: "COMPLETED")
      _ = try await returned(orders)
      #expect(try await answer.state == .refunded)
      #expect(orders.payPal.calls.filter { $0.hasPrefix("refund") }.count == 1)
    }
  }

  @Test func `what was given back at PayPal by hand is found`() async throws {
    try await OrdersUnderTest.running { orders in
      try await refused(orders)
      orders.payPal.change("o-1", to: "REFUNDED")
      try await cancel(orders)
      _ = try await returned(orders)
      #expect(orders.payPal.refunds.isEmpty)
    }
  }

  @Test func `after the time in which its key is kept, a refund is only looked for`() async throws {
    let orders = try OrdersUnderTest()
    _ = try await orders.client.putListing(Shop.mug(), options: Page.asOperator)
    func asked() -> Int { orders.payPal.calls.count { $0.hasPrefix("refund") } }
    try await orders.moving {
      try await refused(orders)
      for _ in 0..<100 { orders.payPal.refund(.vanish) }
      async let _ = cancel(orders)
      _ = try await eventually("PayPal is asked") { asked() > 0 ? true : nil }
    }
    // Nothing moves now, so that no repeat under the key comes between.
    let before = asked()
    let old = -RefundRules.keyMilliseconds - 1
    _ = try await orders.store.write {
      try $0.run(
        "UPDATE buyerOrder SET refundRequestedAt = $1 WHERE orderID = 'o-1'",
        [.integer($0.now + old)])
      try $0.schedule(OrderEffect.refund.rawValue, "o-1")
    }
    try await orders.moving {
      let order = try await orders.wait(for: "o-1", .needsAttention, "REFUND_UNKNOWN")
      #expect(order.waiting?.allowedActions == [.retry])
      orders.payPal.change("o-1", to: "REFUNDED")
      _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      _ = try await returned(orders)
      #expect(asked() == before)
    }
  }

  @Test func `another captured amount goes back as it was taken, and is in the books`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      orders.payPal.captures(
        become: "COMPLETED", amount: Amount(minorUnits: 1900, currency: .usd))
      try await orders.checkout("o-1")
      let stopped = try await orders.capture("o-1")
      #expect(stopped.waiting?.allowedActions == [.refund])
      try await cancel(orders)
      let order = try await returned(orders)
      #expect(order.refundedAmount == Page.usd(1900) && order.isCaptureBooked)
      #expect(orders.ledger.captures.map(\.price) == [Page.usd(1900)])
      #expect(orders.ledger.refunds.map(\.refunded) == [Page.usd(1900)])
      #expect(orders.purchasing.placed.isEmpty)
    }
  }

  @Test func `another's money is not given back`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      orders.payPal.estrange("o-1")
      let order = try await orders.capture("o-1")
      #expect(order.waiting?.reason?.code == "CAPTURE_NOT_OURS")
      #expect(order.waiting?.allowedActions.isEmpty == true)
      await orders.expectRefused(.failedPrecondition, reason: "ACTION_NOT_ALLOWED") {
        try await cancel(orders)
      }
      #expect(orders.payPal.refunds.isEmpty)
    }
  }

  @Test func `a wish to cancel while the purchase is under way is honoured when it is refused`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      for _ in 0..<3 { orders.purchasing.script(.purchase(.placing)) }
      orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      let order = try await cancel(orders)
      #expect(order.state == .purchasing && order.cancelRequestedAt != nil)
      #expect(try await cancel(orders).cancelRequestedAt == order.cancelRequestedAt)
      let ended = try await returned(orders)
      #expect(ended.waiting == nil)
      #expect(orders.payPal.refunds.count == 1 && orders.purchasing.placed.count == 1)
    }
  }

  @Test func `what may be bought, or is, is not paid back`() async throws {
    try await OrdersUnderTest.running { orders in
      for _ in 0..<100 { orders.purchasing.script(.purchase(.unknown, reason: "PURCHASE_UNKNOWN")) }
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      try await orders.wait(for: "o-1", .needsAttention, "PURCHASE_UNKNOWN")
      await orders.expectRefused(.failedPrecondition, reason: "PURCHASE_MAY_EXIST") {
        try await cancel(orders)
      }
      orders.purchasing.dropScript()
      try await orders.finished("o-1")
      await orders.expectRefused(.failedPrecondition, reason: "GOODS_BOUGHT") {
        try await cancel(orders)
      }
      #expect(orders.payPal.refunds.isEmpty && orders.ledger.refunds.isEmpty)
    }
  }

  @Test func `a refund that the ledger cannot book is booked later`() async throws {
    try await OrdersUnderTest.running { orders in
      try await refused(orders)
      _ = try await eventually("the capture is booked") {
        try await orders.order("o-1").isCaptureBooked ? true : nil
      }
      orders.ledger.fail(Page.unreachable, Page.unreachable)
      try await cancel(orders)
      _ = try await returned(orders)
      #expect(orders.ledger.refunds.count == 1)
    }
  }
}
