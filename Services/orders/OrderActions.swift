import Contract

/// What a person may do about an order, by the kind of help it needs. Pure.
enum OrderActions {
  static func allowed(_ order: Order) -> [OrderAction] {
    switch order.state {
    case .awaitingPayment: order.payPalOrderID.isEmpty ? [.cancel] : [.capture, .cancel]
    case .needsAttention: order.progress.attention.map(allowed) ?? []
    case .capturing, .paymentPending, .paid, .purchasing, .purchased, .shipped, .delivered,
      .refunding, .refunded, .cancelled, .expired:
      []
    }
  }

  /// An unknown purchase allows nothing that could buy a second time.
  static func allowed(_ attention: Order.Attention) -> [OrderAction] {
    switch attention {
    case .captureDiffers: []
    case .captureUnknown: [.retry]
    case .purchaseNotTaken, .purchaseRefused: [.retry, .markPurchased]
    case .purchaseUnknown: [.markPurchased, .attestNotPlaced]
    case .bookingRefused: [.retry]
    }
  }
}
