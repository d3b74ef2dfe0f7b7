import Outside
import PayPal

/// What PayPal's answers mean for an order's refund, and how long to wait. Pure.
enum RefundRules {
  /// PayPal keeps a refund's request id for 45 days; some are kept as margin.
  static let keyMilliseconds: Int64 = 40 * 24 * 3600 * 1000

  /// What became of a refund.
  enum Verdict: Hashable, Sendable {
    case refunded(refundID: String)
    /// On its way, such as a returned e-check.
    case held(refundID: String, reason: String)
    /// Certainly nothing went back, and nothing will by itself.
    case refused(OrderReason)
    /// It says that nothing is left to give back: the capture shows it.
    case nothingLeft
    /// Certainly not taken; the same again later.
    case ours(OrderReason, retryAfterSeconds: Int?)
    /// Maybe done, maybe not.
    case unclear(String)
  }

  static func verdict(_ outcome: Outcome<PayPalRefund>, for order: Order) -> Verdict {
    switch outcome {
    case .done(let refund): verdict(refund, for: order)
    case .refused(let refusal): verdict(refusal)
    case .unknown(let text): .unclear(text)
    }
  }

  private static func verdict(_ refund: PayPalRefund, for order: Order) -> Verdict {
    switch refund.status {
    case "COMPLETED":
      // A part of it went back before: the capture shows whether nothing is left.
      refund.amount == nil || refund.amount == order.captured
        ? .refunded(refundID: refund.id) : .nothingLeft
    case "PENDING":
      .held(
        refundID: refund.id,
        reason: refund.statusReason.isEmpty ? "PENDING" : refund.statusReason)
    case "FAILED", "CANCELLED":
      .refused(
        OrderReason(
          code: "REFUND_REFUSED",
          text: "PayPal's refund \(refund.id) ended \(refund.status) without giving money back",
          owner: "platform", providerCode: refund.status))
    default: .unclear("refund \(refund.id) is \(refund.status)")
    }
  }

  private static func verdict(_ refusal: Refusal) -> Verdict {
    switch refusal.code {
    case "CAPTURE_FULLY_REFUNDED": .nothingLeft
    case "PENDING_CAPTURE":
      .ours(
        OrderReason(
          code: "REFUND_PENDING", text: "PayPal still holds the capture",
          providerCode: refusal.code), retryAfterSeconds: nil)
    case _ where refusal.isTransient || PaymentRules.isOurs(refusal.code):
      .ours(
        PaymentRules.unavailable(refusal), retryAfterSeconds: refusal.retryAfterSeconds)
    default:
      .refused(
        OrderReason(
          code: "REFUND_REFUSED", text: "PayPal refuses to give the money back: \(refusal.text)",
          owner: "platform", providerCode: refusal.code))
    }
  }

  /// What the capture says of a refund.
  static func isBack(_ found: PayPalOrder, _ order: Order) -> Bool {
    found.capture?.id == order.captureID && found.capture?.status == "REFUNDED"
  }
}
