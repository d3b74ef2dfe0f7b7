import Contract
import Logging
import RPC
import Runtime
import Store

/// Carries out the intents of bookings: tells the ledger about captures, sales and refunds.
///
/// A replay of the same booking is answered as the first, so a call without an answer is repeated.
struct BookingWork: Sendable {
  let book: OrderBook
  let ledger: LedgerClient
  let logger: Logger

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [
      OrderEffect.recordCapture.rawValue: { try await recordCapture($0) },
      OrderEffect.recordSale.rawValue: { try await recordSale($0) },
      OrderEffect.recordRefund.rawValue: { try await recordRefund($0) },
    ]
  }

  private func recordCapture(_ intent: Intent) async throws {
    let booking = Booking(effect: .recordCapture, event: .captureBooked, subject: .captureBooking)
    guard
      let order = try await book.due(
        intent.subject, booking.effect, where: { !$0.progress.isCaptureBooked }),
      let fee = order.paymentFee, let captured = order.captured
    else { return }
    let outcome = await CallOutcome {
      try await ledger.recordCapture(
        RecordCaptureRequest(
          orderID: order.orderID, userID: order.userID, environment: order.environment,
          price: .init(captured), paymentFee: .init(fee), captureID: order.captureID,
          occurredAt: Timestamp(milliseconds: order.capturedAt)),
        options: .own(order.orderID, timeout: CallRules.bookingTimeout))
    }
    try Task.checkCancellation()
    CrashPoint.reached(OrdersStep.captureRecorded)
    if try await settle(outcome, order, intent, booking, detail: "\(captured), fee \(fee)") {
      CrashPoint.reached(OrdersStep.captureBookedCommitted)
    }
  }

  private func recordSale(_ intent: Intent) async throws {
    let booking = Booking(effect: .recordSale, event: .saleBooked, subject: .saleBooking)
    guard
      let order = try await book.due(
        intent.subject, booking.effect,
        where: { $0.state == .purchased && !$0.progress.isSaleBooked }),
      let fee = order.paymentFee, let cost = order.landedCost
    else { return }
    let outcome = await CallOutcome {
      try await ledger.recordSale(
        RecordSaleRequest(
          orderID: order.orderID, userID: order.userID, environment: order.environment,
          price: .init(order.price), landedCost: .init(cost), paymentFee: .init(fee),
          fundedBy: order.fundedBy, productURL: order.productURL, marketplace: "aliexpress",
          occurredAt: Timestamp(milliseconds: order.purchasedAt)),
        options: .own(order.orderID, timeout: CallRules.bookingTimeout))
    }
    try Task.checkCancellation()
    CrashPoint.reached(OrdersStep.saleRecorded)
    let detail = "price \(order.price), cost \(cost), fee \(fee)"
    if try await settle(outcome, order, intent, booking, detail: detail) {
      CrashPoint.reached(OrdersStep.saleBookedCommitted)
      logger.info("sale booked", metadata: ["order": "\(order.orderID)"])
    }
  }

  /// One order is given back once, so its id is the refund's.
  private func recordRefund(_ intent: Intent) async throws {
    let booking = Booking(effect: .recordRefund, event: .refundBooked, subject: .refundBooking)
    guard
      let order = try await book.due(
        intent.subject, booking.effect,
        where: { $0.state == .refunded && !$0.progress.isRefundBooked }),
      let amount = order.refund.amount
    else { return }
    let outcome = await CallOutcome {
      try await ledger.recordRefund(
        RecordRefundRequest(
          orderID: order.orderID, refundID: order.orderID, refunded: .init(amount),
          occurredAt: Timestamp(milliseconds: order.refund.refundedAt)),
        options: .own(order.orderID, timeout: CallRules.bookingTimeout))
    }
    try Task.checkCancellation()
    CrashPoint.reached(OrdersStep.refundRecorded)
    if try await settle(outcome, order, intent, booking, detail: "\(amount)") {
      CrashPoint.reached(OrdersStep.refundBookedCommitted)
      logger.info("refund booked", metadata: ["order": "\(order.orderID)"])
    }
  }

  /// What is booked, and what the order learns when it is.
  private struct Booking: Sendable {
    let effect: OrderEffect
    let event: OrderEvent
    let subject: Wait.Subject
  }

  /// - Returns: whether it was booked now.
  private func settle<Value>(
    _ outcome: CallOutcome<Value>, _ order: Order, _ intent: Intent, _ booking: Booking,
    detail: String
  ) async throws -> Bool {
    switch outcome {
    case .done:
      return try await book.write { orders in
        try orders.complete(booking.effect, order.orderID)
        let current = try orders.require(order.orderID)
        return try orders.apply(
          booking.event, to: current, detail: detail, ending: booking.subject) != nil
      }
    case .refused(let error):
      try await refuse(order, booking, CallRules.refused("ledger", error))
    case .unreachable(let error):
      let delay = CallRules.delay(attempts: intent.attempts)
      try await postpone(order, booking, CallRules.unreachable("ledger", error), delay: delay)
    }
    return false
  }

  /// A refusal stops an order that has nothing else to do; one that is still being bought goes on,
  /// and its booking is tried again.
  private func refuse(_ order: Order, _ booking: Booking, _ reason: OrderReason) async throws {
    let hasStopped = try await book.write { orders in
      let current = try orders.require(order.orderID)
      let changed = try orders.apply(
        .bookingRefused, to: current, detail: "\(reason.code): \(reason.text)",
        wait: NewWait(
          subject: booking.subject, reason: reason, next: "one of the allowed actions",
          nextAt: 0))
      if changed != nil { try orders.complete(booking.effect, order.orderID) }
      return changed != nil
    }
    if !hasStopped {
      try await postpone(order, booking, reason, delay: CallRules.refusedMilliseconds)
    }
    logger.error(
      "the ledger refuses a booking",
      metadata: ["order": "\(order.orderID)", "code": "\(reason.code)"])
  }

  private func postpone(_ order: Order, _ booking: Booking, _ reason: OrderReason, delay: Int64)
    async throws
  {
    try await book.write { orders in
      try orders.postpone(
        booking.effect, order.orderID,
        NewWait(
          subject: booking.subject, reason: reason, next: "the ledger is asked again",
          nextAt: orders.transaction.now + delay))
    }
  }
}
