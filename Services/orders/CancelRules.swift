/// What a wish to cancel means for an order, by where it stands. Pure.
///
/// **Invariant:** money goes back only where it is certain that nothing was bought.
enum CancelRules {
  enum Decision: Hashable, Sendable {
    /// Nothing was captured.
    case cancel
    /// What is under way decides; the wish is honoured at its outcome.
    case remember
    /// Captured, and certainly nothing bought.
    case refund
    /// It was asked for before.
    case replay
    case refuse(Obstacle)
  }

  /// Why an order cannot be cancelled.
  enum Obstacle: Hashable, Sendable {
    /// Nobody knows whether the supplier has the order.
    case purchaseMayExist
    /// The goods are bought; giving money back is a matter for the platform.
    case goodsBought
    /// The state or its reason leaves nothing to cancel.
    case notAllowed
  }

  static func decide(_ order: Order) -> Decision {
    switch order.state {
    case .awaitingPayment: .cancel
    case .capturing, .paymentPending, .purchasing:
      order.progress.isCancelRequested ? .replay : .remember
    case .paid: .refund
    case .needsAttention: order.progress.attention.map { decide(order, $0) } ?? .replay
    case .purchased, .shipped, .delivered: .refuse(.goodsBought)
    case .refunding, .refunded, .cancelled: .replay
    case .expired: .refuse(.notAllowed)
    }
  }

  private static func decide(_ order: Order, _ attention: Order.Attention) -> Decision {
    switch attention {
    case .captureDiffers: order.isRefundable ? .refund : .refuse(.notAllowed)
    case .captureUnknown: .refuse(.notAllowed)
    case .purchaseNotTaken, .purchaseRefused: .refund
    case .purchaseUnknown: .refuse(.purchaseMayExist)
    case .bookingRefused: .refuse(.goodsBought)
    case .refundRefused, .refundUnknown: .replay
    }
  }
}
