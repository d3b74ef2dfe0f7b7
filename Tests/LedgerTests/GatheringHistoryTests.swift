import Contract
import Money
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// Whatever is held, gathered, demanded, refunded, disputed and sent in whatever order: nobody gets
/// more than he is owed, and nobody gets anything twice.
@Suite struct GatheringHistoryTests {
  /// What a naive model knows of a reseller: what his orders earn by now, and what he got.
  private struct Account {
    var earned: Int64 = 0
    var held: Int64 = 0
    var got: Int64 = 0
    var onItsWay: Int64 = 0

    /// What the books must say that he is owed.
    var owed: Int64 { earned - held - got - onItsWay }
  }

  private struct Sold {
    let id: String
    let user: Int64
    let price: Int64
    var refunded: Int64 = 0
    var dispute: (id: String, amount: Int64)?

    /// Funded by the platform, without cost and fee, at 10 %.
    var net: Int64 {
      let gross = price - refunded
      return gross - (gross * 1000 + 5000) / 10_000
    }
  }

  private struct History {
    let ledger: LedgerUnderTest
    var numbers: SeededNumbers
    var orders: [Sold] = []
    /// By key at PayPal: to whom, and how much.
    var sent: [String: (user: Int64, amount: Int64)] = [:]
    var arrived: Set<String> = []
    var demands = 0
    let lane = PayoutLane(.sandbox, .usd)

    func account(_ user: Int64) -> Account {
      var account = Account()
      for order in orders where order.user == user {
        account.earned += order.net
        account.held += order.dispute?.amount ?? 0
      }
      for (key, one) in sent where one.user == user {
        if arrived.contains(key) {
          account.got += one.amount
        } else {
          account.onItsWay += one.amount
        }
      }
      return account
    }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
      Int64.random(in: range, using: &numbers)
    }

    mutating func step() async throws {
      switch number(0...11) {
      case 0...2: try await sell()
      case 3: try await refund()
      case 4: try await dispute()
      case 5: try await demand()
      case 6: try await changeTerms()
      case 7: try await pass()
      case 8...9: try await compose()
      default: try await settle()
      }
    }

    private mutating func sell() async throws {
      let order = Sold(
        id: "o-\(orders.count)", user: number(0...1) == 0 ? 7 : 42, price: number(1...3000))
      orders.append(order)
      try await ledger.sell(
        order.id, price: order.price, cost: 0, user: order.user, fundedBy: "platform")
    }

    private mutating func refund() async throws {
      guard let index = orders.indices.randomElement(using: &numbers) else { return }
      let left = orders[index].price - orders[index].refunded
      guard left > 0 else { return }
      let amount = number(1...left)
      orders[index].refunded += amount
      try await ledger.refund(orders[index].id, "r-\(number(0...Int64.max))", amount)
    }

    private mutating func dispute() async throws {
      guard let index = orders.indices.randomElement(using: &numbers) else { return }
      if let open = orders[index].dispute {
        orders[index].dispute = nil
        try await ledger.dispute(orders[index].id, open.id, .won)
      } else if orders[index].price > orders[index].refunded {
        let amount = number(1...(orders[index].price - orders[index].refunded))
        let id = "D-\(number(0...Int64.max))"
        orders[index].dispute = (id, amount)
        try await ledger.dispute(orders[index].id, id, .opened, amount)
      }
    }

    private mutating func demand() async throws {
      let user: Int64 = number(0...1) == 0 ? 7 : 42
      let balance = try await ledger.client.getBalance(
        .init(account: "reseller:\(user)", environment: .sandbox, currency: "USD"),
        options: LedgerUnderTest.asOperator)
      let free = balance.available?.minorUnits ?? 0
      #expect(free <= max(0, account(user).owed))
      guard free > 0 else { return }
      demands += 1
      _ = try await ledger.client.requestPayout(
        .init(
          payoutID: "now-\(demands)", payee: "reseller:\(user)", environment: .sandbox,
          amount: LedgerUnderTest.usd(number(1...free))), options: LedgerUnderTest.asOperator)
    }

    private mutating func changeTerms() async throws {
      let schedule = PayoutSchedule.allKnown.filter { $0 != .unspecified }
        .randomElement(using: &numbers)
      let isPerSale = schedule == .perSale
      _ = try await ledger.client.setPayoutTerms(
        .init(
          payee: "reseller:42", environment: .sandbox, currency: "USD",
          schedule: schedule ?? .perSale, weekday: schedule == .weekly ? 3 : 0,
          minimum: isPerSale ? nil : LedgerUnderTest.usd(number(0...4000)),
          holdHours: Int32(number(0...72))), options: LedgerUnderTest.asOperator)
    }

    private mutating func pass() async throws {
      let milliseconds = number(1...7 * 24) * 3_600_000
      try await ledger.store.write { transaction in
        try transaction.run(
          "UPDATE payout SET createdAt = createdAt - $1, nextAt = MAX(0, nextAt - $1)",
          [.integer(milliseconds)])
      }
    }

    private mutating func compose() async throws {
      let composed = try await ledger.compose(itemsMax: Int(number(1...5)))
      guard case .send(let sending) = composed.composition else { return }
      for payout in sending.payouts {
        guard case .reseller(let user) = payout.payee else { continue }
        let amount = payout.amount?.minorUnits ?? 0
        #expect(amount > 0 && amount <= account(user).owed, "\(payout.payoutID)")
        #expect(sent[payout.senderItemID] == nil, "\(payout.senderItemID) was sent before")
        sent[payout.senderItemID] = (user, amount)
      }
      try await ledger.store.write { transaction in
        try PayoutStore(transaction: transaction).accept(
          sending.batch, batchID: "B-\(sending.batch.senderBatchID)", pollAt: 0)
      }
    }

    /// Lets everything that is on its way arrive or come back.
    private mutating func settle() async throws {
      let open = try await ledger.store.read { transaction in
        let store = PayoutStore(transaction: transaction)
        return try store.payouts(.init(state: .submitted), after: 0, limit: 1000).map(\.1)
          .filter(\.coveredBy.isEmpty)
      }
      var settlements: [PayoutStore.Settlement] = []
      for payout in open {
        let isBack = number(0...3) == 0
        let reason = PayoutReason(code: .returnedByPayPal, text: "no", owner: "platform")
        settlements.append(
          .init(
            payout: payout, itemID: "I",
            verdict: isBack ? .ended(.returned, reason) : .paid(fee: nil)))
        if isBack {
          sent[payout.senderItemID] = nil
        } else {
          arrived.insert(payout.senderItemID)
        }
      }
      try await ledger.store.write { [settlements] transaction in
        let store = PayoutStore(transaction: transaction)
        for _ in 1...2 { try store.settle(settlements) }
      }
      for payout in open where sent[payout.senderItemID] == nil && payout.payee != .admin {
        // What came back is sent again, if there is anything left to send.
        _ = try? await ledger.client.retryPayout(
          .init(payoutID: payout.payoutID), options: LedgerUnderTest.asOperator)
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `nobody is paid twice, and no payout makes a balance negative`(_ seed: UInt64)
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.putRecipients(["reseller:7", "reseller:42"])
    try await ledger.fund()
    var history = History(ledger: ledger, numbers: SeededNumbers(seed: seed))
    for step in 1...250 {
      try await history.step()
      if step % 25 > 0 { continue }
      for user in [7, 42] as [Int64] {
        #expect(try await ledger.balance("reseller:\(user)") == history.account(user).owed)
      }
      try await ledger.expectSound()
    }
    let covered = try await ledger.store.read { transaction in
      try transaction.row("SELECT COUNT(*) AS count FROM payout WHERE coveredBy <> ''")
    }
    #expect(history.arrived.count > 10 && (covered?.int("count") ?? 0) > 0)
  }
}
