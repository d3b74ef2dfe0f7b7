import Logging
import Money
import Runtime
import Store

extension PaymentWork {
  /// Records what PayPal's newest state of an order means.
  func settle(
    _ verdict: PaymentRules.Verdict, _ order: Order, _ intent: Intent, _ effect: OrderEffect
  ) async throws {
    switch verdict {
    case .captured(let captureID, let fee):
      try await pay(order, effect, captureID: captureID, fee: fee)
    case .feeMissing(let captureID):
      try await lookAgain(
        order, intent, effect,
        OrderReason(
          code: "PAYMENT_FEE_UNKNOWN",
          text: "capture \(captureID) is complete, PayPal has not told its fee yet"))
    case .held(let reason): try await hold(order, effect, reason)
    case .differs(let reason, let captured):
      try await differ(order, effect, reason, captured)
    case .refused(let reason): try await refuse(order, effect, reason)
    case .notApproved(let reason): try await decline(order, effect, reason)
    case .approved:
      // Only a held payment comes here; an approved order that was held has no capture any more.
      try await lookAgain(order, intent, effect, Self.unknown("PayPal shows no capture"))
    case .unclear(let text):
      try await lookAgain(order, intent, effect, Self.unknown(text))
    }
  }

  /// PAID, and at once PURCHASING: the order is claimed for its purchase in the same transaction.
  private func pay(_ order: Order, _ effect: OrderEffect, captureID: String, fee: Amount)
    async throws
  {
    let changed = try await book.write { orders -> Order? in
      try orders.complete(effect, order.orderID)
      guard
        let paid = try orders.apply(
          .captureCompleted, to: order, detail: "\(order.price), of which PayPal kept \(fee)",
          facts: [
            .init("captureID", .text(captureID)), .init("paymentFee", .integer(fee.minorUnits)),
            .init("capturedAmount", .integer(order.price.minorUnits)),
            .init("capturedAt", .integer(orders.transaction.now)),
          ])
      else { return nil }
      // Cancelled meanwhile: it goes back.
      guard paid.state == .paid else { return paid }
      return try orders.apply(
        .purchaseStarted, to: paid,
        detail: "purchase \(order.orderID)-p\(paid.progress.purchaseGeneration)")
    }
    guard changed != nil else { return }
    CrashPoint.reached(OrdersStep.paidCommitted)
    log(.info, "payment captured", order, ["price": "\(order.price)", "fee": "\(fee)"])
  }

  private func hold(_ order: Order, _ effect: OrderEffect, _ why: String) async throws {
    let reason = OrderReason(
      code: "PAYMENT_PENDING", text: "PayPal holds the payment: \(why)", providerCode: why)
    let changed = try await book.write { orders -> Order? in
      let age = orders.transaction.now - order.captureRequestedAt
      let wait = NewWait(
        subject: .payment, reason: reason, next: "PayPal is asked again",
        nextAt: orders.transaction.now + PaymentRules.pollDelay(age: age, base: pollMilliseconds))
      if order.state == .capturing {
        try orders.complete(effect, order.orderID)
        let held = try orders.apply(.captureHeld, to: order, detail: reason.text, wait: wait)
        if held != nil { try orders.postpone(.pollPayment, order.orderID, wait) }
        return held
      }
      guard age < PaymentRules.heldMilliseconds else {
        try orders.complete(effect, order.orderID)
        return try orders.apply(
          .captureUnresolved, to: order, detail: reason.text,
          wait: Self.attention(reason))
      }
      try orders.postpone(effect, order.orderID, wait)
      return nil
    }
    guard let changed else { return }
    log(
      changed.state == .needsAttention ? .error : .info, "payment held by PayPal", order,
      ["cause": "\(why)"])
  }

  /// Back to AWAITING_PAYMENT: the buyer can cure it.
  func decline(_ order: Order, _ effect: OrderEffect, _ reason: OrderReason) async throws {
    try await record(
      .captureDeclined, order, effect, detail: reason.text,
      wait: NewWait(
        subject: .payment, reason: reason,
        next: "the payment is captured when the buyer has approved and the shop asks again",
        nextAt: 0))
    log(.info, "payment declined", order, ["code": "\(reason.code)"])
  }

  func refuse(_ order: Order, _ effect: OrderEffect, _ reason: OrderReason) async throws {
    try await record(
      .captureRefused, order, effect,
      detail: "\(reason.text) [\(reason.providerCode)]")
    log(.info, "payment refused", order, ["code": "\(reason.providerCode)"])
  }

  /// Nothing is bought for another amount. What was captured is kept in mind, to be given back.
  private func differ(
    _ order: Order, _ effect: OrderEffect, _ reason: OrderReason,
    _ captured: PaymentRules.Captured?
  ) async throws {
    try await book.write { orders in
      try orders.complete(effect, order.orderID)
      var facts: [OrderStore.Fact] = []
      if let captured {
        facts = [
          .init("captureID", .text(captured.captureID)),
          .init("capturedAmount", .integer(captured.amount.minorUnits)),
          .init("paymentFee", .integer(captured.fee.minorUnits)),
          .init("capturedAt", .integer(orders.transaction.now)),
        ]
      }
      let next =
        captured == nil
        ? "nothing is bought; give the payment back at PayPal"
        : "nothing is bought; one of the allowed actions gives the payment back"
      try orders.apply(
        .captureDiffered, to: order, detail: reason.text, facts: facts, ending: .payment,
        wait: NewWait(subject: .payment, reason: reason, next: next, nextAt: 0))
    }
    log(.error, "payment needs attention", order, ["code": "\(reason.code)"])
  }

  private static func attention(_ reason: OrderReason) -> NewWait {
    var reason = reason
    if reason.owner == "nobody" { reason.owner = "platform" }
    return NewWait(
      subject: .payment, reason: reason, next: "one of the allowed actions", nextAt: 0)
  }

  /// Looks at the PayPal order later, until the time in which its key may be repeated is over.
  func lookAgain(
    _ order: Order, _ intent: Intent, _ effect: OrderEffect, _ reason: OrderReason,
    retryAfterSeconds: Int? = nil
  ) async throws {
    let delay = PaymentRules.delay(
      attempts: intent.attempts, retryAfterSeconds: retryAfterSeconds)
    let limit =
      order.state == .capturing ? PaymentRules.keyMilliseconds : PaymentRules.heldMilliseconds
    let changed = try await book.write { orders -> Order? in
      guard orders.transaction.now - order.captureRequestedAt <= limit else {
        try orders.complete(effect, order.orderID)
        return try orders.apply(
          .captureUnresolved, to: order, detail: reason.text,
          wait: Self.attention(reason))
      }
      try orders.postpone(
        effect, order.orderID,
        NewWait(
          subject: .payment, reason: reason, next: "PayPal is asked what became of it",
          nextAt: orders.transaction.now + delay))
      return nil
    }
    guard changed != nil else { return }
    log(.error, "payment needs attention", order, ["code": "\(reason.code)"])
  }

  /// Ends an effect by an event.
  func record(
    _ event: OrderEvent, _ order: Order, _ effect: OrderEffect, detail: String,
    wait: NewWait? = nil, facts: @escaping @Sendable () -> [OrderStore.Fact] = { [] }
  ) async throws {
    try await book.write { orders in
      try orders.complete(effect, order.orderID)
      try orders.apply(
        event, to: order, detail: detail, facts: facts(), ending: .payment, wait: wait)
    }
  }

  func postpone(
    _ effect: OrderEffect, _ order: Order, _ reason: OrderReason, next: String, delay: Int64
  ) async throws {
    try await book.write { orders in
      try orders.postpone(
        effect, order.orderID,
        NewWait(
          subject: .payment, reason: reason, next: next, nextAt: orders.transaction.now + delay))
    }
  }

  func log(
    _ level: Logger.Level, _ message: Logger.Message, _ order: Order,
    _ more: Logger.Metadata = [:]
  ) {
    var metadata: Logger.Metadata = ["order": "\(order.orderID)"]
    metadata.merge(more) { _, new in new }
    logger.log(level: level, message, metadata: metadata)
  }
}
