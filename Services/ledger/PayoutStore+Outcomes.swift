import Contract
import Money
import Store

extension PayoutStore {
  /// What to do about a payout that is due.
  enum Preparation: Sendable {
    /// Committed as SUBMITTED; send it, or send it again under the same key. It is untried when
    /// PayPal certainly has nothing under this key yet.
    case send(Payout, isUntried: Bool)
    case waits(Payout, PayoutReason)
    /// Its key may not be repeated any more: a person must find out.
    case tooLate(Payout)
    case settled
  }

  /// Fixes what is to be sent, and moves it from the payee's account into transit.
  func prepare(
    _ payoutID: String, isConfigured: (Contract.Environment) -> Bool
  ) throws -> Preparation {
    guard let payout = try payout(payoutID) else {
      try transaction.complete(Self.submitIntent, payoutID)
      return .settled
    }
    switch payout.state {
    case .pending:
      return try submit(payout, isConfigured: isConfigured(payout.environment))
    case .submitted, .unknown:
      guard payout.batchID.isEmpty else { break }
      // "Certainly not taken" holds until the next sending: a crash after it leaves an unknown.
      if payout.reason?.code == .payPalUnavailable {
        try explain(payout, nil, nextAt: transaction.now)
        return .send(payout, isUntried: true)
      }
      if transaction.now - payout.submittedAt > PayoutRules.repeatWindowMilliseconds {
        return try tooLate(payout)
      }
      return .send(payout, isUntried: false)
    case .notDue, .paid, .unclaimed, .returned, .failed: break
    }
    try transaction.complete(Self.submitIntent, payoutID)
    return .settled
  }

  private func submit(_ payout: Payout, isConfigured: Bool) throws -> Preparation {
    switch try PayoutRules.decide(try facts(of: payout, isConfigured: isConfigured)) {
    case .wait(let reason):
      let nextAt = transaction.now + PayoutRules.recheckMilliseconds
      try explain(payout, reason, nextAt: nextAt)
      try transaction.postpone(
        Self.submitIntent, payout.payoutID, until: nextAt, note: reason.code.rawValue)
      return .waits(payout, reason)
    case .submit(let amount, let email):
      let generation = payout.generation + 1
      try transaction.run(
        """
        UPDATE payout SET state = 'SUBMITTED', amount = $2, generation = $3, recipientEmail = $4,
          batchID = '', itemID = '', reasonCode = '', reasonText = '', reasonOwner = '',
          providerCode = '', submittedAt = $5, nextAt = $5, updatedAt = $5
        WHERE payoutID = $1
        """,
        [
          .text(payout.payoutID), .integer(amount.minorUnits), .integer(Int64(generation)),
          .text(email), .integer(transaction.now),
        ])
      try journal.append(
        entry(
          JournalEntry.ID.submitted(payout.payoutID, generation), .payoutSubmitted, payout,
          [Posting(debit: payout.payee.account, credit: .payoutsInTransit, amount: amount)]))
      return .send(payout.sent(amount, to: email, at: transaction.now), isUntried: true)
    }
  }

  /// Everything that a decision needs, in one statement.
  private func facts(of payout: Payout, isConfigured: Bool) throws -> PayoutRules.Facts {
    let currency = payout.due.currency
    let row = try transaction.row(
      """
      SELECT
        (SELECT email FROM payoutRecipient WHERE payee = $1 AND environment = $2
          ORDER BY version DESC LIMIT 1) AS email,
        COALESCE((SELECT credits - debits FROM account
          WHERE environment = $2 AND name = $3 AND currency = $4), 0) AS owed,
        COALESCE((SELECT debits - credits FROM account
          WHERE environment = $2 AND name = $5 AND currency = $4), 0) AS held,
        COALESCE((SELECT credits - debits FROM account
          WHERE environment = $2 AND name = $6 AND currency = $4), 0) AS sent,
        EXISTS (SELECT 1 FROM dispute WHERE orderID = $7 AND state = 'OPENED') AS isDisputed
      """,
      [
        .text("\(payout.payee)"), .integer(Int64(payout.environment.rawValue)),
        .text(payout.payee.account.name), .text(currency.code), .text(Account.payPal.name),
        .text(Account.payoutsInTransit.name), .text(payout.orderID),
      ])
    func amount(_ column: String) -> Amount {
      Amount(minorUnits: row?.int(column) ?? 0, currency: currency)
    }
    return PayoutRules.Facts(
      payee: payout.payee, due: payout.due, isConfigured: isConfigured,
      isDisputed: row?.int("isDisputed") == 1, recipientEmail: row?.textOrNil("email"),
      payeeBalance: amount("owed"),
      platformBalance: try amount("held").subtracting(amount("sent")))
  }

  private func tooLate(_ payout: Payout) throws -> Preparation {
    let reason = PayoutReason(
      code: .outcomeUnknownTooLong,
      text: "PayPal's answer to \(payout.senderItemID(payout.generation)) was never read and the "
        + "time in which it may be repeated is over; look for it in PayPal's activity",
      owner: "platform")
    let nextAt = transaction.now + 24 * PayoutRules.recheckMilliseconds
    try explain(payout, reason, state: .unknown, nextAt: nextAt)
    try transaction.postpone(
      Self.submitIntent, payout.payoutID, until: nextAt, note: reason.code.rawValue)
    return .tooLate(payout)
  }

  /// Records that PayPal took the batch: from now on it is polled.
  func accept(_ payout: Payout, _ report: TransferReport, pollAt: Int64) throws {
    let changed = try transaction.run(
      """
      UPDATE payout SET state = 'SUBMITTED', batchID = $3, itemID = $4, reasonCode = '',
        reasonText = '', reasonOwner = '', providerCode = '', nextAt = $5, updatedAt = $6
      WHERE payoutID = $1 AND generation = $2 AND state IN ('SUBMITTED', 'UNKNOWN')
      """,
      [
        .text(payout.payoutID), .integer(Int64(payout.generation)), .text(report.batchID),
        .text(report.item?.itemID ?? ""), .integer(pollAt), .integer(transaction.now),
      ])
    try transaction.complete(Self.submitIntent, payout.payoutID)
    if changed == 1 { try transaction.schedule(Self.pollIntent, payout.payoutID, at: pollAt) }
  }

  /// Keeps a payout where it is, with a reason, and looks again later.
  func postpone(
    _ payout: Payout, intent: String, _ reason: PayoutReason?, state: Payout.State, until: Int64
  ) throws {
    try explain(payout, reason, state: state, nextAt: until)
    try transaction.postpone(
      intent, payout.payoutID, until: until, note: reason?.code.rawValue ?? "")
  }

  /// Records that the payee has the money.
  func pay(_ payout: Payout, itemID: String, fee: Amount?) throws {
    guard let amount = payout.amount else { return }
    let own = fee?.currency == amount.currency ? fee : nil
    let changed = try transaction.run(
      """
      UPDATE payout SET state = 'PAID', itemID = $3, fee = $4, reasonCode = '', reasonText = '',
        reasonOwner = '', providerCode = '', nextAt = 0, updatedAt = $5
      WHERE payoutID = $1 AND generation = $2 AND state IN ('SUBMITTED', 'UNCLAIMED', 'UNKNOWN')
      """,
      [
        .text(payout.payoutID), .integer(Int64(payout.generation)), .text(itemID),
        own.map { .integer($0.minorUnits) } ?? .null, .integer(transaction.now),
      ])
    try transaction.complete(Self.pollIntent, payout.payoutID)
    guard changed == 1 else { return }
    var postings = [Posting(debit: .payoutsInTransit, credit: .payPal, amount: amount)]
    if let own, own.isPositive {
      postings.append(Posting(debit: .payoutFees, credit: .payPal, amount: own))
    }
    try journal.append(
      entry(
        JournalEntry.ID.paid(payout.payoutID, payout.generation), .payoutPaid, payout, postings))
  }

  /// Records that nothing was paid, or that what was paid came back, and gives the money back to the
  /// payee's account. With PENDING the payout waits for the next generation.
  func reverse(_ payout: Payout, to state: Payout.State, _ reason: PayoutReason, itemID: String)
    throws
  {
    guard let amount = payout.amount else { return }
    let wasPaid = payout.state == .paid
    let nextAt = state == .pending ? transaction.now + PayoutRules.recheckMilliseconds : 0
    let changed = try transaction.run(
      """
      UPDATE payout SET state = $3, itemID = $4, reasonCode = $5, reasonText = $6,
        reasonOwner = $7, providerCode = $8, nextAt = $9, updatedAt = $10,
        amount = CASE WHEN $3 = 'PENDING' THEN NULL ELSE amount END
      WHERE payoutID = $1 AND generation = $2 AND (state = 'PAID') = ($11 = 1)
        AND state IN ('SUBMITTED', 'UNCLAIMED', 'UNKNOWN', 'PAID')
      """,
      [
        .text(payout.payoutID), .integer(Int64(payout.generation)), .text(state.rawValue),
        .text(itemID), .text(reason.code.rawValue), .text(reason.text), .text(reason.owner),
        .text(reason.providerCode), .integer(nextAt), .integer(transaction.now),
        .integer(wasPaid ? 1 : 0),
      ])
    try transaction.complete(Self.pollIntent, payout.payoutID)
    if state == .pending {
      try transaction.schedule(Self.submitIntent, payout.payoutID, at: nextAt)
    } else {
      try transaction.complete(Self.submitIntent, payout.payoutID)
    }
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
    let (environment, currency) = (payout.environment, amount.currency)
    try wakeForPayeeBalance(payout.payee, environment, currency)
    // What PayPal refused for want of funds leaves nothing for others.
    if state == .pending { return }
    try wakeForPlatformBalance(
      environment, currency, limit: Self.wakesPerCapture, includesRefused: false)
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

  private func explain(
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

  private func entry(
    _ entryID: String, _ kind: JournalEntry.Kind, _ payout: Payout, _ postings: [Posting]
  ) -> JournalEntry {
    JournalEntry(
      entryID: entryID, kind: kind, orderID: payout.orderID, environment: payout.environment,
      occurredAt: transaction.now, postings: postings)
  }
}

extension Payout {
  /// This payout as it is after the next generation was fixed.
  fileprivate func sent(_ amount: Amount, to email: String, at now: Int64) -> Payout {
    Payout(
      payoutID: payoutID, orderID: orderID, payee: payee, environment: environment, due: due,
      state: .submitted, amount: amount, fee: nil, generation: generation + 1,
      recipientEmail: email, batchID: "", itemID: "", reason: nil, submittedAt: now, nextAt: now,
      createdAt: createdAt, updatedAt: now)
  }
}
