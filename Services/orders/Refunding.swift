import Money

/// What goes back, or went back, to the buyer: all that was captured.
struct Refunding: Hashable, Sendable {
  /// PayPal's; empty while it is not known.
  var payPalRefundID = ""
  /// When the newest generation was asked for; milliseconds since the epoch.
  var requestedAt: Int64 = 0
  /// Nil until it is back.
  var amount: Amount?
  var refundedAt: Int64 = 0
}

extension Order {
  /// `PayPal-Request-Id` of the newest refund. PayPal keeps it for 45 days.
  var refundKey: String { "\(orderID)-r\(progress.refundGeneration)" }

  /// Whether it is known what can be given back, and what PayPal keeps of it.
  var isRefundable: Bool { !captureID.isEmpty && captured != nil && paymentFee != nil }
}
