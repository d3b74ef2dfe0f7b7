import Contract
import Money
import Runtime
import Store

/// Refunds and disputes, each written with its journal entry, and what they change about payouts.
///
/// A replay finds the order's books as they are now; other content under the same id is
/// `OtherContent`. When the event occurred is not compared.
struct RefundStore {
  let transaction: Transaction
  var journal: Journal { Journal(transaction: transaction) }
  var sales: SaleStore { SaleStore(transaction: transaction) }
  var payouts: PayoutStore { PayoutStore(transaction: transaction) }

  /// Books a refund.
  ///
  /// - Throws: `captureMissing`, `captureDiffers` for another currency, `saleMissing` when a supplier
  ///   gave something back for an order whose sale is not booked, `refundTooHigh`.
  func record(_ refund: Refund, occurredAt: Int64?) throws -> Recorded<OrderBooks> {
    let isReplay = try compare(refund)
    let before = try books(refund.orderID)
    if isReplay { return Recorded(value: before, isNew: false) }
    try requireCurrency(of: before, "refunded", refund.refunded)
    if before.sale == nil && refund.supplierRefunded.isPositive {
      throw LedgerError.saleMissing(orderID: refund.orderID)
    }
    try requireLimit(
      before, "refunded", left: before.refundable(), asked: refund.refunded)
    if let cost = before.sale?.sale.landedCost {
      try requireLimit(
        before, "supplier_refund", left: try cost.subtracting(before.supplierRefunded),
        asked: refund.supplierRefunded)
    }
    let after = try before.refunding(refund.refunded, supplier: refund.supplierRefunded)
    try insert(refund)
    try journal.append(
      JournalEntry(
        entryID: JournalEntry.ID.refund(refund.orderID, refund.refundID), kind: .refund,
        orderID: refund.orderID, environment: before.capture.environment,
        occurredAt: occurredAt ?? transaction.now,
        postings: try RefundRules.postings(from: before, to: after)))
    try payouts.adjust(to: after)
    return Recorded(value: after, isNew: true)
  }

  /// - Returns: whether this refund is in the books already.
  private func compare(_ given: Refund) throws -> Bool {
    let row = try transaction.row(
      """
      SELECT refund.*, capture.currency FROM refund JOIN capture USING (orderID)
      WHERE refundID = $1
      """,
      [.text(given.refundID)])
    guard let row else { return false }
    let currency = try Currency(validating: row.text("currency"))
    func stored(_ column: String) -> String {
      "\(Amount(minorUnits: row.int(column), currency: currency))"
    }
    try Comparison(kind: "refund", id: given.refundID).require([
      ("order_id", row.text("orderID"), given.orderID),
      ("refunded", stored("refunded"), "\(given.refunded)"),
      ("supplier_refund", stored("supplierRefunded"), "\(given.supplierRefunded)"),
    ])
    return true
  }

  func books(_ orderID: String) throws -> OrderBooks {
    guard let books = try sales.books(orderID) else {
      throw LedgerError.captureMissing(orderID: orderID)
    }
    return books
  }

  func insert(_ refund: Refund) throws {
    try transaction.run(
      """
      INSERT INTO refund (refundID, orderID, refunded, supplierRefunded) VALUES ($1, $2, $3, $4)
      """,
      [
        .text(refund.refundID), .text(refund.orderID), .integer(refund.refunded.minorUnits),
        .integer(refund.supplierRefunded.minorUnits),
      ])
  }

  func requireCurrency(of books: OrderBooks, _ field: String, _ amount: Amount)
    throws(LedgerError)
  {
    let code = books.capture.price.currency.code
    if code == amount.currency.code { return }
    throw .captureDiffers(
      orderID: books.orderID, field: field, captured: code, given: amount.currency.code)
  }

  func requireLimit(_ books: OrderBooks, _ field: String, left: Amount, asked: Amount) throws {
    if try left.isLess(than: asked) {
      throw LedgerError.refundTooHigh(
        orderID: books.orderID, field: field, left: "\(left)", asked: "\(asked)")
    }
  }
}
