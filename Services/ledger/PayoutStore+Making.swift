import Contract
import Money
import Store

/// New payouts.
extension PayoutStore {
  /// Makes the payouts that an order owes. What is not positive is NOT_DUE; what cannot be sent
  /// because its payee has no address says so from the start, and is looked at when he has one.
  func create(
    _ dues: [(payee: Payee, amount: Amount)], orderID: String, environment: Contract.Environment
  ) throws {
    guard let first = dues.first else { return }
    let lane = PayoutLane(environment, first.amount.currency)
    let unready = try unready(dues.filter(\.amount.isPositive).map(\.payee), lane)
    var values: [SQLValue] = []
    var isAnySent = false
    for due in dues {
      let isDue = due.amount.isPositive
      let reason = isDue ? unready[due.payee] : nil
      if isDue && reason == nil { isAnySent = true }
      values += columns(
        payoutID: Payout.id(order: orderID, payee: due.payee), orderID: orderID, payee: due.payee,
        environment: environment, due: due.amount, state: isDue ? .pending : .notDue, reason)
    }
    try insert(dues.count, values)
    if isAnySent {
      try send(lane)
    } else if !unready.isEmpty {
      try transaction.schedule(
        Self.sendIntent, lane.subject,
        noLaterThan: transaction.now + PayoutRules.recheckMilliseconds)
    }
  }

  /// Why nothing can be sent to payees, of those to whom nothing can. In a lane with terms that is
  /// left to the look at it: they may say first that a share is held, or gathered with others.
  private func unready(_ payees: [Payee], _ lane: PayoutLane) throws -> [Payee: PayoutReason] {
    var reasons: [Payee: PayoutReason] = [:]
    for payee in payees {
      let recipient = try recipient(payee, lane.environment)
      if recipient?.verifiedBy.isEmpty == false { continue }
      reasons[payee] = PayoutRules.unready(payee, email: recipient?.email)
    }
    return try reasons.isEmpty || hasTerms(lane) ? [:] : reasons
  }

  func columns(
    payoutID: String, orderID: String, payee: Payee, environment: Contract.Environment,
    due: Amount, state: Payout.State, _ reason: PayoutReason? = nil
  ) -> [SQLValue] {
    let pause = reason == nil ? 0 : PayoutRules.recheckMilliseconds
    return [
      .text(payoutID), .text(orderID), .text("\(payee)"),
      .integer(Int64(environment.rawValue)), .text(due.currency.code), .integer(due.minorUnits),
      .text(state.rawValue), .text(reason?.code.rawValue ?? ""), .text(reason?.text ?? ""),
      .text(reason?.owner ?? ""), .integer(state == .pending ? transaction.now + pause : 0),
      .integer(transaction.now), .integer(transaction.now),
    ]
  }

  func insert(_ count: Int, _ values: [SQLValue]) throws {
    try transaction.run(Self.insertPayouts[count], values)
  }

  /// By number of payouts: an order has two at most.
  private static let insertPayouts = (0...2).map {
    "INSERT INTO payout (payoutID, orderID, payee, environment, currency, due, state, reasonCode,"
      + " reasonText, reasonOwner, nextAt, createdAt, updatedAt) VALUES "
      + Journal.tuples($0, of: 13)
  }
}
