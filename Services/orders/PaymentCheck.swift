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
    guard case .done(let found) = outcome else {
      return try await again(order, intent)
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

  private func again(_ order: Order, _ intent: Intent) async throws {
    try await book.write { orders in
      let due = orders.transaction.now + PaymentRules.delay(attempts: intent.attempts)
      try orders.transaction.postpone(
        OrderEffect.checkPayment.rawValue, order.orderID, until: due, note: "PAYPAL_UNREACHABLE")
    }
  }
}

/// What PayPal shows that an order does not know of. Pure.
enum PaymentCheckRules {
  struct Surprise: Hashable, Sendable {
    let note: OrderNote
    let reason: OrderReason
    let next: String
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
