import Contract

/// The steps of the order itself.
extension OrderStory {
  /// What each cause means to a reader, and how it is to be taken.
  private static let meanings: [String: (title: String, tone: StoryItem.Tone)] = [
    "checkedOut": ("Order made", .plain),
    "payPalOrderMade": ("Waiting for the buyer at PayPal", .plain),
    "payPalOrderRefused": ("PayPal made no order", .bad),
    "captureRequested": ("Payment asked for", .plain),
    "captureDeclined": ("Payment declined, the buyer can cure it", .warn),
    "captureRefused": ("Payment refused for good", .bad),
    "captureHeld": ("PayPal holds the payment", .warn),
    "captureCompleted": ("Payment received", .good),
    "captureDiffered": ("Another amount was paid", .bad),
    "captureUnresolved": ("Nobody knows whether it was paid", .bad),
    "purchaseStarted": ("Purchase begun", .plain),
    "purchaseCompleted": ("Goods bought", .good),
    "purchaseNotTaken": ("Purchase not taken", .warn),
    "purchaseRefused": ("Purchase refused", .bad),
    "purchaseUnresolved": ("Nobody knows whether it was bought", .bad),
    "captureBooked": ("Payment is in the books", .plain),
    "saleBooked": ("Sale is in the books", .good),
    "bookingRefused": ("The ledger refuses to book it", .bad),
    "cancelRequested": ("Cancellation wished for", .warn),
    "refundRequested": ("Refund begun", .warn),
    "refundHeld": ("PayPal has taken the refund and is not done", .plain),
    "refundCompleted": ("The buyer has his money back", .good),
    "refundRefused": ("PayPal refuses the refund", .bad),
    "refundUnresolved": ("Nobody knows whether it was refunded", .bad),
    "refundBooked": ("Refund is in the books", .plain),
    "shipped": ("Shipped", .good),
    "delivered": ("Delivered", .good),
    "trackingChanged": ("News from the carrier", .plain),
    "retried": ("Tried again", .plain),
    "markedPurchased": ("Marked as bought", .plain),
    "attestedNotPlaced": ("Attested that nothing was bought", .plain),
    "cancelled": ("Cancelled", .plain),
    "expired": ("The buyer's time is over", .plain),
    "disputeOpened": ("The buyer disputes the payment", .bad),
    "disputeClosed": ("The dispute is closed", .plain),
    "moneyWentBack": ("PayPal gave money back by itself", .bad),
    "capturedUnexpectedly": ("PayPal took money that was not asked for", .bad),
  ]

  static func item(_ event: OrderEvent) -> StoryItem {
    let meaning = meanings[event.cause] ?? (words(event.cause), .plain)
    return StoryItem(
      at: event.recordedAt, service: .orders, title: meaning.title, tone: meaning.tone,
      state: event.from == event.to ? nil : event.to, who: person(event.actor), text: event.detail)
  }
}
