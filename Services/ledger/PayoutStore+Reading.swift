import Contract
import Money
import Runtime
import Store

extension PayoutStore {
  /// The payout with this id.
  func payout(_ payoutID: String) throws -> Payout? {
    try transaction.row("SELECT * FROM payout WHERE payoutID = $1", [.text(payoutID)]).map(payout)
  }

  /// - Throws: `LedgerError.notFound`.
  func require(_ payoutID: String) throws -> Payout {
    guard let payout = try payout(payoutID) else {
      throw NotFound(kind: "payout", id: payoutID)
    }
    return payout
  }

  /// Which payouts are listed.
  struct Selection: Sendable {
    /// Nil for all.
    var payee: Payee?
    /// Empty for all.
    var orderID = ""
    /// Nil for all.
    var state: Payout.State?
  }

  /// Payouts in the order in which they were made, after a number.
  func payouts(_ selection: Selection, after number: Int64, limit: Int) throws
    -> [(Int64, Payout)]
  {
    var conditions = "number > $1"
    var values: [SQLValue] = [.integer(number), .integer(Int64(limit))]
    if !selection.orderID.isEmpty {
      values += [
        .text("\(selection.orderID)/admin"), .text("\(selection.orderID)/reseller"),
      ]
      conditions += " AND payoutID IN ($3, $4)"
    }
    if let payee = selection.payee {
      values.append(.text("\(payee)"))
      conditions += " AND payee = $\(values.count)"
    }
    if let state = selection.state {
      values.append(.text(state.rawValue))
      conditions += " AND state = $\(values.count)"
    }
    return try transaction.rows(
      "SELECT * FROM payout WHERE \(conditions) ORDER BY number LIMIT $2", values
    ).map { ($0.int("number"), try payout($0)) }
  }

  /// A balance, what of it is bound in payouts that are not sent yet, and what is free.
  struct Funds: Sendable {
    let balance: Amount
    let pending: Amount
    let available: Amount
  }

  /// Only payees' accounts have something bound or available.
  func balance(of account: Account, _ environment: Contract.Environment, _ currency: Currency)
    throws -> Funds
  {
    let balance = try journal.balance(of: account, environment, currency)
    guard let payee = Payee(account: account) else {
      return Funds(balance: balance, pending: .zero(currency), available: .zero(currency))
    }
    let row = try transaction.row(
      """
      SELECT COALESCE(SUM(due), 0) AS pending FROM payout
      WHERE state = 'PENDING' AND environment = $1 AND currency = $2 AND payee = $3
      """,
      [.integer(Int64(environment.rawValue)), .text(currency.code), .text("\(payee)")])
    let pending = Amount(minorUnits: row?.int("pending") ?? 0, currency: currency)
    let free = try balance.subtracting(pending)
    return Funds(
      balance: balance, pending: pending, available: free.isNegative ? .zero(currency) : free)
  }

  func payout(_ row: Row) throws -> Payout {
    let currency = try Currency(validating: row.text("currency"))
    guard let payee = Payee(row.text("payee")),
      let state = Payout.State(rawValue: row.text("state"))
    else { preconditionFailure("the schema admits no other payee or state") }
    let code = PayoutReason.Code(rawValue: row.text("reasonCode"))
    return Payout(
      payoutID: row.text("payoutID"), orderID: row.text("orderID"), payee: payee,
      environment: row.environment,
      due: Amount(minorUnits: row.int("due"), currency: currency), state: state,
      amount: row.intOrNil("amount").map { Amount(minorUnits: $0, currency: currency) },
      fee: row.intOrNil("fee").map { Amount(minorUnits: $0, currency: currency) },
      generation: Int(row.int("generation")), recipientEmail: row.text("recipientEmail"),
      batchID: row.text("batchID"), itemID: row.text("itemID"),
      reason: code.map {
        PayoutReason(
          code: $0, text: row.text("reasonText"), owner: row.text("reasonOwner"),
          providerCode: row.text("providerCode"))
      },
      submittedAt: row.int("submittedAt"), nextAt: row.int("nextAt"),
      createdAt: row.int("createdAt"), updatedAt: row.int("updatedAt"))
  }
}

extension Payee {
  /// The payee whose money an account holds; nil for other accounts.
  init?(account: Account) {
    switch account {
    case .adminPayable: self = .admin
    case .reseller(let id): self = .reseller(id)
    default: return nil
    }
  }
}
