import Contract
import Logging
import Money
import Outside
import PayPal
import Runtime
import Store

/// Carries out the intents of payments: makes PayPal orders, captures them, finds out about both.
///
/// **Invariant:** a capture whose outcome is unknown, or whose intent an earlier process wrote, is
/// looked up before its request is repeated, and the repeat has the same key.
struct PaymentWork: Sendable {
  let book: OrderBook
  let gateway: any PaymentGateway
  /// When this process began; milliseconds since the epoch. What was committed before may have been
  /// sent.
  let startedAt: Int64
  let logger: Logger
  /// Before PayPal is asked again about a payment that it holds.
  var pollMilliseconds = PaymentRules.pollMilliseconds

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [
      OrderEffect.createPayPalOrder.rawValue: { try await create($0) },
      OrderEffect.capture.rawValue: { try await capture($0) },
      OrderEffect.pollPayment.rawValue: { try await poll($0) },
      OrderEffect.expireCheckout.rawValue: { try await expire($0) },
    ]
  }

  // MARK: The PayPal order

  private func create(_ intent: Intent) async throws {
    guard
      let order = try await book.due(
        intent.subject, .createPayPalOrder,
        where: { $0.state == .awaitingPayment && $0.payPalOrderID.isEmpty })
    else { return }
    let outcome = await gateway.create(
      NewPayPalOrder(
        requestID: order.creationKey, customID: order.orderID, amount: order.price,
        description: order.title, returnURL: order.returnURL, cancelURL: order.cancelURL),
      in: order.environment)
    try Task.checkCancellation()
    CrashPoint.reached(OrdersStep.payPalOrderSent)
    switch outcome {
    case .done(let made):
      try await record(.payPalOrderMade, order, .createPayPalOrder, detail: made.id) {
        [
          OrderStore.Fact("payPalOrderID", .text(made.id)),
          OrderStore.Fact("approveURL", .text(made.approveURL)),
        ]
      }
      CrashPoint.reached(OrdersStep.payPalOrderCommitted)
      log(.info, "PayPal order made", order, ["paypalOrder": "\(made.id)"])
    case .refused(let refusal) where refusal.isTransient || PaymentRules.isOurs(refusal.code):
      try await createAgain(
        order, intent, PaymentRules.unavailable(refusal),
        retryAfterSeconds: refusal.retryAfterSeconds)
    case .refused(let refusal):
      try await record(.payPalOrderRefused, order, .createPayPalOrder, detail: refusal.text)
      log(.error, "PayPal order refused", order, ["code": "\(refusal.code)"])
    case .unknown(let text):
      log(.warning, "PayPal order's outcome is unknown", order, ["cause": "\(text)"])
      try await createAgain(
        order, intent,
        OrderReason(code: "PAYPAL_ORDER_UNKNOWN", text: "PayPal's answer was lost"))
    }
  }

  /// The same request under the same key. PayPal forgets the key after six hours, but an order that
  /// nobody approved moves no money, and only the one that is recorded here can be captured.
  private func createAgain(
    _ order: Order, _ intent: Intent, _ reason: OrderReason, retryAfterSeconds: Int? = nil
  ) async throws {
    let delay = PaymentRules.delay(
      attempts: intent.attempts, retryAfterSeconds: retryAfterSeconds)
    try await postpone(
      .createPayPalOrder, order, reason, next: "the same request is sent to PayPal again",
      delay: delay)
  }

  /// Ends a checkout that was not paid in time. One that is being captured is looked at again, since
  /// a declined capture leads back.
  private func expire(_ intent: Intent) async throws {
    let isExpired = try await book.write { orders in
      let effect = OrderEffect.expireCheckout
      guard let order = try orders.order(intent.subject) else {
        try orders.complete(effect, intent.subject)
        return false
      }
      if [.capturing, .paymentPending].contains(order.state) {
        try orders.transaction.postpone(
          effect.rawValue, order.orderID,
          until: orders.transaction.now + CheckoutRules.approvalMilliseconds,
          note: order.state.rawValue)
        return false
      }
      try orders.complete(effect, order.orderID)
      let expired = try orders.apply(
        .expired, to: order, detail: "not paid within the time that PayPal gives the buyer")
      if expired != nil { try orders.complete(.createPayPalOrder, order.orderID) }
      return expired != nil
    }
    if isExpired { logger.info("checkout expired", metadata: ["order": "\(intent.subject)"]) }
  }

  // MARK: The capture

  private func capture(_ intent: Intent) async throws {
    guard
      let order = try await book.due(intent.subject, .capture, where: { $0.state == .capturing })
    else { return }
    let isUntried =
      intent.attempts == 0 && order.captureRequestedAt >= startedAt
      && !order.waits.contains { $0.subject == .payment }
    if isUntried { return try await send(order, intent) }
    let outcome = await gateway.look(at: order.payPalOrderID, in: order.environment)
    try Task.checkCancellation()
    switch outcome {
    case .done(let found):
      let verdict = PaymentRules.verdict(found, for: order)
      if verdict == .approved { return try await send(order, intent) }
      try await settle(verdict, order, intent, .capture)
    case .refused(let refusal):
      try await lookAgain(
        order, intent, .capture, PaymentRules.unavailable(refusal),
        retryAfterSeconds: refusal.retryAfterSeconds)
    case .unknown(let text):
      try await lookAgain(order, intent, .capture, Self.unknown(text))
    }
  }

  private func send(_ order: Order, _ intent: Intent) async throws {
    let outcome = await gateway.capture(
      order.payPalOrderID, key: order.captureKey, in: order.environment)
    try Task.checkCancellation()
    CrashPoint.reached(OrdersStep.captureSent)
    switch outcome {
    case .done(let found):
      let verdict = PaymentRules.verdict(found, for: order)
      try await settle(
        verdict == .approved ? .unclear("PayPal shows no capture") : verdict, order, intent,
        .capture)
    case .unknown(let text):
      log(.warning, "capture's outcome is unknown", order, ["cause": "\(text)"])
      try await lookAgain(order, intent, .capture, Self.unknown(text))
    case .refused(let refusal):
      switch PaymentRules.decline(refusal) {
      case .curable(let reason): try await decline(order, .capture, reason)
      case .final(let reason): try await refuse(order, .capture, reason)
      case .alreadyCaptured:
        try await lookAgain(
          order, intent, .capture,
          OrderReason(
            code: "CAPTURE_UNKNOWN", text: "PayPal says that it is captured already",
            providerCode: refusal.code))
      case .unclear(let reason): try await lookAgain(order, intent, .capture, reason)
      case .ours(let reason):
        try await lookAgain(
          order, intent, .capture, reason, retryAfterSeconds: refusal.retryAfterSeconds)
      }
    }
  }

  static func unknown(_ text: String) -> OrderReason {
    OrderReason(code: "CAPTURE_UNKNOWN", text: "PayPal's answer was lost: \(text)")
  }

  // MARK: A payment that PayPal holds

  private func poll(_ intent: Intent) async throws {
    guard
      let order = try await book.due(
        intent.subject, .pollPayment, where: { $0.state == .paymentPending })
    else { return }
    let outcome = await gateway.look(at: order.payPalOrderID, in: order.environment)
    try Task.checkCancellation()
    switch outcome {
    case .done(let found):
      try await settle(PaymentRules.verdict(found, for: order), order, intent, .pollPayment)
    case .refused(let refusal):
      try await lookAgain(
        order, intent, .pollPayment, PaymentRules.unavailable(refusal),
        retryAfterSeconds: refusal.retryAfterSeconds)
    case .unknown(let text):
      try await lookAgain(
        order, intent, .pollPayment,
        OrderReason(code: "PAYPAL_UNREACHABLE", text: "PayPal could not be asked: \(text)"))
    }
  }
}
