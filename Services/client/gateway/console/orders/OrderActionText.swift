import Contract

/// How an action is put to a person, and which fields it has.
struct OrderActionText: Sendable {
  let action: OrderAction
  /// In the path of its form.
  let word: String
  let label: String
  let button: String
  let explanation: String
  var question = ""
  var isPlatformOnly = false

  /// What may be done about an order that waits for nothing.
  static func always(_ order: Order) -> [OrderAction] {
    order.state == .shipped ? [.submitTracking] : []
  }

  /// Nil for what is not an action.
  init?(_ action: OrderAction, _ order: Order) {
    self.action = action
    switch action {
    case .capture:
      word = "capture"
      (label, button) = ("Take the payment", "Take the payment")
      explanation = "When the buyer has approved it at PayPal. Doing it twice takes it once."
    case .retry:
      word = "retry"
      (label, button) = ("Try again", "Try again")
      explanation = "What was refused for certain is done once more, under the next key."
    case .markPurchased:
      word = "mark-purchased"
      (label, button) = ("It is bought", "Mark as bought")
      explanation = "You bought the goods by hand, or found the order at the supplier."
      isPlatformOnly = true
    case .attestNotPlaced:
      word = "attest-not-placed"
      (label, button) = ("It was not bought", "Attest it")
      explanation =
        "You looked and the supplier has no order for it. Your name is kept with what you saw."
      question = "Is it certain that the supplier has no order for it?"
      isPlatformOnly = true
    case .refund:
      word = "cancel"
      (label, button) = ("Give the money back", "Refund the buyer")
      explanation = "The order ends, and the buyer gets everything back."
      question = "Give the buyer his money back and end the order?"
    case .cancel:
      word = "cancel"
      (label, button) = ("Cancel", "Cancel the order")
      explanation =
        "Ends the order. While it is not known whether something was bought, the wish is remembered."
      question = "Cancel this order?"
    case .submitTracking:
      word = "tracking"
      (label, button) = ("Say how it travels", "Save")
      explanation = "For goods that no API tells of."
    case .unspecified, .unrecognized: return nil
    }
  }

  /// The fields, and those that are needed less often.
  func fields(_ order: Order, _ sent: SentForm?) -> ([FormField], more: [FormField]) {
    let currency = order.price?.currency ?? "USD"
    switch action {
    case .retry where Self.isAboutGoods(order):
      let ceiling = FormField(
        "costCeiling", "Most that the goods may cost, in \(currency)",
        hint: "Empty: as before", isRequired: false, sent: sent)
      return ([ceiling], AddressFields.fields(order.shipTo ?? Address(), sent))
    case .markPurchased: return (purchase(order, currency, sent), [])
    case .attestNotPlaced:
      let evidence = FormField(
        "evidence", "What you saw", .area,
        hint: "Such as: no order in the account on 24 November, 14:00", sent: sent)
      return ([evidence], [])
    case .cancel, .refund:
      return ([FormField("reason", "Why", isRequired: false, sent: sent)], [])
    case .submitTracking:
      return (
        [
          FormField("carrier", "Carrier", value: order.carrier, sent: sent),
          FormField("trackingNumber", "Tracking number", value: order.trackingNumber, sent: sent),
          FormField("delivered", "It has arrived", .check, isRequired: false, sent: sent),
        ], []
      )
    case .capture, .retry, .unspecified, .unrecognized: return ([], [])
    }
  }

  /// Whether a retry is one of the purchase, not of a payment, a refund or a booking.
  private static func isAboutGoods(_ order: Order) -> Bool {
    !order.captureID.isEmpty && order.supplierOrderIDs.isEmpty && order.refundedAmount == nil
      && order.cancelRequestedAt == nil
  }

  private func purchase(_ order: Order, _ currency: String, _ sent: SentForm?) -> [FormField] {
    let payers =
      (order.userID == 0 ? [] : [("reseller", "Reseller \(order.userID)")])
      + [("platform", "The platform")]
    return [
      FormField(
        "supplierOrderIds", "Supplier's order number", hint: "Several: with blanks between",
        sent: sent),
      FormField("landedCost", "What the supplier charged, in \(currency)", sent: sent),
      FormField("fundedBy", "Who paid the supplier", .list(payers), sent: sent),
    ]
  }
}
