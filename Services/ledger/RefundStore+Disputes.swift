import Contract
import Money
import Runtime
import Store

extension RefundStore {
  /// A dispute as it is stored.
  private struct Stored {
    let orderID: String
    let state: Dispute.State
    let held: Int64
    let lost: Int64
    let fee: Int64
  }

  /// Books what a dispute came to. It may be heard of out of order: what is opened after its end
  /// changes nothing, and one can be won or lost without having been opened here.
  ///
  /// - Throws: `captureMissing`, `captureDiffers` for another currency, `disputeOver` when it ended
  ///   the other way, `refundTooHigh`.
  func record(_ dispute: Dispute, occurredAt: Int64?) throws -> Recorded<OrderBooks> {
    let stored = try stored(dispute)
    let before = try books(dispute.orderID)
    let currency = before.capture.price.currency
    if let stored, try isReplay(dispute, stored, currency) {
      return Recorded(value: before, isNew: false)
    }
    if let amount = dispute.amount { try requireCurrency(of: before, "amount", amount) }
    let held = Amount(minorUnits: stored?.held ?? 0, currency: currency)
    let amount = dispute.amount ?? .zero(currency)
    try requireLimit(before, "amount", left: before.refundable(), asked: amount)
    let after = try books(before, after: dispute, held: held)
    try put(dispute)
    if dispute.state == .lost { try insert(refund(dispute, amount)) }
    let postings = try postings(dispute, from: before, to: after, held: held)
    if !postings.isEmpty {
      try journal.append(
        JournalEntry(
          entryID: JournalEntry.ID.dispute(dispute.orderID, dispute.disputeID, dispute.state),
          kind: .dispute, orderID: dispute.orderID, environment: before.capture.environment,
          occurredAt: occurredAt ?? transaction.now, postings: postings))
    }
    if dispute.state == .lost { try payouts.adjust(to: after) }
    try payouts.wake(ofOrder: dispute.orderID, before.capture.environment, currency)
    if case .reseller(let userID) = before.seller, dispute.state != .opened {
      try payouts.wakeForPayeeBalance(
        .reseller(userID), before.capture.environment, currency)
    }
    return Recorded(value: after, isNew: true)
  }

  /// A lost dispute as a refund, with the id of its entry, which no caller can give.
  private func refund(_ dispute: Dispute, _ amount: Amount) -> Refund {
    Refund(
      refundID: JournalEntry.ID.dispute(dispute.orderID, dispute.disputeID, .lost),
      orderID: dispute.orderID, refunded: amount, supplierRefunded: .zero(amount.currency))
  }

  private func books(_ before: OrderBooks, after dispute: Dispute, held: Amount) throws
    -> OrderBooks
  {
    let zero = Amount.zero(held.currency)
    let amount = dispute.amount ?? zero
    switch dispute.state {
    case .opened: return before.holding(try before.held.adding(amount))
    case .won: return before.holding(try before.held.subtracting(held))
    case .lost:
      return try before.holding(try before.held.subtracting(held))
        .refunding(amount, supplier: zero)
    }
  }

  private func postings(
    _ dispute: Dispute, from before: OrderBooks, to after: OrderBooks, held: Amount
  ) throws -> [Posting] {
    let release =
      held.isPositive ? [RefundRules.release(held, to: before.seller)] : []
    switch dispute.state {
    case .opened:
      guard let amount = dispute.amount else { return [] }
      return [RefundRules.hold(amount, from: before.seller)]
    case .won: return release
    case .lost:
      let fee = dispute.fee.map {
        $0.isPositive ? [RefundRules.fee($0, borneBy: before.seller)] : []
      }
      return release + (try RefundRules.postings(from: before, to: after)) + (fee ?? [])
    }
  }

  /// - Throws: `OtherContent` when it is about another order.
  private func stored(_ given: Dispute) throws -> Stored? {
    let stored = try transaction.row(
      "SELECT orderID, state, held, lost, fee FROM dispute WHERE disputeID = $1",
      [.text(given.disputeID)]
    ).map { row -> Stored in
      guard let state = Dispute.State(rawValue: row.text("state")) else {
        preconditionFailure("the schema admits no other state")
      }
      return Stored(
        orderID: row.text("orderID"), state: state, held: row.int("held"),
        lost: row.int("lost"), fee: row.int("fee"))
    }
    if let stored {
      try Comparison(kind: "dispute", id: given.disputeID)
        .require([("order_id", stored.orderID, given.orderID)])
    }
    return stored
  }

  /// Whether nothing is to be done: the same again, or an opening that comes after the end.
  private func isReplay(_ given: Dispute, _ stored: Stored, _ currency: Currency) throws -> Bool {
    let comparison = Comparison(kind: "dispute", id: given.disputeID)
    func require(_ field: String, _ units: Int64, _ amount: Amount?) throws(OtherContent) {
      let stored = Amount(minorUnits: units, currency: currency)
      try comparison.require([(field, "\(stored)", "\(amount ?? .zero(currency))")])
    }
    switch (stored.state, given.state) {
    case (_, .opened):
      if stored.held > 0 { try require("amount", stored.held, given.amount) }
      return true
    case (.lost, .lost):
      try require("amount", stored.lost, given.amount)
      try require("fee", stored.fee, given.fee)
      return true
    case (.won, .won): return true
    case (.opened, .won), (.opened, .lost): return false
    case (.won, .lost), (.lost, .won):
      throw LedgerError.disputeOver(disputeID: given.disputeID, state: stored.state.rawValue)
    }
  }

  private func put(_ dispute: Dispute) throws {
    let units = dispute.amount?.minorUnits ?? 0
    let isLost = dispute.state == .lost
    try transaction.run(
      """
      INSERT INTO dispute (disputeID, orderID, state, held, lost, fee, updatedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (disputeID) DO UPDATE
      SET state = excluded.state, lost = excluded.lost, fee = excluded.fee,
        updatedAt = excluded.updatedAt
      """,
      [
        .text(dispute.disputeID), .text(dispute.orderID), .text(dispute.state.rawValue),
        .integer(dispute.state == .opened ? units : 0), .integer(isLost ? units : 0),
        .integer(isLost ? dispute.fee?.minorUnits ?? 0 : 0), .integer(transaction.now),
      ])
  }
}
