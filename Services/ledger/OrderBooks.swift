import Money

/// What the books say about an order: its capture, its sale, and what was given back since.
struct OrderBooks: Hashable, Sendable {
  let capture: Capture
  /// Nil until it is booked.
  let sale: BookedSale?
  /// What went back to the buyer; at most the price.
  let refunded: Amount
  /// What the supplier gave back; at most the landed cost.
  let supplierRefunded: Amount
  /// What open disputes hold back.
  let held: Amount

  var orderID: String { capture.orderID }
  /// Who carries gain and loss.
  var seller: Account { .seller(capture.userID) }
  /// Whether the buyer has all of it back.
  var isRefunded: Bool { refunded == capture.price }

  /// What can still go back to the buyer.
  func refundable() throws(MoneyError) -> Amount { try capture.price.subtracting(refunded) }

  /// The terms of a sale as they are after refunds.
  func terms(of sale: BookedSale) throws(MoneyError) -> SaleTerms {
    SaleTerms(
      price: try refundable(), landedCost: try sale.sale.landedCost.subtracting(supplierRefunded),
      paymentFee: capture.paymentFee, rateBasisPoints: sale.rateBasisPoints,
      fundedBy: sale.sale.fundedBy, userID: capture.userID)
  }

  /// These books after the sale.
  func selling(_ sale: BookedSale) -> OrderBooks {
    OrderBooks(
      capture: capture, sale: sale, refunded: refunded, supplierRefunded: supplierRefunded,
      held: held)
  }

  /// These books after a refund.
  func refunding(_ amount: Amount, supplier: Amount) throws(MoneyError) -> OrderBooks {
    OrderBooks(
      capture: capture, sale: sale, refunded: try refunded.adding(amount),
      supplierRefunded: try supplierRefunded.adding(supplier), held: held)
  }

  /// These books with more or less held back.
  func holding(_ amount: Amount) -> OrderBooks {
    OrderBooks(
      capture: capture, sale: sale, refunded: refunded, supplierRefunded: supplierRefunded,
      held: amount)
  }
}
