import Contract
import Money
import Store

/// What refunds change about an order's payouts.
extension PayoutStore {
  /// Brings what an order owes up to date. What is on its way or paid stays: the payee's account
  /// carries the difference. What failed or came back and is owed no more is NOT_DUE; of the rest,
  /// `retry` sends what is owed by then.
  func adjust(to books: OrderBooks) throws {
    guard let sale = books.sale else { return }
    let terms = try books.terms(of: sale)
    for due in try SaleRules.dues(terms, SaleRules.figures(terms)) {
      try adjust(
        Payout.id(order: books.orderID, payee: due.payee), books.capture.environment,
        due: due.amount)
    }
  }

  private func adjust(_ payoutID: String, _ environment: Contract.Environment, due: Amount) throws {
    let isDue = due.isPositive
    let changed = try transaction.run(
      """
      UPDATE payout SET due = $2, state = $3, amount = NULL, reasonCode = '', reasonText = '',
        reasonOwner = '', providerCode = '', nextAt = $4, updatedAt = $5
      WHERE payoutID = $1 AND coveredBy = ''
        AND (state IN ('PENDING', 'NOT_DUE') OR ($3 = 'NOT_DUE' AND state IN ('FAILED', 'RETURNED')))
      """,
      [
        .text(payoutID), .integer(due.minorUnits),
        .text((isDue ? Payout.State.pending : .notDue).rawValue),
        .integer(isDue ? transaction.now : 0), .integer(transaction.now),
      ])
    if changed == 1 && isDue { try send(PayoutLane(environment, due.currency)) }
  }

  /// What a payout owes by now: an order's refunds may have changed it since it was sent.
  func currentDue(_ payout: Payout) throws -> Amount {
    if payout.orderID.isEmpty { return payout.due }
    let books = try SaleStore(transaction: transaction).books(payout.orderID)
    guard let books, let sale = books.sale else { return payout.due }
    let terms = try books.terms(of: sale)
    let dues = try SaleRules.dues(terms, SaleRules.figures(terms))
    return dues.first { $0.payee == payout.payee }?.amount ?? payout.due
  }

  /// Brings up to date what a payout owes whose transfer has ended.
  func adjustIfRefunded(_ payout: Payout) throws {
    let due = try currentDue(payout)
    if due != payout.due { try adjust(payout.payoutID, payout.environment, due: due) }
  }

  /// Looks again at an order's payouts that wait.
  func wake(ofOrder orderID: String, _ environment: Contract.Environment, _ currency: Currency)
    throws
  {
    try wake(
      PayoutLane(environment, currency), where: "payoutID IN ($4, $5)",
      [.text("\(orderID)/admin"), .text("\(orderID)/reseller")], limit: 2)
  }
}
