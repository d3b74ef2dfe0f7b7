import Contract
import Money
import Store

/// What became of payouts that were sent.
extension PayoutStore {
  /// A payout and what a look at its batch says about it.
  struct Settlement: Sendable {
    let payout: Payout
    let itemID: String
    let verdict: PayoutVerdict
  }

  /// Records what a look at a batch says. What is recorded already changes nothing.
  func settle(_ settlements: [Settlement]) throws {
    var entries: [JournalEntry] = []
    for one in settlements {
      switch one.verdict {
      case .paid(let fee): entries += try pay(one.payout, itemID: one.itemID, fee: fee)
      case .open(let state, let reason):
        try hold(one.payout, state, reason)
      case .ended(let state, let reason):
        try reverse(one.payout, to: state, reason, itemID: one.itemID)
      }
    }
    try journal.append(entries)
  }

  /// Keeps a payout on its way, with a reason.
  private func hold(_ payout: Payout, _ state: Payout.State, _ reason: PayoutReason?) throws {
    guard payout.isOnItsWay, payout.state != state || payout.reason != reason else { return }
    try explain(payout, reason, state: state, nextAt: 0)
  }

  /// Records that the payee has the money.
  ///
  /// - Parameter sent: what the payee got; nil for what was asked for. The rest stays his.
  /// - Returns: what is to be booked. A fee that PayPal takes in another currency than it sends is an
  ///   entry of its own, since an entry has one currency.
  func pay(_ payout: Payout, itemID: String, fee: Amount?, sent: Amount? = nil) throws
    -> [JournalEntry]
  {
    guard let amount = payout.amount else { return [] }
    let changed = try transaction.run(
      """
      UPDATE payout SET state = 'PAID', itemID = $3, fee = $4, feeCurrency = $5, reasonCode = '',
        reasonText = '', reasonOwner = '', providerCode = '', nextAt = 0, updatedAt = $6
      WHERE payoutID = $1 AND generation = $2 AND state IN ('SUBMITTED', 'UNCLAIMED', 'UNKNOWN')
      """,
      [
        .text(payout.payoutID), .integer(Int64(payout.generation)), .text(itemID),
        fee.map { .integer($0.minorUnits) } ?? .null, .text(fee?.currency.code ?? ""),
        .integer(transaction.now),
      ])
    guard changed == 1 else { return [] }
    let charged = fee.flatMap {
      $0.isPositive ? Posting(debit: .payoutFees, credit: .payPal, amount: $0) : nil
    }
    let isOwn = fee?.currency == amount.currency
    var entries = [
      entry(
        JournalEntry.ID.paid(payout.payoutID, payout.generation), .payoutPaid, payout,
        try Self.arrival(of: amount, sent: sent ?? amount, payout.payee)
          + (isOwn ? [charged].compactMap(\.self) : []))
    ]
    if let charged, !isOwn {
      entries.append(
        entry(
          JournalEntry.ID.fee(payout.payoutID, payout.generation), .payoutPaid, payout, [charged]))
    }
    return entries
  }

  private static func arrival(of amount: Amount, sent: Amount, _ payee: Payee)
    throws(MoneyError) -> [Posting]
  {
    let isMore = try amount.isLess(than: sent)
    let taken = isMore ? amount : sent
    return [
      try Posting.signed(debit: .payoutsInTransit, credit: .payPal, amount: taken),
      try Posting.signed(
        debit: .payoutsInTransit, credit: payee.account, amount: amount.subtracting(taken)),
      try Posting.signed(debit: payee.account, credit: .payPal, amount: sent.subtracting(taken)),
    ].compactMap { $0 }
  }

  /// Records that nothing was paid, or that what was paid came back, and gives the money back to the
  /// payee's account. With PENDING the payout waits for the next generation: for an hour, or, with a
  /// bound on the size of its batch, not at all.
  func reverse(
    _ payout: Payout, to state: Payout.State, _ reason: PayoutReason, itemID: String,
    groupMax: Int = 0
  ) throws {
    guard let amount = payout.amount else { return }
    let wasPaid = payout.state == .paid
    let pause = groupMax > 0 ? 0 : PayoutRules.recheckMilliseconds
    let nextAt = state == .pending ? transaction.now + pause : 0
    let changed = try transaction.run(
      """
      UPDATE payout SET state = $3, itemID = $4, reasonCode = $5, reasonText = $6,
        reasonOwner = $7, providerCode = $8, nextAt = $9, updatedAt = $10, groupMax = $12,
        amount = CASE WHEN $3 = 'PENDING' THEN NULL ELSE amount END,
        senderBatchID = CASE WHEN $3 = 'PENDING' THEN '' ELSE senderBatchID END
      WHERE payoutID = $1 AND generation = $2 AND (state = 'PAID') = ($11 = 1)
        AND state IN ('SUBMITTED', 'UNCLAIMED', 'UNKNOWN', 'PAID')
      """,
      [
        .text(payout.payoutID), .integer(Int64(payout.generation)), .text(state.rawValue),
        .text(itemID), .text(reason.code.rawValue), .text(reason.text), .text(reason.owner),
        .text(reason.providerCode), .integer(nextAt), .integer(transaction.now),
        .integer(wasPaid ? 1 : 0), .integer(Int64(groupMax)),
      ])
    guard changed == 1 else { return }
    try keepEnd(of: payout, state, reason, amount, itemID: itemID)
    try adjustIfRefunded(payout)
    try journal.append(
      entry(
        JournalEntry.ID.reversed(payout.payoutID, payout.generation), .payoutReversed, payout,
        [
          Posting(
            debit: wasPaid ? .payPal : .payoutsInTransit, credit: payout.payee.account,
            amount: amount)
        ]))
    try wakeOthers(payout, amount, state)
  }

  /// What came back may be what others wait for.
  private func wakeOthers(_ payout: Payout, _ amount: Amount, _ state: Payout.State) throws {
    let (environment, currency) = (payout.environment, amount.currency)
    try wakeForPayeeBalance(payout.payee, environment, currency)
    // What PayPal refused for want of funds leaves nothing for others.
    if state == .pending { return }
    try wakeForPlatformBalance(environment, currency, includesRefused: false)
  }

  private func keepEnd(
    of payout: Payout, _ state: Payout.State, _ reason: PayoutReason, _ amount: Amount,
    itemID: String
  ) throws {
    try transaction.run(
      """
      INSERT INTO payoutEnd (payoutID, generation, state, amount, recipientEmail, batchID, itemID,
        reasonCode, reasonText, providerCode, recordedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      """,
      [
        .text(payout.payoutID), .integer(Int64(payout.generation)), .text(state.rawValue),
        .integer(amount.minorUnits), .text(payout.recipientEmail), .text(payout.batchID),
        .text(itemID), .text(reason.code.rawValue), .text(reason.text),
        .text(reason.providerCode), .integer(transaction.now),
      ])
  }

  func explain(
    _ payout: Payout, _ reason: PayoutReason?, state: Payout.State? = nil, nextAt: Int64
  ) throws {
    try transaction.run(
      """
      UPDATE payout SET state = $2, reasonCode = $3, reasonText = $4, reasonOwner = $5,
        providerCode = $6, nextAt = $7, updatedAt = $8
      WHERE payoutID = $1 AND generation = $9 AND state NOT IN ('PAID', 'FAILED', 'RETURNED')
      """,
      [
        .text(payout.payoutID), .text((state ?? payout.state).rawValue),
        .text(reason?.code.rawValue ?? ""), .text(reason?.text ?? ""),
        .text(reason?.owner ?? ""), .text(reason?.providerCode ?? ""), .integer(nextAt),
        .integer(transaction.now), .integer(Int64(payout.generation)),
      ])
  }

  func entry(
    _ entryID: String, _ kind: JournalEntry.Kind, _ payout: Payout, _ postings: [Posting]
  ) -> JournalEntry {
    JournalEntry(
      entryID: entryID, kind: kind, orderID: payout.orderID, environment: payout.environment,
      occurredAt: transaction.now, postings: postings)
  }
}
