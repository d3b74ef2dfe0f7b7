import Contract
import Money
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// Batches of payouts, one step at a time, with every outcome of a batch and of its items.
extension RandomHistory {
  mutating func movePayouts() async throws {
    let open = try await payouts().filter { $0.state != .paid && $0.state != .notDue }
    guard let payout = pick(open), let due = payout.due else { return }
    let lane = PayoutLane(.sandbox, try Currency(validating: due.currency))
    switch payout.state {
    case .failed, .returned: try await retry(payout)
    case .pending: try await send(lane)
    default:
      let batch = try await batch(of: payout.payoutID)
      if batch.state == .accepted { try await settle(batch) } else { try await answer(batch) }
    }
  }

  private func payouts() async throws -> [Contract.Payout] {
    try await ledger.client.listPayouts(
      .init(pageSize: 1000), options: LedgerUnderTest.asOperator
    ).payouts
  }

  private func account(_ payout: Contract.Payout) -> String {
    payout.payee == "admin" ? "adminPayable" : payout.payee
  }

  private func batch(of payoutID: String) async throws -> PayoutBatch {
    try await ledger.store.read { transaction in
      let store = PayoutStore(transaction: transaction)
      return try #require(try store.batch(store.require(payoutID).senderBatchID))
    }
  }

  // MARK: Sending

  /// Looks at all payouts of a lane that wait, and expects what the model says about each.
  private mutating func send(_ lane: PayoutLane) async throws {
    let currency = lane.currency.code
    let (isBusy, waiting) = try await ledger.store.read { transaction in
      let store = PayoutStore(transaction: transaction)
      let pending = try store.payouts(.init(state: .pending), after: 0, limit: 1000)
      return (
        try store.batch(inSlotOf: lane) != nil,
        pending.map(\.1).filter { $0.due.currency == lane.currency }
      )
    }
    let composed = try await ledger.store.write { transaction in
      let store = PayoutStore(transaction: transaction)
      try store.wake(lane, where: "1 = 1", [], limit: 1000)
      return try store.compose(lane, isConfigured: true, itemsMax: 1000)
    }
    if isBusy {
      guard case .rests = composed.composition else {
        Issue.record("two runners sent at once: \(composed)")
        return
      }
      return
    }
    var expected = model.decide(
      waiting.filter { $0.groupMax > 0 }.sorted { $0.groupMax > $1.groupMax }.map(wanted)
        + waiting.filter { $0.groupMax == 0 }.map(wanted), currency)
    if case .send(let sending) = composed.composition {
      #expect(sending.isUntried)
      for payout in sending.payouts {
        let amount = expected.sent.removeValue(forKey: payout.payoutID)
        #expect(payout.amount?.minorUnits == amount, "\(payout.payoutID)")
        model.sendings[payout.payoutID] = BookModel.Sending(
          account: payout.payee.account.name, currency: currency, amount: amount ?? 0)
      }
    }
    // What was refused in a larger batch goes out apart; only then is anything left.
    let isApart = expected.sent.isEmpty || waiting.contains { $0.groupMax > 0 }
    #expect(isApart, "\(expected.sent)")
    for payout in try await payouts() where expected.waits[payout.payoutID] != nil {
      #expect(payout.reason?.code == expected.waits[payout.payoutID], "\(payout.payoutID)")
    }
  }

  /// What the model knows of a payout that waits.
  private func wanted(_ payout: Ledger.Payout) -> BookModel.Wanted {
    let order = model.orders.first { $0.id == payout.orderID }
    if let order {
      let due = payout.payee == .admin ? order.adminDue : order.resellerDue
      #expect(payout.due.minorUnits == due, "\(payout.payoutID)")
    }
    return BookModel.Wanted(
      payoutID: payout.payoutID, account: payout.payee.account.name,
      due: payout.due.minorUnits, isHeld: order.map { !$0.holds.isEmpty } ?? false)
  }

  // MARK: Outcomes

  /// What PayPal answers to a batch, or that it does not.
  private mutating func answer(_ batch: PayoutBatch) async throws {
    let chance = number(0...9)
    let payouts = try await ledger.store.write { transaction in
      let store = PayoutStore(transaction: transaction)
      let payouts = try store.payouts(in: batch).filter(\.isOnItsWay)
      let reason = PayoutReason(code: .outcomeUnknown, text: "?", owner: "nobody")
      switch chance {
      case 0: try store.postpone(batch, .unknown, reason, until: 0)
      case 1: try store.refuse(batch, payouts, ("VALIDATION_ERROR", "no"))
      case 2: try store.refuse(batch, payouts, ("INSUFFICIENT_FUNDS", "no"))
      default: try store.accept(batch, batchID: "B\(batch.senderBatchID)", pollAt: 0)
      }
      return payouts
    }
    if chance == 1 || chance == 2 {
      for payout in payouts { model.sendings[payout.payoutID] = nil }
    }
  }

  /// What a look at a batch says about each of its items.
  private mutating func settle(_ batch: PayoutBatch) async throws {
    let payouts = try await ledger.store.read {
      try PayoutStore(transaction: $0).payouts(in: batch).filter(\.isOnItsWay)
    }
    var settlements: [PayoutStore.Settlement] = []
    for payout in payouts {
      let (verdict, chance) = (try verdict(payout), payout.payoutID)
      switch verdict {
      case .paid(let fee): model.sendings[chance]?.fee = fee?.minorUnits ?? 0
      case .ended: model.sendings[chance] = nil
      case .open: break
      }
      settlements.append(.init(payout: payout, itemID: "I", verdict: verdict))
    }
    // A second look changes nothing.
    for _ in 1...2 {
      try await ledger.store.write { [settlements] transaction in
        let store = PayoutStore(transaction: transaction)
        try store.settle(settlements)
        try store.lookAgain(at: batch, base: 1000)
      }
    }
  }

  private mutating func verdict(_ payout: Ledger.Payout) throws -> PayoutVerdict {
    let reason = PayoutReason(code: .refusedByPayPal, text: "no", owner: "platform")
    switch number(0...9) {
    case 0: return .open(.unclaimed, reason)
    case 1: return .open(.submitted, nil)
    case 2: return .ended(.failed, reason)
    case 3: return .ended(.returned, reason)
    default:
      return .paid(fee: Amount(minorUnits: number(0...30), currency: payout.due.currency))
    }
  }

  private func retry(_ payout: Contract.Payout) async throws {
    let balance = try await ledger.client.getBalance(
      .init(
        account: account(payout), environment: .sandbox, currency: payout.due?.currency ?? ""),
      options: LedgerUnderTest.asOperator)
    func retry() async throws -> Contract.Payout {
      try await ledger.client.retryPayout(
        .init(payoutID: payout.payoutID), options: LedgerUnderTest.asOperator)
    }
    if balance.available?.minorUnits ?? 0 > 0 {
      #expect(try await retry().state == .pending)
    } else {
      await ledger.expectRefused(.failedPrecondition, reason: "BALANCE_TOO_LOW") {
        _ = try await retry()
      }
    }
  }
}
