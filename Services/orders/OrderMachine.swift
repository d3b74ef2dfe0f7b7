/// What happened to an order. Its raw value is the cause in the order's history.
enum OrderEvent: String, Sendable, CaseIterable {
  case checkedOut
  /// PayPal has made its order.
  case payPalOrderMade
  /// PayPal will certainly make none.
  case payPalOrderRefused
  case captureRequested
  /// Certainly not captured; the buyer can cure it.
  case captureDeclined
  /// Certainly not captured, and never will be.
  case captureRefused
  /// PayPal holds the money, such as for a review.
  case captureHeld
  /// Captured with the order's amount, and the fee is known.
  case captureCompleted
  case captureDiffered
  case captureUnresolved
  case purchaseStarted
  case purchaseCompleted
  /// Purchasing certainly never took the request.
  case purchaseNotTaken
  case purchaseRefused
  case purchaseUnresolved
  case captureBooked
  case saleBooked
  case bookingRefused
  /// A person wants the order ended; what is under way decides.
  case cancelRequested
  case refundRequested
  /// PayPal has taken the refund and is not done.
  case refundHeld
  case refundCompleted
  /// PayPal certainly gives nothing back.
  case refundRefused
  case refundUnresolved
  case refundBooked
  case shipped
  case delivered
  /// The carrier, the number or what the carrier says has changed.
  case trackingChanged
  case retried
  case markedPurchased
  case attestedNotPlaced
  case cancelled
  /// The buyer's time to approve is over.
  case expired
}

/// Something to be done for an order by itself. The raw value is the kind of its intent.
enum OrderEffect: String, Sendable, CaseIterable {
  case createPayPalOrder
  case capture
  /// Asks what became of a capture that PayPal holds.
  case pollPayment
  case recordCapture
  case placePurchase
  /// Asks what became of a purchase that purchasing has taken.
  case pollPurchase
  /// Tells purchasing what a person found.
  case reconcilePurchase
  case recordSale
  /// Gives the buyer's money back.
  case refund
  case recordRefund
  /// Asks how far the goods have come.
  case pollTracking
  /// Ends a checkout that nobody paid.
  case expireCheckout
  /// Asks PayPal about a payment that it has told news of.
  case checkPayment
}

/// The order's course: `(progress, event) -> (progress, effects)`. Pure.
///
/// **Invariant:** a generation rises only after a definite end; an unknown keeps it. The sale is
/// booked after the purchase is paid and the capture booked, whichever comes last.
enum OrderMachine {
  struct Step: Hashable, Sendable {
    var progress: Order.Progress
    var effects: [OrderEffect] = []
  }

  /// What follows; nil when the event has no meaning there, and then nothing may be changed.
  static func step(_ progress: Order.Progress, _ event: OrderEvent) -> Step? {
    switch event {
    case .checkedOut: nil
    case .payPalOrderMade, .payPalOrderRefused, .captureRequested, .captureDeclined,
      .captureRefused, .captureHeld, .captureCompleted, .captureDiffered, .captureUnresolved:
      payment(progress, event)
    case .purchaseStarted, .purchaseCompleted, .purchaseNotTaken, .purchaseRefused,
      .purchaseUnresolved:
      purchase(progress, event)
    case .captureBooked, .saleBooked, .bookingRefused, .refundBooked: booking(progress, event)
    case .cancelRequested, .refundRequested, .refundHeld, .refundCompleted, .refundRefused,
      .refundUnresolved:
      refund(progress, event)
    case .shipped, .delivered, .trackingChanged: shipment(progress, event)
    case .retried, .markedPurchased, .attestedNotPlaced, .cancelled: person(progress, event)
    case .expired: progress.state == .awaitingPayment ? progress.entering(.expired) : nil
    }
  }

  /// Whether PayPal may still tell something about the newest capture.
  private static func isCaptureOpen(_ progress: Order.Progress) -> Bool {
    switch progress.state {
    case .capturing, .paymentPending: true
    default: false
    }
  }

  private static func payment(_ progress: Order.Progress, _ event: OrderEvent) -> Step? {
    switch (progress.state, event) {
    case (.awaitingPayment, .payPalOrderMade): return Step(progress: progress)
    case (.awaitingPayment, .payPalOrderRefused): return progress.entering(.cancelled)
    case (.awaitingPayment, .captureRequested):
      return progress.entering(.capturing, then: [.capture])
    case (_, .captureDeclined) where isCaptureOpen(progress) && progress.isCancelRequested:
      return progress.entering(.cancelled)
    case (_, .captureDeclined) where isCaptureOpen(progress):
      var step = progress.entering(.awaitingPayment)
      step.progress.paymentGeneration += 1
      return step
    case (_, .captureRefused) where isCaptureOpen(progress): return progress.entering(.cancelled)
    case (.capturing, .captureHeld):
      return progress.entering(.paymentPending, then: [.pollPayment])
    case (_, .captureCompleted) where isCaptureOpen(progress) && progress.isCancelRequested:
      return refunding(progress, andBook: true)
    case (_, .captureCompleted) where isCaptureOpen(progress):
      return progress.entering(.paid, then: [.recordCapture, .placePurchase])
    case (_, .captureDiffered) where isCaptureOpen(progress):
      return progress.needing(.captureDiffers)
    case (_, .captureUnresolved) where isCaptureOpen(progress):
      return progress.needing(.captureUnknown)
    default: return nil
    }
  }

  private static func purchase(_ progress: Order.Progress, _ event: OrderEvent) -> Step? {
    switch (progress.state, event) {
    case (.paid, .purchaseStarted): return progress.entering(.purchasing)
    case (.purchasing, .purchaseCompleted): return purchased(progress)
    // An unknown that resolved itself while a person was asked.
    case (.needsAttention, .purchaseCompleted) where progress.attention == .purchaseUnknown:
      return purchased(progress)
    case (.purchasing, .purchaseNotTaken) where progress.isCancelRequested,
      (.purchasing, .purchaseRefused) where progress.isCancelRequested:
      return refunding(progress)
    case (.needsAttention, .purchaseRefused)
    where progress.attention == .purchaseUnknown && progress.isCancelRequested:
      return refunding(progress)
    case (.purchasing, .purchaseNotTaken): return progress.needing(.purchaseNotTaken)
    case (.purchasing, .purchaseRefused): return progress.needing(.purchaseRefused)
    case (.needsAttention, .purchaseRefused) where progress.attention == .purchaseUnknown:
      return progress.needing(.purchaseRefused)
    case (.purchasing, .purchaseUnresolved):
      return progress.needing(.purchaseUnknown, then: [.pollPurchase])
    default: return nil
    }
  }

  private static func purchased(_ progress: Order.Progress) -> Step {
    progress.entering(.purchased, then: progress.isCaptureBooked ? [.recordSale] : [])
  }

  private static func booking(_ progress: Order.Progress, _ event: OrderEvent) -> Step? {
    var step = Step(progress: progress)
    switch event {
    case .captureBooked where !progress.isCaptureBooked && isAfterPayment(progress):
      step.progress.isCaptureBooked = true
      if progress.state == .purchased { step.effects = [.recordSale] }
      if progress.state == .refunded { step.effects = [.recordRefund] }
      return step
    case .refundBooked where progress.state == .refunded && !progress.isRefundBooked:
      step.progress.isRefundBooked = true
      return step
    case .saleBooked where progress.state == .purchased && !progress.isSaleBooked:
      step.progress.isSaleBooked = true
      step.effects = [.pollTracking]
      return step
    case .bookingRefused where progress.state == .purchased:
      return progress.needing(.bookingRefused)
    default: return nil
    }
  }

  /// Goods travel on once their sale is booked, so that no booking meets a later state.
  private static func shipment(_ progress: Order.Progress, _ event: OrderEvent) -> Step? {
    switch (progress.state, event) {
    case (.purchased, .shipped) where progress.isSaleBooked: progress.entering(.shipped)
    case (.purchased, .delivered) where progress.isSaleBooked, (.shipped, .delivered):
      progress.entering(.delivered)
    case (.shipped, .trackingChanged): Step(progress: progress)
    default: nil
    }
  }

  private static func isAfterPayment(_ progress: Order.Progress) -> Bool {
    switch progress.state {
    case .paid, .purchasing, .purchased, .needsAttention, .refunding, .refunded: true
    default: false
    }
  }

  private static func refund(_ progress: Order.Progress, _ event: OrderEvent) -> Step? {
    switch (progress.state, event) {
    case (.capturing, .cancelRequested), (.paymentPending, .cancelRequested),
      (.purchasing, .cancelRequested):
      guard !progress.isCancelRequested else { return nil }
      var step = Step(progress: progress)
      step.progress.isCancelRequested = true
      return step
    case (.paid, .refundRequested): return refunding(progress)
    case (.needsAttention, .refundRequested):
      switch progress.attention {
      case .purchaseNotTaken, .purchaseRefused: return refunding(progress)
      // What was captured is not in the books yet.
      case .captureDiffers: return refunding(progress, andBook: true)
      default: return nil
      }
    case (.refunding, .refundHeld): return Step(progress: progress)
    case (.refunding, .refundCompleted):
      return progress.entering(
        .refunded, then: progress.isCaptureBooked ? [.recordRefund] : [])
    case (.refunding, .refundRefused): return progress.needing(.refundRefused)
    case (.refunding, .refundUnresolved): return progress.needing(.refundUnknown)
    default: return nil
    }
  }

  private static func refunding(_ progress: Order.Progress, andBook isUnbooked: Bool = false)
    -> Step
  {
    progress.entering(
      .refunding,
      then: isUnbooked && !progress.isCaptureBooked ? [.recordCapture, .refund] : [.refund])
  }

  private static func person(_ progress: Order.Progress, _ event: OrderEvent) -> Step? {
    switch (event, progress.state, progress.attention) {
    case (.cancelled, .awaitingPayment, _): return progress.entering(.cancelled)
    case (.retried, .needsAttention, .captureUnknown?):
      return progress.entering(.capturing, then: [.capture])
    case (.retried, .needsAttention, .purchaseNotTaken?):
      return progress.entering(.purchasing, then: [.placePurchase])
    case (.retried, .needsAttention, .purchaseRefused?):
      var step = progress.entering(.purchasing, then: [.placePurchase])
      step.progress.purchaseGeneration += 1
      return step
    case (.retried, .needsAttention, .refundRefused?):
      var step = refunding(progress)
      step.progress.refundGeneration += 1
      return step
    case (.retried, .needsAttention, .refundUnknown?): return refunding(progress)
    case (.retried, .needsAttention, .bookingRefused?):
      return progress.entering(
        .purchased, then: [progress.isCaptureBooked ? .recordSale : .recordCapture])
    case (.markedPurchased, .needsAttention, .purchaseNotTaken?),
      (.markedPurchased, .needsAttention, .purchaseRefused?):
      return purchased(progress)
    // Purchasing holds the unknown, so it is purchasing that ends it.
    case (.markedPurchased, .needsAttention, .purchaseUnknown?),
      (.attestedNotPlaced, .needsAttention, .purchaseUnknown?):
      return progress.entering(.purchasing, then: [.reconcilePurchase])
    default: return nil
    }
  }
}

extension Order.Progress {
  fileprivate func entering(_ state: Order.State, then effects: [OrderEffect] = [])
    -> OrderMachine.Step
  {
    var next = self
    next.state = state
    next.attention = nil
    return OrderMachine.Step(progress: next, effects: effects)
  }

  fileprivate func needing(_ attention: Order.Attention, then effects: [OrderEffect] = [])
    -> OrderMachine.Step
  {
    var next = self
    next.state = .needsAttention
    next.attention = attention
    return OrderMachine.Step(progress: next, effects: effects)
  }
}
