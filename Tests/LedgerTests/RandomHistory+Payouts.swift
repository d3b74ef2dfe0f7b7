import Contract
import Money
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// One step of a payout at a time, with every outcome.
extension RandomHistory {
  mutating func movePayout() async throws {
    let found = try await ledger.client.listPayouts(
      .init(pageSize: 1000), options: LedgerUnderTest.asOperator)
    let open = found.payouts.filter { ![.paid, .notDue].contains($0.state) }
    guard let payout = pick(open) else { return }
    switch payout.state {
    case .pending: try await send(payout)
    case .failed, .returned: try await retry(payout)
    case .submitted where payout.paypalBatchID.isEmpty:
      try await write(payout.payoutID) { store, payout in
        try store.accept(
          payout, TransferReport(batchID: "B", batchStatus: "PENDING", item: nil), pollAt: 0)
      }
    default: try await end(payout)
    }
  }

  private func account(_ payout: Contract.Payout) -> String {
    payout.payee == "admin" ? "adminPayable" : payout.payee
  }

  private func order(_ payout: Contract.Payout) -> BookModel.Order? {
    model.orders.first { $0.id == payout.orderID }
  }

  private func write(
    _ payoutID: String, _ body: @escaping @Sendable (PayoutStore, Ledger.Payout) throws -> Void
  ) async throws {
    try await ledger.store.write { transaction in
      let store = PayoutStore(transaction: transaction)
      try body(store, store.require(payoutID))
    }
  }

  private mutating func send(_ payout: Contract.Payout) async throws {
    let currency = payout.due?.currency ?? ""
    var due = payout.due?.minorUnits ?? 0
    if let order = order(payout) {
      due = payout.payee == "admin" ? order.adminDue : order.resellerDue
      #expect(payout.due?.minorUnits == due, "\(payout.payoutID)")
    }
    let amount = min(due, model.owed(account(payout), currency))
    let isHeld = order(payout).map { !$0.holds.isEmpty } ?? false
    let platform =
      -model.owed("paypal", currency) - model.owed("payoutsInTransit", currency)
    switch try await ledger.prepare(payout.payoutID) {
    case .send(let sent, let isUntried):
      #expect(isUntried && !isHeld && sent.amount?.minorUnits == amount)
      #expect(amount > 0 && amount <= platform, "\(payout.payoutID)")
      model.sendings[payout.payoutID] = BookModel.Sending(
        account: account(payout), currency: currency, amount: amount)
    case .waits(_, let reason):
      let expected: PayoutReason.Code =
        isHeld ? .disputed : amount <= 0 ? .payeeBalanceTooLow : .platformBalanceTooLow
      #expect(reason.code == expected, "\(payout.payoutID)")
    case .tooLate, .settled: Issue.record("\(payout.payoutID) is \(payout.state.name)")
    }
  }

  private mutating func end(_ payout: Contract.Payout) async throws {
    let chance = number(0...9)
    if chance == 0 {
      return try await write(payout.payoutID) { store, payout in
        try store.postpone(
          payout, intent: PayoutStore.pollIntent, nil, state: .unclaimed, until: 0)
      }
    }
    if chance < 6 {
      let fee = number(0...30)
      try await write(payout.payoutID) { store, payout in
        try store.pay(
          payout, itemID: "I", fee: Amount(minorUnits: fee, currency: payout.due.currency))
      }
      model.sendings[payout.payoutID]?.fee = fee
      // A second look changes nothing.
      return try await write(payout.payoutID) { try $0.pay($1, itemID: "I", fee: nil) }
    }
    let state: Ledger.Payout.State = chance == 6 ? .pending : chance < 8 ? .failed : .returned
    let reason = PayoutReason(code: .refusedByPayPal, text: "no", owner: "platform")
    for _ in 1...2 {
      try await write(payout.payoutID) { store, payout in
        try store.reverse(payout, to: state, reason, itemID: "")
      }
    }
    model.sendings[payout.payoutID] = nil
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
