import Contract
import Money
import Store

/// What gathered for a payee becomes one payout, which covers the payouts of the sales.
///
/// Its id is made from the oldest sale that it covers: `<order>/reseller-gathered`. A sale is covered
/// once, so no two have the same.
extension PayoutStore {
  /// Most sales that one payout covers; the others are covered by the next.
  static let coveredMax = 10_000

  /// Shares of a payee that may be paid now.
  private struct Gathered {
    let payoutID: String
    let due: Amount
    let numbers: (first: Int64, last: Int64)
  }

  /// What is decided about in the place of a payout that is due: itself, or what gathered with it;
  /// nil when it waits for its payday, or is covered by now.
  func candidate(
    for payout: Payout, in lane: PayoutLane, _ funds: inout PayoutFunds,
    _ composed: inout Composed
  ) throws -> Payout? {
    if payout.orderID.isEmpty { return payout }
    let terms = try funds.terms(of: payout.payee)
    switch terms.turn(of: payout, at: transaction.now) {
    case .alone: return payout
    case .waits(let reason, let until):
      try explain(payout, reason, nextAt: until)
      if payout.reason?.code != reason.code { composed.waiting.append((payout, reason)) }
      return nil
    case .gathered:
      if try funds.isDisputed(payout.orderID) { return payout }
      guard funds.markGathered(payout.payee) else { return nil }
      return try gather(
        for: payout.payee, in: lane, terms, owed: try funds.balance(of: payout.payee))
    }
  }

  /// Makes the payout of what gathered for a payee; nil when it is less than the minimum, or than
  /// nothing because of losses: then all of it waits for the next payday.
  func gather(for payee: Payee, in lane: PayoutLane, _ terms: PayoutTerms, owed: Amount) throws
    -> Payout?
  {
    let createdBefore = terms.lastPayday(at: transaction.now) - terms.heldUntil(0)
    guard let gathered = try shares(of: payee, lane, createdBefore: createdBefore) else {
      return nil
    }
    let amount = try owed.isLess(than: gathered.due) ? owed : gathered.due
    if try !amount.isPositive || amount.isLess(than: terms.minimum) {
      let reason = PayoutReason(
        code: .belowMinimum,
        text: amount.isPositive
          ? "\(amount) is less than the minimum of \(terms.minimum); it waits for the next payday"
          : "\(payee) is owed \(owed); losses are settled first",
        owner: "nobody")
      try update(
        payee, lane, createdBefore, gathered, coveredBy: "", reason,
        nextAt: terms.payday(from: transaction.now + 1))
      return nil
    }
    try insertGathered(gathered, payee, lane)
    try update(payee, lane, createdBefore, gathered, coveredBy: gathered.payoutID, nil, nextAt: 0)
    return try require(gathered.payoutID)
  }

  /// What a share must be to be gathered; parameters as `parameters` gives them.
  private static let isShare = """
    state = 'PENDING' AND coveredBy = '' AND environment = $1 AND currency = $2 AND payee = $3
      AND orderID <> '' AND createdAt <= $4 AND NOT EXISTS (
        SELECT 1 FROM dispute WHERE dispute.orderID = payout.orderID AND dispute.state = 'OPENED')
    """

  private func parameters(_ payee: Payee, _ lane: PayoutLane, _ createdBefore: Int64) -> [SQLValue]
  {
    [
      .integer(Int64(lane.environment.rawValue)), .text(lane.currency.code), .text("\(payee)"),
      .integer(createdBefore),
    ]
  }

  private func shares(of payee: Payee, _ lane: PayoutLane, createdBefore: Int64) throws
    -> Gathered?
  {
    let rows = try transaction.rows(
      """
      SELECT number, orderID, due FROM payout WHERE \(Self.isShare)
      ORDER BY number LIMIT \(Self.coveredMax)
      """, parameters(payee, lane, createdBefore))
    guard let first = rows.first, let last = rows.last else { return nil }
    let due = try rows.reduce(Amount.zero(lane.currency)) {
      try $0.adding(Amount(minorUnits: $1.int("due"), currency: lane.currency))
    }
    return Gathered(
      payoutID: "\(first.text("orderID"))/\(payee.word)-gathered", due: due,
      numbers: (first.int("number"), last.int("number")))
  }

  private func insertGathered(_ gathered: Gathered, _ payee: Payee, _ lane: PayoutLane) throws {
    try insert(
      1,
      columns(
        payoutID: gathered.payoutID, orderID: "", payee: payee, environment: lane.environment,
        due: gathered.due, state: .pending))
  }

  /// Writes the same about all shares that were gathered.
  private func update(
    _ payee: Payee, _ lane: PayoutLane, _ createdBefore: Int64, _ gathered: Gathered,
    coveredBy: String, _ reason: PayoutReason?, nextAt: Int64
  ) throws {
    try transaction.run(
      """
      UPDATE payout SET coveredBy = $7, reasonCode = $8, reasonText = $9, reasonOwner = $10,
        providerCode = '', nextAt = $11, updatedAt = $12
      WHERE number BETWEEN $5 AND $6 AND \(Self.isShare)
      """,
      parameters(payee, lane, createdBefore) + [
        .integer(gathered.numbers.first), .integer(gathered.numbers.last), .text(coveredBy),
        .text(reason?.code.rawValue ?? ""), .text(reason?.text ?? ""),
        .text(reason?.owner ?? ""), .integer(nextAt), .integer(transaction.now),
      ])
  }
}
