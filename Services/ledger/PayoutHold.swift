import Contract
import Money
import Runtime
import Store

/// Keeps payouts back after a restore, until a person has looked into PayPal's activity.
///
/// What was sent after the backup was made is unknown to the restored books, and would go out again:
/// in another batch, which PayPal would not recognise. Batches that were on their way in the backup
/// are held as well: theirs may have been refused since, and their payouts sent in others.
struct PayoutHold {
  let transaction: Transaction

  /// Begins one; while one is open, another changes nothing.
  func begin() throws {
    if try since() != nil { return }
    try transaction.run(
      "INSERT INTO payoutHold (heldAt) VALUES ($1)", [.integer(transaction.now)])
  }

  /// Since when payouts are held; nil when they are not.
  func since() throws -> Int64? {
    try transaction.row("SELECT heldAt FROM payoutHold WHERE releasedAt = 0")?.int("heldAt")
  }

  /// Why each payout that is due waits; nil when none is held.
  func reason() throws -> PayoutReason? {
    try since().map {
      PayoutReason(
        code: .restored,
        text: "the books were restored at \(UTC.time($0)); compare PayPal's activity since the "
          + "backup, attest what you found about this one, or release all payouts",
        owner: "platform")
    }
  }

  /// Whether a payout is held: not when a person has said since then what became of it.
  func holds(_ payoutID: String) throws -> Bool {
    guard let since = try since() else { return false }
    let said = try transaction.row(
      "SELECT 1 AS found FROM payoutAttestation WHERE payoutID = $1 AND recordedAt >= $2 LIMIT 1",
      [.text(payoutID), .integer(since)])
    return said == nil
  }

  /// Ends it, with who did and what he saw, and looks at all payouts again.
  ///
  /// - Returns: false when nothing was held.
  func release(by actor: String, note: String) throws -> Bool {
    let released = try transaction.run(
      "UPDATE payoutHold SET releasedAt = $1, releasedBy = $2, note = $3 WHERE releasedAt = 0",
      [.integer(transaction.now), .text(actor), .text(note)])
    guard released > 0 else { return false }
    let lanes = try transaction.rows(
      "SELECT DISTINCT environment, currency FROM payout WHERE state = 'PENDING'")
    for row in lanes {
      let currency = try Currency(validating: row.text("currency"))
      try PayoutStore(transaction: transaction).wake(
        PayoutLane(row.environment, currency), where: "reasonCode = $4",
        [.text(PayoutReason.Code.restored.rawValue)], limit: PayoutStore.wakesMax)
    }
    for row in try transaction.rows(
      "SELECT * FROM payoutBatch WHERE state IN ('SENDING', 'NOT_TAKEN', 'UNKNOWN')")
    {
      if row.text("state") == PayoutBatch.State.unknown.rawValue {
        try transaction.schedule(PayoutStore.repeatIntent, row.text("senderBatchID"))
      } else {
        let currency = try Currency(validating: row.text("currency"))
        try PayoutStore(transaction: transaction).send(PayoutLane(row.environment, currency))
      }
    }
    return true
  }
}
