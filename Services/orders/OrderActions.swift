import Contract

/// What a person may do about an order, by the kind of help it needs. Pure.
enum OrderActions {
  static func allowed(_ order: Order) -> [OrderAction] {
    let cancelling: [OrderAction] =
      switch CancelRules.decide(order) {
      case .cancel, .remember: [.cancel]
      case .refund: [.refund]
      case .replay, .refuse: []
      }
    switch order.state {
    case .awaitingPayment: return (order.payPalOrderID.isEmpty ? [] : [.capture]) + cancelling
    case .needsAttention: return (order.progress.attention.map(allowed) ?? []) + cancelling
    case .purchased where order.progress.isSaleBooked, .shipped:
      return [.submitTracking] + cancelling
    case .capturing, .paymentPending, .paid, .purchasing, .purchased, .delivered, .refunding,
      .refunded, .cancelled, .expired:
      return cancelling
    }
  }

  /// What ends a need for help besides a refund. An unknown purchase allows nothing that could buy a
  /// second time.
  static func allowed(_ attention: Order.Attention) -> [OrderAction] {
    switch attention {
    case .captureDiffers: []
    case .captureUnknown: [.retry]
    case .purchaseNotTaken, .purchaseRefused: [.retry, .markPurchased]
    case .purchaseUnknown: [.markPurchased, .attestNotPlaced]
    case .bookingRefused, .refundRefused, .refundUnknown: [.retry]
    }
  }
}
