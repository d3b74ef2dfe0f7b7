import Contract
import Money
import Outside
import PayPal
import RPC
import Store
import Support
import Testing

@testable import Orders

/// The buyer's payment, with a PayPal that misbehaves.
@Suite struct CaptureTests {
  private typealias Page = OrdersUnderTest

  @Test func `a captured order is bought, booked and done`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      let captured = try await orders.capture("o-1")
      #expect(captured.captureID == "CAP-PP1" && captured.paymentFee == Page.usd(119))
      let order = try await orders.finished("o-1")
      #expect(order.supplierOrderIDs == ["8001"] && order.landedCost == Page.usd(800))
      #expect(order.purchasePath == "api" && order.isCaptureBooked && order.waiting == nil)
      let story = try await orders.story("o-1")
      #expect(
        story.prefix(5) == [
          "checkedOut", "payPalOrderMade", "captureRequested", "captureCompleted",
          "purchaseStarted",
        ])
      #expect(
        story.dropFirst(5).sorted() == ["captureBooked", "purchaseCompleted", "saleBooked"])
      let placed = try #require(orders.purchasing.placed.first)
      #expect(placed.costCeiling == Page.usd(1781) && placed.generation == 1)
      #expect(orders.ledger.captures.map(\.captureID) == ["CAP-PP1"])
      #expect(orders.ledger.sales.map(\.landedCost) == [Page.usd(800)])
      #expect(orders.ledger.sales.map(\.fundedBy) == ["reseller"])
      #expect(orders.purchasing.callers == ["system"] && orders.purchasing.requestIDs == ["o-1"])
    }
  }

  @Test(arguments: ["MAX_CAPTURE_COUNT_EXCEEDED", "RESOURCE_NOT_FOUND", "A_NEW_ISSUE"])
  func `a refusal that proves nothing does not end a payment that was captured`(_ code: String)
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      // The capture happens and its answer is lost; the repeat is refused with a code that says nothing
      // about the money.
      orders.payPal.capture(.acceptAndRefuse(Refusal(code: code, text: "no")))
      try await orders.capture("o-1")
      try await orders.finished("o-1")
      #expect(orders.payPal.captures.count == 1)
    }
  }

  @Test func `eight captures at once capture once, and a replay answers the order as it is`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<8 { group.addTask { try await orders.capture("o-1").captureID } }
        let answers = try await group.reduce(into: Set<String>()) { $0.insert($1) }
        #expect(answers == ["CAP-PP1"])
      }
      try await orders.finished("o-1")
      #expect(try await orders.capture("o-1").state == .purchased)
      #expect(orders.payPal.calls == ["create o-1-o1", "capture o-1-c1"])
      #expect(orders.purchasing.placed.count == 1 && orders.ledger.sales.count == 1)
    }
  }

  @Test func `a lost answer is looked up and not repeated`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.capture(.acceptInSilence)
      try await orders.checkout("o-1")
      #expect(try await orders.capture("o-1").captureID == "CAP-PP1")
      #expect(orders.payPal.calls == ["create o-1-o1", "capture o-1-c1", "look PP1"])
    }
  }

  @Test func `what never arrived is repeated under the same key after a look`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.capture(.vanish, .vanish)
      orders.payPal.look(.accept, .vanish)
      try await orders.checkout("o-1")
      #expect(try await orders.capture("o-1").captureID == "CAP-PP1")
      #expect(
        orders.payPal.calls == [
          "create o-1-o1", "capture o-1-c1", "look PP1", "capture o-1-c1", "look PP1", "look PP1",
          "capture o-1-c1",
        ])
      #expect(orders.payPal.captures.count == 1)
    }
  }

  @Test func `a capture whose intent an earlier process wrote is looked up first`() async throws {
    try await OrdersUnderTest.running(startedAt: .max) { orders in
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      #expect(orders.payPal.calls == ["create o-1-o1", "look PP1", "capture o-1-c1"])
    }
  }

  @Test func `captured already is success when the order proves to be ours`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      _ = await orders.payPal.capture("PP1", key: "other", in: .sandbox)
      orders.payPal.capture(.refuse(Refusal(code: "ORDER_ALREADY_CAPTURED", text: "done")))
      try await orders.capture("o-1")
      try await orders.finished("o-1")
      #expect(orders.payPal.captures.count == 1)
    }
  }

  @Test func `captured already for somebody else is a matter for a person`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      orders.payPal.estrange("o-1")
      orders.payPal.capture(.refuse(Refusal(code: "ORDER_ALREADY_CAPTURED", text: "done")))
      let order = try await orders.capture("o-1")
      #expect(order.state == .needsAttention)
      #expect(order.waiting?.reason?.code == "CAPTURE_NOT_OURS")
      #expect(orders.purchasing.placed.isEmpty && orders.ledger.captures.isEmpty)
    }
  }

  @Test func `another amount than the order's stops it and tells both`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.captures(
        become: "COMPLETED", amount: Amount(minorUnits: 100, currency: .usd))
      try await orders.checkout("o-1")
      let order = try await orders.capture("o-1")
      #expect(order.state == .needsAttention)
      let waiting = try #require(order.waiting)
      #expect(waiting.reason?.code == "CAPTURE_AMOUNT_DIFFERS")
      #expect(waiting.reason?.text.contains("20.00 USD") == true)
      #expect(waiting.reason?.text.contains("1.00 USD") == true)
      #expect(waiting.allowedActions == [.refund] && waiting.nextAt == nil)
      #expect(orders.purchasing.placed.isEmpty)
      await orders.expectRefused(.failedPrecondition, reason: "ACTION_NOT_ALLOWED") {
        _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      }
    }
  }

  @Test func `before the buyer has approved, a capture says where`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.requireApproval()
      try await orders.checkout("o-1")
      await orders.expectRefused(.failedPrecondition, reason: "ORDER_NOT_APPROVED") {
        do { try await orders.capture("o-1") } catch let error as RPCError {
          #expect(error.message.contains("https://paypal.test/approve/PP1"))
          throw error
        }
      }
      let order = try await orders.order("o-1")
      #expect(order.state == .awaitingPayment)
      #expect(order.waiting?.reason?.code == "ORDER_NOT_APPROVED")
      #expect(order.waiting?.reason?.owner == "buyer")
      orders.payPal.approve("o-1")
      try await orders.capture("o-1")
      try await orders.finished("o-1")
      #expect(orders.payPal.calls.suffix(2) == ["capture o-1-c1", "capture o-1-c2"])
    }
  }

  @Test(arguments: ["INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED"])
  func `what the buyer can cure is tried again under the next key`(_ code: String) async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.capture(.refuse(Refusal(code: code, text: "no")))
      try await orders.checkout("o-1")
      await orders.expectRefused(.failedPrecondition, reason: code) {
        try await orders.capture("o-1")
      }
      try await orders.capture("o-1")
      #expect(orders.payPal.calls.suffix(2) == ["capture o-1-c1", "capture o-1-c2"])
    }
  }

  @Test func `another decline ends the checkout`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.capture(.refuse(Refusal(code: "TRANSACTION_REFUSED", text: "no")))
      try await orders.checkout("o-1")
      #expect(try await orders.capture("o-1").state == .cancelled)
      #expect(try await orders.capture("o-1").state == .cancelled)
      #expect(orders.payPal.calls.count == 2)
    }
  }

  @Test func `a payment that PayPal holds is asked about until it ends`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.captures(become: "PENDING", fee: nil)
      try await orders.checkout("o-1")
      let held = try await orders.capture("o-1")
      #expect(held.state == .paymentPending)
      #expect(held.waiting?.reason?.code == "PAYMENT_PENDING" && held.waiting?.nextAt != nil)
      orders.payPal.change("o-1", to: "COMPLETED")
      try await orders.finished("o-1")
      orders.payPal.captures(become: "PENDING", fee: nil)
      try await orders.checkout("o-2")
      try await orders.capture("o-2")
      orders.payPal.change("o-2", to: "DECLINED", fee: nil)
      try await orders.wait(for: "o-2", .cancelled)
    }
  }

  @Test func `a fee that is not told yet is waited for, never taken as nothing`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.captures(become: "COMPLETED", fee: nil)
      try await orders.checkout("o-1")
      async let answer = orders.capture("o-1")
      try await orders.wait(for: "o-1", .capturing, "PAYMENT_FEE_UNKNOWN")
      #expect(orders.ledger.captures.isEmpty && orders.purchasing.placed.isEmpty)
      orders.payPal.change("o-1", to: "COMPLETED", fee: 77)
      #expect(try await orders.finished("o-1").paymentFee == Page.usd(77))
      #expect(orders.ledger.sales.map(\.paymentFee) == [Page.usd(77)])
      #expect(try await answer.captureID == "CAP-PP1")
    }
  }

  @Test func `a capture unknown for too long needs a person, and a retry looks again`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      for _ in 0..<40 { orders.payPal.look(.vanish) }
      orders.payPal.capture(.acceptInSilence)
      async let answer = orders.capture("o-1")
      _ = try await eventually("PayPal is asked") {
        orders.payPal.calls.contains("capture o-1-c1") ? true : nil
      }
      try await orders.store.write {
        try $0.run(
          "UPDATE buyerOrder SET captureRequestedAt = $1",
          [.integer($0.now - PaymentRules.keyMilliseconds - 1)])
      }
      let order = try await orders.wait(for: "o-1", .needsAttention, "CAPTURE_UNKNOWN")
      #expect(order.waiting?.allowedActions == [.retry])
      #expect(try await answer.state == .needsAttention)
      orders.payPal.calm()
      _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: Page.asOperator)
      try await orders.finished("o-1")
      #expect(orders.payPal.calls.filter { $0 == "capture o-1-c1" }.count == 1)
    }
  }

  @Test func `another PayPal order than the checkout's is refused`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      await orders.expectRefused(.invalidArgument, fields: ["paypal_order_id"]) {
        _ = try await orders.client.captureOrder(
          .init(orderID: "o-1", paypalOrderID: "PP9"), options: Page.asOperator)
      }
      _ = try await orders.client.captureOrder(
        .init(orderID: "o-1", paypalOrderID: "PP1"), options: Page.asOperator)
      await orders.expectRefused(.notFound) { try await orders.capture("o-2") }
    }
  }
}
