import Contract
import Money
import Runtime
import Store

extension PayoutStore {
  /// A payout with what its batch knows, and what the payout that covers it. What is on its way is
  /// looked at when its batch is.
  static let shown = """
    SELECT payout.number, payout.payoutID, payout.orderID, payout.payee, payout.environment,
      payout.currency, payout.due, payout.createdAt, payout.groupMax, payout.coveredBy,
      CASE WHEN cover.amount IS NOT NULL THEN payout.due ELSE payout.amount END AS amount,
      payout.fee, payout.feeCurrency, shown.state, shown.generation, shown.recipientEmail,
      shown.senderBatchID, shown.itemID, shown.reasonCode, shown.reasonText, shown.reasonOwner,
      shown.providerCode, shown.submittedAt, shown.updatedAt,
      COALESCE(payoutBatch.batchID, '') AS batchID,
      CASE WHEN shown.state IN ('SUBMITTED', 'UNCLAIMED', 'UNKNOWN')
        THEN COALESCE(payoutBatch.nextAt, 0) ELSE shown.nextAt END AS nextAt
    FROM payout LEFT JOIN payout AS cover ON cover.payoutID = payout.coveredBy
      JOIN payout AS shown ON shown.number = COALESCE(cover.number, payout.number)
      LEFT JOIN payoutBatch ON payoutBatch.senderBatchID = shown.senderBatchID
    """

  /// The payout with this id.
  func payout(_ payoutID: String) throws -> Payout? {
    try transaction.row("\(Self.shown) WHERE payout.payoutID = $1", [.text(payoutID)]).map(payout)
  }

  /// Payouts whose newest generation is in a batch, in the order of making.
  func payouts(in batch: PayoutBatch) throws -> [Payout] {
    try transaction.rows(
      "\(Self.shown) WHERE payout.senderBatchID = $1 ORDER BY payout.number",
      [.text(batch.senderBatchID)]
    ).map(payout)
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
    var isNewestFirst = false
  }

  /// Payouts in the order in which they were made, or against it, after a number; 0 is the start.
  func payouts(_ selection: Selection, after number: Int64, limit: Int) throws
    -> [(Int64, Payout)]
  {
    let isBackwards = selection.isNewestFirst
    let start = isBackwards && number == 0 ? Int64.max : number
    var conditions = "payout.number \(isBackwards ? "<" : ">") $1"
    var values: [SQLValue] = [.integer(start), .integer(Int64(limit))]
    if !selection.orderID.isEmpty {
      values += [
        .text("\(selection.orderID)/admin"), .text("\(selection.orderID)/reseller"),
      ]
      conditions += " AND payout.payoutID IN ($3, $4)"
    }
    if let payee = selection.payee {
      values.append(.text("\(payee)"))
      conditions += " AND payout.payee = $\(values.count)"
      // As the index has it: the admin's are nearly half of all, and are gone through.
      if payee != .admin { conditions += " AND payout.payee <> 'admin'" }
    }
    if let state = selection.state {
      values.append(.text(state.rawValue))
      conditions += " AND shown.state = $\(values.count)"
    }
    return try transaction.rows(
      "\(Self.shown) WHERE \(conditions) ORDER BY payout.number\(isBackwards ? " DESC" : "") LIMIT $2",
      values
    ).map { ($0.int("number"), try payout($0)) }
  }

  /// A generation that did not reach the payee.
  struct End: Sendable {
    let generation: Int
    let state: Payout.State
    let amount: Amount
    let recipientEmail: String
    let batchID: String
    let itemID: String
    let reason: PayoutReason?
    let endedAt: Int64
  }

  /// The generations of a payout that ended, oldest first.
  func ends(of payout: Payout) throws -> [End] {
    try transaction.rows(
      "SELECT * FROM payoutEnd WHERE payoutID = $1 ORDER BY generation", [.text(payout.payoutID)]
    ).map { row in
      guard let state = Payout.State(rawValue: row.text("state")) else {
        preconditionFailure("the schema admits no other state")
      }
      return End(
        generation: Int(row.int("generation")), state: state,
        amount: Amount(minorUnits: row.int("amount"), currency: payout.due.currency),
        recipientEmail: row.text("recipientEmail"), batchID: row.text("batchID"),
        itemID: row.text("itemID"),
        reason: PayoutReason.Code(rawValue: row.text("reasonCode")).map {
          PayoutReason(
            code: $0, text: row.text("reasonText"), owner: "",
            providerCode: row.text("providerCode"))
        }, endedAt: row.int("recordedAt"))
    }
  }

  /// A balance, what of it is bound in payouts that are not sent yet, and what is free. What only
  /// waits for its payday is free.
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
      WHERE state = 'PENDING' AND coveredBy = '' AND environment = $1 AND currency = $2
        AND payee = $3 AND reasonCode NOT IN ($4, $5)
      """,
      [
        .integer(Int64(environment.rawValue)), .text(currency.code), .text("\(payee)"),
        .text(PayoutReason.Code.gathering.rawValue),
        .text(PayoutReason.Code.belowMinimum.rawValue),
      ])
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
      fee: try row.intOrNil("fee").map {
        try Amount(validating: $0, currency: row.text("feeCurrency"))
      },
      generation: Int(row.int("generation")), recipientEmail: row.text("recipientEmail"),
      senderBatchID: row.text("senderBatchID"), batchID: row.text("batchID"),
      itemID: row.text("itemID"),
      reason: code.map {
        PayoutReason(
          code: $0, text: row.text("reasonText"), owner: row.text("reasonOwner"),
          providerCode: row.text("providerCode"))
      },
      submittedAt: row.int("submittedAt"), nextAt: row.int("nextAt"),
      createdAt: row.int("createdAt"), updatedAt: row.int("updatedAt"),
      groupMax: Int(row.int("groupMax")), coveredBy: row.text("coveredBy"))
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
