import Logging
import Money
import Outside
import PayPal
import Runtime
import Store

/// Carries out the intent of a check: asks PayPal about a payment that it has told news of, and shows
/// what does not fit the order.
///
/// It only reads; what it finds is for a person, since money and goods have gone their ways.
struct PaymentCheck: Sendable {
  let book: OrderBook
  let gateway: any PaymentGateway
  let logger: Logger

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [OrderEffect.checkPayment.rawValue: { try await check($0) }]
  }

  private func check(_ intent: Intent) async throws {
    guard
      let order = try await book.due(
        intent.subject, .checkPayment, where: { !$0.payPalOrderID.isEmpty })
    else { return }
    let outcome = await gateway.look(at: order.payPalOrderID, in: order.environment)
    try Task.checkCancellation()
    let found: PayPalOrder
    switch outcome {
    case .done(let order): found = order
    case .refused(let refusal): return try await again(order, intent, refusal.text)
    case .unknown(let why): return try await again(order, intent, "\(why)")
    }
    // The order may have moved while PayPal was asked.
    let surprise = try await book.write { orders -> PaymentCheckRules.Surprise? in
      try orders.complete(.checkPayment, order.orderID)
      guard let current = try orders.order(order.orderID) else { return nil }
      guard let surprise = PaymentCheckRules.surprise(found, for: current) else {
        try orders.endWait(.reversal, of: current)
        return nil
      }
      guard !current.waits.contains(where: { $0.reason == surprise.reason }) else { return nil }
      let isNew = try orders.note(
        surprise.note, of: current, detail: surprise.reason.text,
        wait: NewWait(
          subject: .reversal, reason: surprise.reason, next: surprise.next, nextAt: 0))
      return isNew ? surprise : nil
    }
    guard let surprise else { return }
    logger.error(
      "payment does not fit its order",
      metadata: ["order": "\(order.orderID)", "code": "\(surprise.reason.code)"])
  }

  /// Asks again later, and says so; what was found before and waits for a person stays. When PayPal
  /// has been silent for too long, a person looks.
  private func again(_ order: Order, _ intent: Intent, _ why: String) async throws {
    let isOver = try await book.write { orders -> Bool in
      let effect = OrderEffect.checkPayment
      guard let current = try orders.order(order.orderID) else { return false }
      let known = current.waits.first { $0.subject == .reversal }
      let now = orders.transaction.now
      let since = known?.reason.code == PaymentCheckRules.unansweredCode ? known?.since : nil
      let isOver = now - (since ?? now) > PaymentCheckRules.ageMax
      let due = now + PaymentCheckRules.pause(attempts: intent.attempts)
      if isOver {
        try orders.complete(effect, order.orderID)
      } else {
        try orders.transaction.postpone(
          effect.rawValue, order.orderID, until: due, note: "PAYPAL_UNREACHABLE")
      }
      guard known == nil || since != nil else { return isOver }
      try orders.put(
        isOver
          ? PaymentCheckRules.givenUp(order, why) : PaymentCheckRules.unanswered(why, nextAt: due),
        order.orderID)
      return isOver
    }
    guard isOver else { return }
    logger.error(
      "a payment that PayPal told of cannot be looked at", metadata: ["order": "\(order.orderID)"])
  }
}

/// What PayPal shows that an order does not know of. Pure.
enum PaymentCheckRules {
  struct Surprise: Hashable, Sendable {
    let note: OrderNote
    let reason: OrderReason
    let next: String
  }

  /// How long PayPal is asked about one payment that it does not tell of.
  static let ageMax: Int64 = 24 * 3600 * 1000
  private static let pauseMax: Int64 = 3600 * 1000
  static let unansweredCode = "PAYMENT_CHECK_UNANSWERED"

  /// 1 s doubling, an hour at most.
  static func pause(attempts: Int) -> Int64 {
    min(1000 << Int64(min(max(attempts, 0), 12)), pauseMax)
  }

  static func unanswered(_ why: String, nextAt: Int64) -> NewWait {
    NewWait(
      subject: .reversal,
      reason: OrderReason(
        code: unansweredCode,
        text: "PayPal has told of news about the payment, and does not say what: "
          + "\(why.prefix(200))"),
      next: "PayPal is asked again", nextAt: nextAt)
  }

  static func givenUp(_ order: Order, _ why: String) -> NewWait {
    NewWait(
      subject: .reversal,
      reason: OrderReason(
        code: "PAYMENT_CHECK_FAILED",
        text:
          "PayPal has told of news about the payment, and for a day it could not be asked what: "
          + "\(why.prefix(200))", owner: "platform"),
      next: "a person looks at PayPal order \(order.payPalOrderID); its next event asks again",
      nextAt: 0)
  }

  static func surprise(_ found: PayPalOrder, for order: Order) -> Surprise? {
    guard let capture = found.capture, ["", order.orderID].contains(found.customID) else {
      return nil
    }
    switch capture.status {
    case "COMPLETED" where isWithoutPayment(order):
      return Surprise(
        note: .capturedUnexpectedly,
        reason: OrderReason(
          code: "CAPTURED_UNEXPECTEDLY",
          text: "PayPal holds \(capture.amount) of the buyer as capture \(capture.id), though the "
            + "order is \(order.state.rawValue)", owner: "platform", providerCode: capture.status),
        next: order.state == .awaitingPayment
          ? "the order is captured, or a person gives it back at PayPal"
          : "a person gives it back at PayPal")
    case "REFUNDED" where holdsMoney(order), "PARTIALLY_REFUNDED" where holdsMoney(order):
      return Surprise(
        note: .moneyWentBack,
        reason: OrderReason(
          code: "MONEY_WENT_BACK",
          text: "PayPal gave the buyer money of capture \(capture.id) back, which nobody asked for "
            + "here", owner: "platform", providerCode: capture.status),
        next: "a person settles it, and books the refund in the ledger")
    default: return nil
    }
  }

  private static func isWithoutPayment(_ order: Order) -> Bool {
    switch order.state {
    case .awaitingPayment, .cancelled, .expired: true
    case .capturing, .paymentPending, .paid, .purchasing, .purchased, .shipped, .delivered,
      .needsAttention, .refunding, .refunded:
      false
    }
  }

  /// Whether the buyer's money is here as far as the order knows.
  private static func holdsMoney(_ order: Order) -> Bool {
    guard !order.captureID.isEmpty, order.refund.amount == nil else { return false }
    switch order.state {
    case .paid, .purchasing, .purchased, .shipped, .delivered: return true
    case .needsAttention:
      switch order.progress.attention {
      case .purchaseNotTaken, .purchaseRefused, .purchaseUnknown, .bookingRefused: return true
      case .captureDiffers, .captureUnknown, .refundRefused, .refundUnknown, nil: return false
      }
    case .awaitingPayment, .capturing, .paymentPending, .refunding, .refunded, .cancelled,
      .expired:
      return false
    }
  }
}
