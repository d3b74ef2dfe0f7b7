import Contract

/// Why an order waits: a stable code, a sentence for a person, and who can cure it.
struct OrderReason: Hashable, Sendable {
  /// Ours or, for a purchase, purchasing's own.
  var code: String
  var text: String
  /// platform, reseller, supplier, buyer, or nobody (it cures itself).
  var owner = "nobody"
  /// The provider's own code, as received.
  var providerCode = ""
}

/// One thing that an order waits for: why, since when, and when it goes on.
struct Wait: Hashable, Sendable {
  /// Which of the order's effects waits. Each may wait by itself; the raw value is stored.
  enum Subject: String, Sendable, CaseIterable {
    case payment, purchase, captureBooking, saleBooking, tracking, refund, refundBooking
    /// What PayPal told of by itself: a buyer's dispute, and money that moved without us.
    case dispute, reversal
  }

  let subject: Subject
  let reason: OrderReason
  /// Milliseconds since the epoch.
  let since: Int64
  /// What happens next, for people.
  let next: String
  /// When it happens by itself; 0 when a person must act.
  let nextAt: Int64
}

/// What a waiting order shows: the first of its waits, or what its state says.
struct OrderExplanation: Hashable, Sendable {
  let reason: OrderReason
  let since: Int64
  let next: String
  /// 0 when a person must act.
  let nextAt: Int64
  let actions: [OrderAction]

  /// Nil for an order that waits for nothing.
  init?(_ order: Order) {
    let actions = OrderActions.allowed(order)
    if let wait = order.waits.first {
      self.init(
        reason: wait.reason, since: wait.since, next: wait.next, nextAt: wait.nextAt,
        actions: actions)
      return
    }
    guard let (reason, next, isAutomatic) = Self.ofState(order) else { return nil }
    self.init(
      reason: reason, since: order.updatedAt, next: next,
      nextAt: isAutomatic ? order.updatedAt : 0, actions: actions)
  }

  private init(
    reason: OrderReason, since: Int64, next: String, nextAt: Int64, actions: [OrderAction]
  ) {
    self.reason = reason
    self.since = since
    self.next = next
    self.nextAt = nextAt
    self.actions = actions
  }

  private static func ofState(_ order: Order) -> (OrderReason, next: String, isAutomatic: Bool)? {
    switch order.state {
    case .awaitingPayment where order.payPalOrderID.isEmpty:
      return (
        OrderReason(code: "PAYPAL_ORDER_UNDER_WAY", text: "the PayPal order is being made"),
        "PayPal answers with the page on which the buyer approves", true
      )
    case .awaitingPayment:
      return (
        OrderReason(
          code: "BUYER_APPROVAL", text: "the buyer has to approve the payment at PayPal",
          owner: "buyer"), "the payment is captured when the shop asks for it", false
      )
    case .capturing:
      return (
        OrderReason(code: "CAPTURE_UNDER_WAY", text: "the payment is being captured"),
        "PayPal answers", true
      )
    case .paid, .purchasing:
      return (
        OrderReason(code: "PURCHASE_UNDER_WAY", text: "the goods are being bought"),
        "the supplier answers", true
      )
    case .purchased where !order.progress.isSaleBooked: return booking("sale")
    case .refunded where !order.progress.isRefundBooked: return booking("refund")
    case .paymentPending:
      return (
        OrderReason(code: "PAYMENT_PENDING", text: "PayPal holds the payment"),
        "PayPal is asked again", true
      )
    case .refunding:
      return (
        OrderReason(code: "REFUND_UNDER_WAY", text: "the buyer's money is being given back"),
        "PayPal answers", true
      )
    case .needsAttention:
      return (
        OrderReason(code: "NEEDS_ATTENTION", text: "a person must act", owner: "platform"),
        "one of the allowed actions", false
      )
    case .purchased, .shipped, .delivered, .refunded, .cancelled, .expired: return nil
    }
  }

  private static func booking(_ what: String) -> (OrderReason, next: String, isAutomatic: Bool) {
    (
      OrderReason(code: "BOOKING_UNDER_WAY", text: "the \(what) is being booked"),
      "the ledger answers", true
    )
  }
}
