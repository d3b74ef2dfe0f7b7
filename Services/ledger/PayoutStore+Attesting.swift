import Contract
import Money
import Runtime
import Store

/// What a person found out.
extension PayoutStore {
  /// Ends a payout by what a person found out, with his name and what he saw. A replay changes
  /// nothing.
  ///
  /// - Throws: `NotFound`, `covered`, `OtherContent` when something else was attested about this
  ///   generation, `notAttestable` while PayPal can still tell, `InvalidFields` for another currency.
  func attest(_ given: PayoutAttestation, by actor: String) throws -> Recorded<Payout> {
    let payout = try require(given.payoutID)
    guard payout.coveredBy.isEmpty else {
      throw LedgerError.covered(payoutID: payout.payoutID, by: payout.coveredBy)
    }
    if try isReplay(given, payout) { return Recorded(value: payout, isNew: false) }
    guard payout.isOnItsWay, payout.reason?.code.isForPerson == true, let amount = payout.amount
    else {
      throw LedgerError.notAttestable(
        payoutID: payout.payoutID, state: payout.state.rawValue,
        reason: payout.reason?.code.rawValue ?? "")
    }
    if let sent = given.sent, sent.currency != amount.currency {
      var fields = Fields()
      fields.reject("sent", "is in \(sent.currency.code); the payout is in \(amount.currency.code)")
      throw fields.refusal
    }
    try insert(given, payout, by: actor)
    switch given.finding {
    case .notSent:
      let reason = PayoutReason(
        code: .attestedNotSent, text: "\(actor) attests that it was not sent: \(given.evidence)",
        owner: "platform")
      try reverse(payout, to: .failed, reason, itemID: payout.itemID)
    case .paid:
      try journal.append(
        pay(payout, itemID: payout.itemID, fee: given.fee, sent: given.sent ?? amount))
    }
    try endBatch(payout.senderBatchID)
    return Recorded(value: try require(payout.payoutID), isNew: true)
  }

  private func isReplay(_ given: PayoutAttestation, _ payout: Payout) throws -> Bool {
    let row = try transaction.row(
      "SELECT * FROM payoutAttestation WHERE payoutID = $1 AND generation = $2",
      [.text(payout.payoutID), .integer(Int64(payout.generation))])
    guard let row else { return false }
    try Comparison(kind: "attestation of payout", id: payout.payoutID).require([
      ("finding", row.text("finding"), given.finding.rawValue),
      ("evidence", row.text("evidence"), given.evidence),
      ("sent", row.text("sent"), Self.text(given.sent)),
      ("fee", row.text("fee"), Self.text(given.fee)),
    ])
    return true
  }

  private static func text(_ amount: Amount?) -> String { amount.map { "\($0)" } ?? "" }

  private func insert(_ given: PayoutAttestation, _ payout: Payout, by actor: String) throws {
    try transaction.run(
      """
      INSERT INTO payoutAttestation (payoutID, generation, finding, evidence, sent, fee, attestedBy,
        recordedAt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .text(payout.payoutID), .integer(Int64(payout.generation)),
        .text(given.finding.rawValue), .text(given.evidence), .text(Self.text(given.sent)),
        .text(Self.text(given.fee)), .text(actor), .integer(transaction.now),
      ])
  }

  /// Nothing is asked any more about a batch whose payouts are all over.
  private func endBatch(_ senderBatchID: String) throws {
    guard let batch = try batch(senderBatchID), try !isOpen(batch) else { return }
    try transaction.complete(Self.repeatIntent, senderBatchID)
    try transaction.complete(Self.pollIntent, senderBatchID)
  }
}
