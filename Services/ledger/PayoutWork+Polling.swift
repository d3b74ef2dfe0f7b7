import Logging
import Outside
import Runtime
import Store

/// Asks PayPal what became of the payouts of a batch: one call for all of them.
extension PayoutWork {
  /// Most outcomes that one transaction records.
  private static let settlementsMax = 500

  func poll(_ intent: Intent) async throws {
    let senderBatchID = intent.subject
    let found = try await store.read { transaction -> PayoutSending? in
      let payouts = PayoutStore(transaction: transaction)
      guard let batch = try payouts.batch(senderBatchID), batch.state == .accepted else {
        return nil
      }
      let open = try payouts.payouts(in: batch).filter { $0.isOnItsWay || $0.state == .paid }
      return open.isEmpty
        ? nil : PayoutSending(batch: batch, payouts: open, isUntried: false)
    }
    guard let found else {
      try await store.write { try $0.complete(PayoutStore.pollIntent, senderBatchID) }
      return
    }
    let outcome = await gateway.look(
      atBatch: found.batch.batchID, in: found.batch.lane.environment)
    CrashPoint.reached(LedgerStep.payoutPolled)
    switch outcome {
    case .done(let report): try await settle(found, report)
    case .refused(let refusal):
      if !refusal.isTransient {
        log(.error, "payouts' batch cannot be read", found.batch, ["code": "\(refusal.code)"])
      }
      try await lookLater(found.batch, retryAfterSeconds: refusal.retryAfterSeconds)
    case .unknown: try await lookLater(found.batch, retryAfterSeconds: nil)
    }
  }

  private func settle(_ found: PayoutSending, _ report: BatchReport) async throws {
    var rest = Self.settlements(found.payouts, report)[...]
    let (batch, base) = (found.batch, pollMilliseconds)
    repeat {
      let some = Array(rest.prefix(Self.settlementsMax))
      rest = rest.dropFirst(Self.settlementsMax)
      let isLast = rest.isEmpty
      try await store.write { transaction in
        let payouts = PayoutStore(transaction: transaction)
        try payouts.settle(some)
        if isLast { try payouts.lookAgain(at: batch, base: base) }
      }
      CrashPoint.reached(LedgerStep.payoutPaidCommitted)
      for one in some { log(one) }
    } while !rest.isEmpty
  }

  /// What the report says about each payout, but what is known already.
  private static func settlements(_ payouts: [Payout], _ report: BatchReport)
    -> [PayoutStore.Settlement]
  {
    let items = Dictionary(
      report.items.map { ($0.senderItemID, $0) }, uniquingKeysWith: { first, _ in first })
    return payouts.compactMap { payout in
      guard let amount = payout.amount else { return nil }
      let item = items[payout.senderItemID]
      let verdict = PayoutVerdict(item, ofBatch: report.batchStatus, asked: amount)
      if payout.state == .paid, !verdict.isEnd { return nil }
      return PayoutStore.Settlement(
        payout: payout, itemID: item?.itemID ?? "", verdict: verdict)
    }
  }

  private func lookLater(_ batch: PayoutBatch, retryAfterSeconds: Int?) async throws {
    let told = retryAfterSeconds.map { Int64(min($0, 3600)) * 1000 } ?? 0
    let base = max(pollMilliseconds, told)
    try await store.write {
      try PayoutStore(transaction: $0).lookAgain(at: batch, base: base, isSeen: false)
    }
  }

  private func log(_ settlement: PayoutStore.Settlement) {
    let payout = settlement.payout
    switch settlement.verdict {
    case .paid where payout.isOnItsWay: log(.info, "payout paid", payout)
    case .ended(_, let reason):
      log(.error, "payout failed", payout, ["code": "\(reason.providerCode)"])
    case .open(_, let reason?)
    where [.amountDiffers, .itemMissing].contains(reason.code) && payout.reason != reason:
      log(.error, "payout needs a person", payout, ["reason": "\(reason.code.rawValue)"])
    case .paid, .open: return
    }
  }
}

extension PayoutStore {
  /// Says when a batch is looked at next: never, once it was seen and all its payouts are over.
  func lookAgain(at batch: PayoutBatch, base: Int64, isSeen: Bool = true) throws {
    guard try isOpen(batch) || !isSeen else {
      return try transaction.complete(Self.pollIntent, batch.senderBatchID)
    }
    let age = transaction.now - batch.createdAt
    let nextAt = transaction.now + PayoutRules.pollDelay(age: age, base: base)
    try transaction.run(
      "UPDATE payoutBatch SET nextAt = $2 WHERE senderBatchID = $1",
      [.text(batch.senderBatchID), .integer(nextAt)])
    try transaction.postpone(Self.pollIntent, batch.senderBatchID, until: nextAt, note: "")
  }

  /// Whether a batch has payouts that are not over.
  func isOpen(_ batch: PayoutBatch) throws -> Bool {
    let open = try transaction.row(
      """
      SELECT 1 AS found FROM payout
      WHERE senderBatchID = $1 AND state IN ('SUBMITTED', 'UNCLAIMED', 'UNKNOWN') LIMIT 1
      """,
      [.text(batch.senderBatchID)])
    return open != nil
  }
}
