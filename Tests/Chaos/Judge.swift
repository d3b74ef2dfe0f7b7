import Contract
import Support

/// Holds what the services say against what really happened, order by order and in the books.
struct Judge: Sendable {
  let scenarios: [Scenario]
  let aftermath: Aftermath
  let notes: Notes

  func judgeOrders() {
    let truth = aftermath.truth
    let captures = Dictionary(grouping: truth.paypal.captures, by: \.customID)
    let refunds = Dictionary(grouping: truth.paypal.refunds, by: \.customID)
    let bought = Dictionary(grouping: truth.aliexpress.orders) {
      $0.boughtFor ?? ""
    }
    for stray in bought[""] ?? [] { notes.violated("\(stray.id) was bought for no order") }
    let sent = Dictionary(grouping: truth.paypal.payouts) {
      Scenario.orderID(in: $0.senderItemID) ?? ""
    }
    for scenario in scenarios {
      let name = scenario.orderID
      guard let order = aftermath.orders[name] else {
        notes.violated("the order is lost", name)
        continue
      }
      judge(
        order,
        World(
          captures: (captures[name] ?? []).filter { $0.status != "DECLINED" },
          refunds: (refunds[name] ?? []).filter { $0.status == "COMPLETED" },
          bought: (bought[name] ?? []).filter { !notes.closed.contains($0.id) },
          sent: (sent[name] ?? []).filter { $0.status == "SUCCESS" }))
    }
    for text in aftermath.open {
      notes.violated("not settled in time: \(text)", Scenario.orderID(in: text) ?? "")
    }
  }

  /// What really happened about one order.
  private struct World {
    let captures: [SandboxControl.Truth.Capture]
    let refunds: [SandboxControl.Truth.Refund]
    let bought: [SandboxControl.Truth.SupplierOrder]
    let sent: [SandboxControl.Truth.Payout]
  }

  private func judge(_ order: Contract.Order, _ world: World) {
    let name = order.orderID
    func expect(_ isTrue: Bool, _ text: String) {
      if !isTrue { notes.violated(text, name) }
    }
    expect(world.captures.count <= 1, "captured \(world.captures.count) times")
    let captured = world.captures.reduce(0) { $0 + cents($1.amount) }
    let refunded = world.refunds.reduce(0) { $0 + cents($1.amount) }
    expect(refunded <= captured, "\(refunded) cents went back of \(captured)")
    expect(world.refunds.count <= 1, "refunded \(world.refunds.count) times")
    let pieces = world.bought.reduce(0) { $0 + $1.count }
    expect(pieces <= Int(order.quantity), "\(pieces) pieces bought, \(order.quantity) ordered")
    // Where the goods go is the order's own address, whichever way they were bought.
    for bought in world.bought {
      expect(bought.address.address == order.shipTo?.line1, "sent to \(bought.address.address)")
      expect(
        bought.outOrderID == world.bought.first?.outOrderID, "bought under several keys")
    }
    if !Aftermath.isOver(order) {
      expect(order.waiting?.reason?.code.isEmpty == false, "it waits without a reason")
      return
    }
    let isKept = [.purchased, .shipped, .delivered].contains(order.state)
    let isBack = order.state == .refunded
    expect((world.captures.count == 1) == (isKept || isBack), "captures do not fit its state")
    expect(refunded == (isBack ? captured : 0), "refunds do not fit its state")
    expect((pieces == 1) == isKept, "purchases do not fit its state")
    if isKept {
      expect(
        Set(world.bought.map(\.id)) == Set(order.supplierOrderIDs), "it names other supplier orders"
      )
      let cost = world.bought.reduce(0) { $0 + cents($1.amount) }
      expect(order.landedCost?.minorUnits == cost, "the supplier charged \(cost) cents")
    }
    judgePayouts(name, world.sent, isDue: isKept && order.userID != 0)
    if isKept, order.userID != 0 {
      judgeDues(order, isByReseller: world.bought.allSatisfy { $0.path == "api" })
    }
  }

  /// What is owed of a sale: a tenth of the profit to the administrator, the rest to the reseller, and
  /// the cost as well where his account paid the supplier.
  private func judgeDues(_ order: Contract.Order, isByReseller: Bool) {
    guard let price = order.price?.minorUnits, let fee = order.paymentFee?.minorUnits,
      let cost = order.landedCost?.minorUnits
    else { return notes.violated("it was sold without price, fee or cost", order.orderID) }
    let profit = price - fee - cost
    let commission = (max(profit, 0) * 1000 + 5000) / 10_000
    let dues = [
      "admin": commission, "reseller": profit - commission + (isByReseller ? cost : 0),
    ]
    for payout in aftermath.payouts[order.orderID] ?? [] {
      let part = String(payout.payoutID.split(separator: "/").last ?? "")
      let due = payout.due?.minorUnits ?? 0
      if dues[part] != due {
        notes.violated(
          "\(payout.payoutID) is due with \(due) cents, not \(dues[part] ?? 0)", order.orderID)
      }
    }
  }

  private func judgePayouts(
    _ name: String, _ sent: [SandboxControl.Truth.Payout], isDue: Bool
  ) {
    let payouts = aftermath.payouts[name] ?? []
    if payouts.count != (isDue ? 2 : 0) { notes.violated("it has \(payouts.count) payouts", name) }
    let known = Set(payouts.map(\.key))
    for transfer in sent where !known.contains(where: { transfer.senderItemID.hasPrefix($0) }) {
      notes.violated("\(transfer.senderItemID) was sent for no payout", name)
    }
    for payout in payouts {
      let transfers = sent.filter { $0.senderItemID.hasPrefix(payout.key) }
      let isPaid = payout.state == .paid
      if transfers.count > 1 || (transfers.count == 1) != isPaid {
        notes.violated(
          "\(payout.payoutID) is \(payout.state.shortName) and was sent \(transfers.count) times",
          name)
      }
    }
  }

  // MARK: The books

  func judgeBooks(_ cluster: Cluster) async throws {
    let options = Market.options
    let found = try await cluster.ledger.checkInvariants(.init(), options: options)
    for violation in found.violations {
      notes.violated("the ledger says: \(violation.rule) \(violation.subject) \(violation.text)")
    }
    let verified = try await cluster.ledger.verifyJournal(.init(), options: options)
    if !verified.isValid {
      notes.violated("the journal is broken at \(verified.firstBadEntryID)")
    }
    let trial = try await cluster.ledger.trialBalance(
      .init(environment: .sandbox, currency: "USD"), options: options)
    for total in trial.totals where total.difference?.minorUnits != 0 {
      notes.violated("debits and credits differ by \(total.difference?.minorUnits ?? 0) cents")
    }
    if trial.totals.isEmpty { notes.violated("the trial balance is empty") }
    let real = aftermath.truth.paypal.balances["USD"] ?? Market.floatCents
    expect("paypal", real, in: trial)
    for account in ["buyerDeposits", "payoutsInTransit"] { expect(account, 0, in: trial) }
  }

  private func expect(_ account: String, _ expected: Int64, in trial: TrialBalanceResponse) {
    let balance = trial.lines.first { $0.account == account }?.balance?.minorUnits ?? 0
    if balance != expected {
      notes.violated("\(account) holds \(balance) cents in the books, \(expected) in truth")
    }
  }
}
