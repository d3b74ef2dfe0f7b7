import Contract
import Money
import Runtime
import Store

/// What a person found out.
extension PayoutStore {
  /// Ends a payout by what a person found out, with his name and what he saw. A replay changes
  /// nothing.
  ///
  /// What waits since a restore is taken as sent under its next generation, so that what ends has the
  /// entries of every other payout; what was not sent follows under the one after.
  ///
  /// - Throws: `NotFound`, `covered`, `OtherContent` when something else was attested about this
  ///   generation, `notAttestable` while PayPal can still tell, `InvalidFields` for another currency
  ///   or an id of PayPal's that is missing.
  func attest(_ given: PayoutAttestation, by actor: Actor) throws -> Recorded<Payout> {
    let found = try require(given.payoutID)
    guard found.coveredBy.isEmpty else {
      throw LedgerError.covered(payoutID: found.payoutID, by: found.coveredBy)
    }
    let isHeld = try isHeldByRestore(found)
    if try isReplay(given, found, isHeld: isHeld) { return Recorded(value: found, isNew: false) }
    guard isHeld || found.isOnItsWay && found.reason?.code.isForPerson == true else {
      throw LedgerError.notAttestable(
        payoutID: found.payoutID, state: found.state.rawValue,
        reason: found.reason?.code.rawValue ?? "")
    }
    try require(given, fits: found, isHeld: isHeld)
    let payout = found.state == .pending ? try assumeSent(found, given.sent) : found
    try insert(given, payout, by: "\(actor)")
    try end(payout, given, by: "\(actor)", isSentAgain: isHeld)
    try journal.note(Self.entryID(given, payout), by: actor)
    try endBatch(payout.senderBatchID)
    return Recorded(value: try require(payout.payoutID), isNew: true)
  }

  /// Whether the hold after a restore keeps a payout back, or a batch of which PayPal may have told
  /// more after the backup.
  private func isHeldByRestore(_ payout: Payout) throws -> Bool {
    guard try PayoutHold(transaction: transaction).holds(payout.payoutID) else { return false }
    if payout.state == .pending { return true }
    guard payout.isOnItsWay, let batch = try batch(payout.senderBatchID) else { return false }
    return batch.state != .accepted
  }

  private func require(_ given: PayoutAttestation, fits payout: Payout, isHeld: Bool) throws {
    var fields = Fields()
    let currency = payout.due.currency
    if let sent = given.sent, sent.currency != currency {
      fields.reject("sent", "is in \(sent.currency.code); the payout is in \(currency.code)")
    }
    if isHeld && given.finding == .paid && given.providerID.isEmpty {
      fields.reject("provider_id", "is empty; say what PayPal's activity calls the payment")
    }
    try fields.finish()
  }

  private func end(
    _ payout: Payout, _ given: PayoutAttestation, by actor: String, isSentAgain: Bool
  ) throws {
    switch given.finding {
    case .notSent:
      let reason = PayoutReason(
        code: .attestedNotSent, text: "\(actor) attests that it was not sent: \(given.evidence)",
        owner: "platform")
      try reverse(
        payout, to: isSentAgain ? .pending : .failed, reason, itemID: payout.itemID)
      guard isSentAgain else { return }
      try wake(
        PayoutLane(payout.environment, payout.due.currency), where: "payoutID = $4",
        [.text(payout.payoutID)], limit: 1)
    case .paid:
      let itemID = given.providerID.isEmpty ? payout.itemID : given.providerID
      try journal.append(
        pay(payout, itemID: itemID, fee: given.fee, sent: given.sent ?? payout.amount))
    }
  }

  private func isReplay(_ given: PayoutAttestation, _ payout: Payout, isHeld: Bool) throws -> Bool {
    let row = try transaction.row(
      "SELECT * FROM payoutAttestation WHERE payoutID = $1 ORDER BY generation DESC LIMIT 1",
      [.text(payout.payoutID)])
    guard let row else { return false }
    let pairs = [
      ("finding", row.text("finding"), given.finding.rawValue),
      ("evidence", row.text("evidence"), given.evidence),
      ("sent", row.text("sent"), Self.text(given.sent)),
      ("fee", row.text("fee"), Self.text(given.fee)),
      ("provider_id", row.text("providerID"), given.providerID),
    ]
    if isHeld { return false }
    if row.int("generation") == Int64(payout.generation) {
      try Comparison(kind: "attestation of payout", id: payout.payoutID).require(pairs)
      return true
    }
    // What was not sent may have gone out by now.
    let needsPerson = payout.isOnItsWay && payout.reason?.code.isForPerson == true
    return !needsPerson && pairs.allSatisfy { $0.1 == $0.2 }
  }

  /// Of the entry that an attestation makes.
  private static func entryID(_ given: PayoutAttestation, _ payout: Payout) -> String {
    switch given.finding {
    case .paid: JournalEntry.ID.paid(payout.payoutID, payout.generation)
    case .notSent: JournalEntry.ID.reversed(payout.payoutID, payout.generation)
    }
  }

  private static func text(_ amount: Amount?) -> String { amount.map { "\($0)" } ?? "" }

  private func insert(_ given: PayoutAttestation, _ payout: Payout, by actor: String) throws {
    try transaction.run(
      """
      INSERT INTO payoutAttestation (payoutID, generation, finding, evidence, sent, fee, attestedBy,
        recordedAt, providerID) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      """,
      [
        .text(payout.payoutID), .integer(Int64(payout.generation)),
        .text(given.finding.rawValue), .text(given.evidence), .text(Self.text(given.sent)),
        .text(Self.text(given.fee)), .text(actor), .integer(transaction.now),
        .text(given.providerID),
      ])
  }

  /// Books a payout as sent that may have been, under the generation that was next in the backup.
  private func assumeSent(_ payout: Payout, _ sent: Amount?) throws -> Payout {
    var amount = try PayoutRules.expressible(payout.due)
    if let sent, sent.isPositive { amount = try sent.isLess(than: payout.due) ? sent : payout.due }
    if !amount.isPositive { amount = payout.due }
    let recipient = try recipient(payout.payee, payout.environment)?.email ?? ""
    try transaction.run(
      """
      UPDATE payout SET state = 'SUBMITTED', amount = $2, generation = generation + 1,
        recipientEmail = $3, senderBatchID = '', itemID = '', submittedAt = $4, updatedAt = $4
      WHERE payoutID = $1 AND state = 'PENDING'
      """,
      [
        .text(payout.payoutID), .integer(amount.minorUnits), .text(recipient),
        .integer(transaction.now),
      ])
    let assumed = try require(payout.payoutID)
    try journal.append(
      entry(
        JournalEntry.ID.submitted(assumed.payoutID, assumed.generation), .payoutSubmitted, assumed,
        [Posting(debit: assumed.payee.account, credit: .payoutsInTransit, amount: amount)]))
    return assumed
  }

  /// Nothing is asked any more about a batch whose payouts are all over, and its lane goes on.
  private func endBatch(_ senderBatchID: String) throws {
    guard let batch = try batch(senderBatchID), try !isOpen(batch) else { return }
    try transaction.complete(Self.repeatIntent, senderBatchID)
    try transaction.complete(Self.pollIntent, senderBatchID)
    let changed = try transaction.run(
      """
      UPDATE payoutBatch SET state = 'UNKNOWN', claimedUntil = 0, nextAt = 0, updatedAt = $2
      WHERE senderBatchID = $1 AND state IN ('SENDING', 'NOT_TAKEN')
      """,
      [.text(senderBatchID), .integer(transaction.now)])
    if changed == 1 { try rest(batch.lane) }
  }
}
