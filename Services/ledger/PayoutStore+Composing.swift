import Contract
import Money
import Store

/// How batches are made: what is due when a lane's sending slot is free goes out together.
extension PayoutStore {
  /// What a lane does next.
  enum Composition: Sendable {
    /// Committed; send it, or send it again under the same key.
    case send(PayoutSending)
    /// The slot's batch may not be repeated any more.
    case tooLate(PayoutBatch)
    /// Nothing to send now.
    case rests
  }

  /// A composition, and the payouts that wait for something from now on.
  struct Composed: Sendable {
    var composition = Composition.rests
    var waiting: [(payout: Payout, reason: PayoutReason)] = []
  }

  /// Takes the batch that is in the lane's slot, or makes one of the payouts that are due: fixes
  /// what is to be sent, and moves it from the payees' accounts into transit.
  func compose(_ lane: PayoutLane, isConfigured: Bool, itemsMax: Int) throws -> Composed {
    if let batch = try batch(inSlotOf: lane) {
      return Composed(composition: try resume(batch))
    }
    var composed = Composed()
    let decided = try decide(due(lane, limit: itemsMax), lane, isConfigured, &composed)
    let chosen = Self.group(decided, itemsMax: itemsMax)
    if chosen.isEmpty {
      try rest(lane)
    } else {
      composed.composition = .send(try fix(chosen, lane))
    }
    return composed
  }

  /// A payout that can be sent, with what it sends.
  private struct Decided {
    let payout: Payout
    let amount: Amount
    let email: String
  }

  /// The first payout, with those after it that may be in a batch of the same size.
  private static func group(_ decided: [Decided], itemsMax: Int) -> ArraySlice<Decided> {
    guard let first = decided.first else { return [] }
    let limit = first.payout.groupMax == 0 ? itemsMax : min(first.payout.groupMax, itemsMax)
    return decided.prefix { $0.payout.groupMax == first.payout.groupMax }.prefix(limit)
  }

  /// Payouts that are due, those that were refused in a larger batch apart from the others.
  private func due(_ lane: PayoutLane, limit: Int) throws -> [Payout] {
    try transaction.rows(
      """
      \(Self.shown) WHERE payout.state = 'PENDING' AND payout.environment = $1
        AND payout.currency = $2 AND payout.nextAt <= $3 AND payout.coveredBy = ''
      ORDER BY payout.groupMax DESC, payout.nextAt, payout.number LIMIT $4
      """,
      [
        .integer(Int64(lane.environment.rawValue)), .text(lane.currency.code),
        .integer(transaction.now), .integer(Int64(limit)),
      ]
    ).map(payout)
  }

  /// Decides about each payout, given those before it; what waits is written.
  private func decide(
    _ payouts: [Payout], _ lane: PayoutLane, _ isConfigured: Bool, _ composed: inout Composed
  ) throws -> [Decided] {
    if payouts.isEmpty { return [] }
    var funds = try PayoutFunds(lane, transaction)
    let held = try PayoutHold(transaction: transaction).reason()
    var decided: [Decided] = []
    for due in payouts {
      guard let payout = try candidate(for: due, in: lane, &funds, &composed) else { continue }
      let facts = try funds.facts(of: payout, isConfigured: isConfigured)
      let kept = try held.flatMap { reason in
        try PayoutHold(transaction: transaction).holds(payout.payoutID)
          ? PayoutRules.Decision.wait(reason) : nil
      }
      switch try kept ?? PayoutRules.decide(facts) {
      case .submit(let amount, let email):
        try funds.take(amount, from: payout.payee)
        decided.append(Decided(payout: payout, amount: amount, email: email))
      case .wait(let reason):
        try explain(payout, reason, nextAt: transaction.now + PayoutRules.recheckMilliseconds)
        if payout.reason?.code != reason.code { composed.waiting.append((payout, reason)) }
      }
    }
    return decided
  }

  private func fix(_ chosen: ArraySlice<Decided>, _ lane: PayoutLane) throws -> PayoutSending {
    guard let first = chosen.first?.payout else { preconditionFailure("a batch has payouts") }
    let batch = PayoutBatch(
      senderBatchID: first.senderItemID(first.generation + 1), lane: lane, state: .sending,
      batchID: "", attempts: 1, claimedUntil: transaction.now + PayoutBatch.claimMilliseconds,
      nextAt: transaction.now, createdAt: transaction.now)
    try insert(batch, items: chosen.count)
    var payouts: [Payout] = []
    for one in chosen {
      let payout = one.payout.sent(one.amount, to: one.email, in: batch)
      payouts.append(payout)
      try transaction.run(
        """
        UPDATE payout SET state = 'SUBMITTED', amount = $2, generation = $3, recipientEmail = $4,
          senderBatchID = $5, itemID = '', reasonCode = '', reasonText = '', reasonOwner = '',
          providerCode = '', submittedAt = $6, nextAt = $6, updatedAt = $6
        WHERE payoutID = $1
        """,
        [
          .text(payout.payoutID), .integer(one.amount.minorUnits),
          .integer(Int64(payout.generation)), .text(one.email), .text(batch.senderBatchID),
          .integer(transaction.now),
        ])
    }
    try journal.append(
      zip(chosen, payouts).map { one, payout in
        entry(
          JournalEntry.ID.submitted(payout.payoutID, payout.generation), .payoutSubmitted, payout,
          [Posting(debit: payout.payee.account, credit: .payoutsInTransit, amount: one.amount)])
      })
    return PayoutSending(batch: batch, payouts: payouts, isUntried: true)
  }

  /// Lets a lane whose slot is free sleep until its next payout is due.
  func rest(_ lane: PayoutLane) throws {
    if try batch(inSlotOf: lane) != nil { return }
    let row = try transaction.row(
      """
      SELECT nextAt FROM payout
      WHERE state = 'PENDING' AND coveredBy = '' AND environment = $1 AND currency = $2
      ORDER BY nextAt LIMIT 1
      """,
      [.integer(Int64(lane.environment.rawValue)), .text(lane.currency.code)])
    guard let nextAt = row?.int("nextAt") else {
      return try transaction.complete(Self.sendIntent, lane.subject)
    }
    try send(lane, at: nextAt)
  }
}

extension Payout {
  /// This payout as it is after the next generation was fixed.
  fileprivate func sent(_ amount: Amount, to email: String, in batch: PayoutBatch) -> Payout {
    Payout(
      payoutID: payoutID, orderID: orderID, payee: payee, environment: environment, due: due,
      state: .submitted, amount: amount, fee: nil, generation: generation + 1,
      recipientEmail: email, senderBatchID: batch.senderBatchID, batchID: "", itemID: "",
      reason: nil, submittedAt: batch.createdAt, nextAt: batch.createdAt, createdAt: createdAt,
      updatedAt: batch.createdAt, groupMax: groupMax)
  }
}
