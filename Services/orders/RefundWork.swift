import Logging
import Money
import Outside
import PayPal
import Runtime
import Store

/// Carries out the intent of a refund: gives the buyer back all that was captured.
///
/// **Invariant:** a refund whose outcome is unknown is asked for again under its own key, which
/// PayPal answers with the first for 45 days; after that it is only looked for. It gives back what is
/// left of one capture, so that no repeat can give more than was taken.
struct RefundWork: Sendable {
  let book: OrderBook
  let gateway: any PaymentGateway
  let logger: Logger

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [OrderEffect.refund.rawValue: { try await refund($0) }]
  }

  private func refund(_ intent: Intent) async throws {
    guard
      let order = try await book.due(intent.subject, .refund, where: { $0.state == .refunding })
    else { return }
    let now = try await book.read { $0.transaction.now }
    guard order.refund.payPalRefundID.isEmpty else {
      let outcome = await gateway.look(
        atRefund: order.refund.payPalRefundID, in: order.environment)
      try Task.checkCancellation()
      return try await settle(RefundRules.verdict(outcome, for: order), order, intent)
    }
    guard now - order.refund.requestedAt <= RefundRules.keyMilliseconds else {
      return try await lookForIt(order, intent)
    }
    let outcome = await gateway.refund(
      order.captureID, key: order.refundKey, in: order.environment)
    try Task.checkCancellation()
    CrashPoint.reached(OrdersStep.refundSent)
    try await settle(RefundRules.verdict(outcome, for: order), order, intent)
  }

  private func settle(_ verdict: RefundRules.Verdict, _ order: Order, _ intent: Intent)
    async throws
  {
    switch verdict {
    case .refunded(let refundID): try await complete(order, refundID)
    case .held(let refundID, let reason): try await hold(order, refundID, reason)
    case .refused(let reason): try await needAttention(.refundRefused, order, reason)
    case .nothingLeft: try await lookForIt(order, intent)
    case .ours(let reason, let seconds):
      try await again(order, intent, reason, retryAfterSeconds: seconds)
    case .unclear(let text):
      logger.warning(
        "refund's outcome is unknown", metadata: ["order": "\(order.orderID)", "cause": "\(text)"])
      try await again(order, intent, Self.unknown(text))
    }
  }

  /// Asks the capture whether everything is back, whoever gave it.
  private func lookForIt(_ order: Order, _ intent: Intent) async throws {
    let outcome = await gateway.look(at: order.payPalOrderID, in: order.environment)
    try Task.checkCancellation()
    switch outcome {
    case .done(let found) where RefundRules.isBack(found, order):
      try await complete(order, order.refund.payPalRefundID)
    case .done(let found):
      let status = found.capture?.status ?? found.status
      let now = try await book.read { $0.transaction.now }
      let reason = Self.unknown("the capture is \(status)")
      if now - order.refund.requestedAt > RefundRules.keyMilliseconds {
        return try await needAttention(.refundUnresolved, order, reason)
      }
      try await again(order, intent, reason)
    case .refused(let refusal):
      try await again(
        order, intent, PaymentRules.unavailable(refusal),
        retryAfterSeconds: refusal.retryAfterSeconds)
    case .unknown(let text): try await again(order, intent, Self.unknown(text))
    }
  }

  private static func unknown(_ text: String) -> OrderReason {
    OrderReason(code: "REFUND_UNKNOWN", text: "it is not known whether the money is back: \(text)")
  }

  private func complete(_ order: Order, _ refundID: String) async throws {
    guard let amount = order.captured else {
      preconditionFailure("what is given back was captured")
    }
    let changed = try await book.write { orders in
      try orders.complete(.refund, order.orderID)
      return try orders.apply(
        .refundCompleted, to: order, detail: "\(amount), PayPal's refund \(refundID)",
        facts: [
          .init("payPalRefundID", .text(refundID)),
          .init("refundedAmount", .integer(amount.minorUnits)),
          .init("refundedAt", .integer(orders.transaction.now)),
        ])
    }
    guard changed != nil else { return }
    CrashPoint.reached(OrdersStep.refundedCommitted)
    logger.info(
      "payment refunded", metadata: ["order": "\(order.orderID)", "amount": "\(amount)"])
  }

  /// PayPal has it and is not done. Its id is kept, so that it is asked about from now on.
  private func hold(_ order: Order, _ refundID: String, _ why: String) async throws {
    let reason = OrderReason(
      code: "REFUND_PENDING", text: "PayPal holds the refund: \(why)", providerCode: why)
    try await book.write { orders in
      let age = orders.transaction.now - order.refund.requestedAt
      if order.refund.payPalRefundID != refundID {
        let held = try orders.apply(
          .refundHeld, to: order, detail: "\(reason.text), refund \(refundID)",
          facts: [.init("payPalRefundID", .text(refundID))])
        guard held != nil else { return try orders.complete(.refund, order.orderID) }
      }
      try orders.postpone(
        .refund, order.orderID,
        NewWait(
          subject: .refund, reason: reason, next: "PayPal is asked again",
          nextAt: orders.transaction.now + PaymentRules.pollDelay(age: age)))
    }
  }

  private func needAttention(_ event: OrderEvent, _ order: Order, _ reason: OrderReason)
    async throws
  {
    let text = "\(reason.text) [\(reason.providerCode)]"
    let wait = NewWait(
      subject: .refund, reason: reason.ownedByPlatform,
      next: "retry, or give the payment back at PayPal and retry", nextAt: 0)
    let changed = try await book.write { orders in
      try orders.complete(.refund, order.orderID)
      return try orders.apply(
        event, to: order, detail: text, wait: wait)
    }
    guard changed != nil else { return }
    logger.error(
      "refund needs attention",
      metadata: ["order": "\(order.orderID)", "code": "\(reason.providerCode)"])
  }

  private func again(
    _ order: Order, _ intent: Intent, _ reason: OrderReason, retryAfterSeconds: Int? = nil
  ) async throws {
    let delay = PaymentRules.delay(
      attempts: intent.attempts, retryAfterSeconds: retryAfterSeconds)
    try await book.write { orders in
      try orders.postpone(
        .refund, order.orderID,
        NewWait(
          subject: .refund, reason: reason, next: "PayPal is asked again under the same key",
          nextAt: orders.transaction.now + delay))
    }
  }
}

extension OrderReason {
  /// The same, for the platform to cure.
  fileprivate var ownedByPlatform: OrderReason {
    OrderReason(code: code, text: text, owner: "platform", providerCode: providerCode)
  }
}
