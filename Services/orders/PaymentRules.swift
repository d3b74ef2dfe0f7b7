import Contract
import Money
import Outside
import PayPal

/// What PayPal's answers mean for an order's payment, and how long to wait. Pure.
enum PaymentRules {
  /// PayPal keeps a request id for six hours; an hour is kept as margin.
  static let keyMilliseconds: Int64 = 5 * 3600 * 1000
  /// How long a capture without a fee, or one that PayPal holds, is asked about by itself.
  static let heldMilliseconds: Int64 = 60 * 24 * 3600 * 1000
  static let delayMax: Int64 = 60 * 1000
  /// The first pause before a payment that PayPal holds is looked at again.
  static let pollMilliseconds: Int64 = 1000

  /// What the newest state of the PayPal order says.
  enum Verdict: Hashable, Sendable {
    case captured(captureID: String, fee: Amount)
    /// The money is there, but not what PayPal keeps of it.
    case feeMissing(captureID: String)
    case held(reason: String)
    /// Another amount than the order's, or given back already. A person decides; without a capture
    /// it is not this order's money, or not known what can be given back.
    case differs(OrderReason, Captured?)
    /// The attempt ended without money.
    case refused(OrderReason)
    /// Approved, and not captured.
    case approved
    /// The buyer has not approved, so nothing can have been captured.
    case notApproved(OrderReason)
    /// It says nothing certain.
    case unclear(String)
  }

  /// Money that PayPal took for an order.
  struct Captured: Hashable, Sendable {
    let captureID: String
    let amount: Amount
    let fee: Amount

    /// Nil where amount and fee are not of the order's currency, or the fee is not told.
    init?(_ capture: PayPalCapture, for order: Order) {
      let currency = order.price.currency
      guard let fee = capture.fee, capture.amount.currency == currency, fee.currency == currency,
        capture.amount.isPositive, !fee.isNegative
      else { return nil }
      (captureID, amount, self.fee) = (capture.id, capture.amount, fee)
    }
  }

  static func verdict(_ found: PayPalOrder, for order: Order) -> Verdict {
    if !found.customID.isEmpty, found.customID != order.orderID {
      return .differs(
        OrderReason(
          code: "CAPTURE_NOT_OURS",
          text: "PayPal order \(found.id) belongs to \"\(found.customID)\"", owner: "platform"),
        nil)
    }
    guard let capture = found.capture else { return verdict(status: found.status) }
    switch capture.status {
    case "COMPLETED": return completed(capture, order)
    case "PENDING":
      return .held(reason: capture.statusReason.isEmpty ? "PENDING" : capture.statusReason)
    case "DECLINED", "FAILED":
      return .refused(
        OrderReason(
          code: "PAYMENT_DECLINED", text: "PayPal could not take the buyer's money",
          owner: "buyer",
          providerCode: capture.statusReason.isEmpty ? capture.status : capture.statusReason))
    case "REFUNDED", "PARTIALLY_REFUNDED":
      return .differs(
        OrderReason(
          code: "CAPTURE_REFUNDED",
          text: "capture \(capture.id) of \(capture.amount) was given back at PayPal",
          owner: "platform", providerCode: capture.status), Captured(capture, for: order))
    default: return .unclear("capture \(capture.id) is \(capture.status)")
    }
  }

  private static func completed(_ capture: PayPalCapture, _ order: Order) -> Verdict {
    guard let fee = capture.fee else { return .feeMissing(captureID: capture.id) }
    guard capture.amount == order.price else {
      return .differs(
        OrderReason(
          code: "CAPTURE_AMOUNT_DIFFERS",
          text: "PayPal captured \(capture.amount), the order costs \(order.price)",
          owner: "platform"), Captured(capture, for: order))
    }
    guard fee.currency == order.price.currency, !fee.isNegative else {
      return .differs(
        OrderReason(
          code: "FEE_DIFFERS", text: "PayPal kept \(fee) of \(order.price)", owner: "platform"), nil
      )
    }
    return .captured(captureID: capture.id, fee: fee)
  }

  private static func verdict(status: String) -> Verdict {
    switch status {
    case "APPROVED": .approved
    case "CREATED", "SAVED":
      .notApproved(
        OrderReason(
          code: "ORDER_NOT_APPROVED", text: "the buyer has not approved the payment",
          owner: "buyer", providerCode: status))
    case "PAYER_ACTION_REQUIRED":
      .notApproved(
        OrderReason(
          code: "PAYER_ACTION_REQUIRED", text: "PayPal wants something more of the buyer",
          owner: "buyer", providerCode: status))
    case "VOIDED":
      .refused(
        OrderReason(
          code: "PAYMENT_DECLINED", text: "the PayPal order is void", owner: "buyer",
          providerCode: status))
    default: .unclear("the PayPal order is \(status) and shows no capture")
    }
  }

  /// What a definite "no" to a capture means.
  enum Decline: Hashable, Sendable {
    /// The buyer can cure it; the next attempt has the next key.
    case curable(OrderReason)
    /// There will be no payment.
    case final(OrderReason)
    /// It says that a capture exists: the PayPal order shows whose.
    case alreadyCaptured
    /// It says something about us, not about the payment: the same again later.
    case ours(OrderReason)
    /// It is not known to mean that nothing was captured: the PayPal order shows it.
    case unclear(OrderReason)
  }

  static func decline(_ refusal: Refusal) -> Decline {
    switch refusal.code {
    case "ORDER_ALREADY_CAPTURED", "DUPLICATE_INVOICE_ID": .alreadyCaptured
    case "ORDER_NOT_APPROVED":
      .curable(
        OrderReason(
          code: refusal.code, text: "the buyer has not approved the payment", owner: "buyer",
          providerCode: refusal.code))
    case "INSTRUMENT_DECLINED":
      .curable(
        OrderReason(
          code: refusal.code, text: "the buyer's means of payment was declined; another may do",
          owner: "buyer", providerCode: refusal.code))
    case "PAYER_ACTION_REQUIRED":
      .curable(
        OrderReason(
          code: refusal.code, text: "PayPal wants something more of the buyer", owner: "buyer",
          providerCode: refusal.code))
    case _ where refusal.isTransient || isOurs(refusal.code):
      .ours(unavailable(refusal))
    case _ where !endings.contains(refusal.code):
      .unclear(
        OrderReason(
          code: "CAPTURE_UNKNOWN", text: "PayPal refuses the capture: \(refusal.text)",
          owner: "platform", providerCode: refusal.code))
    default:
      .final(
        OrderReason(
          code: "PAYMENT_DECLINED", text: "PayPal declined the payment: \(refusal.text)",
          owner: "buyer", providerCode: refusal.code))
    }
  }

  /// Refusals after which there is certainly no capture (PayPal, Orders v2, errors of capture).
  private static let endings: Set<String> = [
    "TRANSACTION_REFUSED", "COMPLIANCE_VIOLATION", "PAYER_CANNOT_PAY",
    "PAYEE_BLOCKED_TRANSACTION", "TRANSACTION_BLOCKED_BY_PAYEE", "PAYER_ACCOUNT_RESTRICTED",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "TRANSACTION_LIMIT_EXCEEDED",
    "TRANSACTION_RECEIVING_LIMIT_EXCEEDED", "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
  ]

  /// Errors about our account or our request, which say nothing about the buyer.
  static func isOurs(_ code: String) -> Bool {
    [
      "AUTHENTICATION_FAILURE", "INVALID_ACCOUNT_STATUS", "NOT_AUTHORIZED", "PERMISSION_DENIED",
      "CONSENT_NEEDED", "PAYEE_ACCOUNT_NOT_VERIFIED", "PAYEE_ACCOUNT_RESTRICTED",
      "UNSUPPORTED_MEDIA_TYPE", "invalid_client",
    ].contains(code)
  }

  /// A wait for PayPal after something that was certainly not accepted.
  static func unavailable(_ refusal: Refusal) -> OrderReason {
    let isOurs = isOurs(refusal.code)
    return OrderReason(
      code: isOurs ? "PAYPAL_REFUSES_US" : "PAYPAL_UNREACHABLE", text: refusal.text,
      owner: isOurs ? "platform" : "nobody",
      providerCode: refusal.code == Refusal.notSentCode ? "" : refusal.code)
  }

  /// Pause before PayPal is asked again: 100 ms doubling, a minute at most, or as it wishes.
  static func delay(attempts: Int, retryAfterSeconds: Int? = nil) -> Int64 {
    if let retryAfterSeconds { return Int64(min(max(retryAfterSeconds, 1), 3600)) * 1000 }
    return min(100 << Int64(min(max(attempts, 0), 10)), delayMax)
  }

  /// Pause before the next look at a payment that PayPal holds: longer as it gets older.
  static func pollDelay(age: Int64, base: Int64 = pollMilliseconds) -> Int64 {
    min(max(age / 4, base), 3600 * 1000)
  }
}
