import Contract
import Money
import Runtime
import Store

/// Batches on their way to PayPal: who sends them, and what PayPal answered.
extension PayoutStore {
  /// The batch that PayPal may not have yet; the schema admits one per lane.
  func batch(inSlotOf lane: PayoutLane) throws -> PayoutBatch? {
    try transaction.row(
      """
      SELECT * FROM payoutBatch
      WHERE environment = $1 AND currency = $2 AND state IN ('SENDING', 'NOT_TAKEN')
      """,
      [.integer(Int64(lane.environment.rawValue)), .text(lane.currency.code)]
    ).map(batch)
  }

  /// The batch with this key.
  func batch(_ senderBatchID: String) throws -> PayoutBatch? {
    try transaction.row(
      "SELECT * FROM payoutBatch WHERE senderBatchID = $1", [.text(senderBatchID)]
    ).map(batch)
  }

  private func batch(_ row: Row) throws -> PayoutBatch {
    guard let state = PayoutBatch.State(rawValue: row.text("state")) else {
      preconditionFailure("the schema admits no other state")
    }
    return PayoutBatch(
      senderBatchID: row.text("senderBatchID"),
      lane: PayoutLane(row.environment, try Currency(validating: row.text("currency"))),
      state: state, batchID: row.text("batchID"), attempts: Int(row.int("attempts")),
      claimedUntil: row.int("claimedUntil"), nextAt: row.int("nextAt"),
      createdAt: row.int("createdAt"))
  }

  func insert(_ batch: PayoutBatch, items: Int) throws {
    try transaction.run(
      """
      INSERT INTO payoutBatch (senderBatchID, environment, currency, items, state, attempts,
        claimedUntil, nextAt, createdAt, updatedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8)
      """,
      [
        .text(batch.senderBatchID), .integer(Int64(batch.lane.environment.rawValue)),
        .text(batch.lane.currency.code), .integer(Int64(items)), .text(batch.state.rawValue),
        .integer(Int64(batch.attempts)), .integer(batch.claimedUntil), .integer(batch.createdAt),
      ])
  }

  /// Gives back what runners of a process that died had claimed. Only for the start of the one
  /// process that has the database.
  func releaseClaims() throws {
    try transaction.run(
      "UPDATE payoutBatch SET claimedUntil = 0 WHERE claimedUntil > 0 AND state <> 'ACCEPTED'")
  }

  /// Claims the batch in a lane's slot, unless another runner has it or it waits.
  func resume(_ batch: PayoutBatch) throws -> Composition {
    if try PayoutHold(transaction: transaction).since() != nil {
      try send(batch.lane, at: transaction.now + PayoutRules.recheckMilliseconds)
      return .rests
    }
    let busyUntil = max(batch.claimedUntil, batch.state == .notTaken ? batch.nextAt : 0)
    if busyUntil > transaction.now {
      try send(batch.lane, at: busyUntil)
      return .rests
    }
    return try claim(batch)
  }

  /// Claims a batch whose answer was lost, to send it again. One that is over is let alone.
  func repeatBatch(_ senderBatchID: String) throws -> Composition {
    guard let batch = try batch(senderBatchID), batch.state == .unknown else {
      try transaction.complete(Self.repeatIntent, senderBatchID)
      return .rests
    }
    let isHeld = try PayoutHold(transaction: transaction).since() != nil
    let freeAt =
      isHeld ? transaction.now + PayoutRules.recheckMilliseconds : batch.claimedUntil
    if freeAt > transaction.now {
      try transaction.postpone(Self.repeatIntent, senderBatchID, until: freeAt, note: "")
      return .rests
    }
    return try claim(batch)
  }

  /// "Certainly not taken" holds until the next sending: a crash after it leaves an unknown.
  private func claim(_ batch: PayoutBatch) throws -> Composition {
    let payouts = try payouts(in: batch).filter(\.isOnItsWay)
    // A person has ended them all.
    if payouts.isEmpty {
      try leave(batch)
      return .rests
    }
    let isUntried = batch.state == .notTaken
    let age = transaction.now - batch.createdAt
    if !isUntried && age > PayoutRules.repeatWindowMilliseconds { return try tooLate(batch) }
    try transaction.run(
      """
      UPDATE payoutBatch SET state = $2, attempts = attempts + 1, claimedUntil = $3, updatedAt = $4
      WHERE senderBatchID = $1
      """,
      [
        .text(batch.senderBatchID),
        .text((isUntried ? PayoutBatch.State.sending : batch.state).rawValue),
        .integer(transaction.now + PayoutBatch.claimMilliseconds), .integer(transaction.now),
      ])
    return .send(PayoutSending(batch: batch, payouts: payouts, isUntried: isUntried))
  }

  private func tooLate(_ batch: PayoutBatch) throws -> Composition {
    let reason = PayoutReason(
      code: .outcomeUnknownTooLong,
      text: "PayPal's answer to batch \(batch.senderBatchID) was never read and the time in which "
        + "it may be repeated is over; look for it in PayPal's activity and attest what you found",
      owner: "platform")
    try postpone(
      batch, .unknown, reason, until: transaction.now + 24 * PayoutRules.recheckMilliseconds)
    return .tooLate(batch)
  }

  /// Records that PayPal took the batch: from now on it is polled, and the lane is free.
  func accept(_ batch: PayoutBatch, batchID: String, pollAt: Int64) throws {
    let changed = try transaction.run(
      """
      UPDATE payoutBatch SET state = 'ACCEPTED', batchID = $2, claimedUntil = 0, nextAt = $3,
        updatedAt = $4
      WHERE senderBatchID = $1 AND state IN ('SENDING', 'UNKNOWN')
      """,
      [
        .text(batch.senderBatchID), .text(batchID), .integer(pollAt), .integer(transaction.now),
      ])
    if changed == 1 {
      try transaction.schedule(Self.pollIntent, batch.senderBatchID, at: pollAt)
      if batch.attempts > 1 || batch.state != .sending { try explain(batch, .submitted, nil) }
    }
    try leave(batch)
  }

  /// Keeps a batch whose sending brought nothing, with the reason, for another sending.
  func postpone(
    _ batch: PayoutBatch, _ state: PayoutBatch.State, _ reason: PayoutReason, until: Int64
  ) throws {
    let changed = try transaction.run(
      """
      UPDATE payoutBatch SET state = $2, claimedUntil = 0, nextAt = $3, updatedAt = $4
      WHERE senderBatchID = $1 AND state IN ('SENDING', 'NOT_TAKEN', 'UNKNOWN')
      """,
      [
        .text(batch.senderBatchID), .text(state.rawValue), .integer(until),
        .integer(transaction.now),
      ])
    guard changed == 1 else { return try leave(batch) }
    try explain(batch, state == .unknown ? .unknown : .submitted, reason)
    if state == .unknown {
      try transaction.schedule(Self.repeatIntent, batch.senderBatchID, at: until)
      try rest(batch.lane)
    } else {
      try send(batch.lane, at: until)
    }
  }

  /// Records that PayPal refused the batch for good, and gives every payee his money back.
  func refuse(_ batch: PayoutBatch, _ payouts: [Payout], _ refusal: (code: String, text: String))
    throws
  {
    let changed = try transaction.run(
      """
      UPDATE payoutBatch SET state = 'REFUSED', claimedUntil = 0, nextAt = 0, updatedAt = $2
      WHERE senderBatchID = $1 AND state IN ('SENDING', 'UNKNOWN')
      """,
      [.text(batch.senderBatchID), .integer(transaction.now)])
    if changed == 1 {
      for (index, payout) in payouts.enumerated() {
        try refuse(payout, refusal, index: index, of: payouts.count)
      }
    }
    try leave(batch)
  }

  private func refuse(
    _ payout: Payout, _ refusal: (code: String, text: String), index: Int, of count: Int
  ) throws {
    func reason(_ code: PayoutReason.Code) -> PayoutReason {
      PayoutReason(
        code: code, text: "PayPal refused the batch: \(refusal.text)", owner: "platform",
        providerCode: refusal.code)
    }
    switch PayoutRules.end(of: refusal.code, index: index, of: count) {
    case .failed: try reverse(payout, to: .failed, reason(.refusedByPayPal), itemID: "")
    case .waits: try reverse(payout, to: .pending, reason(.platformBalanceTooLow), itemID: "")
    case .again(let size):
      try reverse(payout, to: .pending, reason(.batchRefused), itemID: "", groupMax: size)
    }
  }

  /// The batch's sending is over: nothing repeats it, and its lane goes on.
  private func leave(_ batch: PayoutBatch) throws {
    try transaction.complete(Self.repeatIntent, batch.senderBatchID)
    try rest(batch.lane)
  }

  private func explain(_ batch: PayoutBatch, _ state: Payout.State, _ reason: PayoutReason?) throws
  {
    try transaction.run(
      """
      UPDATE payout SET state = $2, reasonCode = $3, reasonText = $4, reasonOwner = $5,
        providerCode = $6, updatedAt = $7
      WHERE senderBatchID = $1 AND state IN ('SUBMITTED', 'UNKNOWN')
      """,
      [
        .text(batch.senderBatchID), .text(state.rawValue), .text(reason?.code.rawValue ?? ""),
        .text(reason?.text ?? ""), .text(reason?.owner ?? ""), .text(reason?.providerCode ?? ""),
        .integer(transaction.now),
      ])
  }
}
