import Contract
import Money
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// Payouts that are held, gathered and paid on paydays.
@Suite struct PayoutTermsTests {
  private typealias Page = LedgerUnderTest

  private static let hour: Int64 = 3_600_000
  private static let day: Int64 = 24 * hour

  private typealias Terms = Ledger.PayoutTerms

  struct Payday: Sendable {
    let schedule: Ledger.PayoutTerms.Schedule
    var hour: Int64 = 0
    var weekday: Int64 = 0
    /// Hours since Thursday 1 January 1970.
    let from: Int64
    let expected: Int64
  }

  private static let paydays: [Payday] = [
    Payday(schedule: .daily, from: 0, expected: 0), Payday(schedule: .daily, from: 1, expected: 24),
    Payday(schedule: .daily, hour: 6, from: 1, expected: 6),
    Payday(schedule: .daily, hour: 6, from: 6, expected: 6),
    Payday(schedule: .daily, hour: 6, from: 7, expected: 30),
    Payday(schedule: .weekly, weekday: 4, from: 0, expected: 0),
    Payday(schedule: .weekly, weekday: 5, from: 0, expected: 24),
    Payday(schedule: .weekly, weekday: 3, from: 1, expected: 6 * 24),
    Payday(schedule: .weekly, hour: 9, weekday: 1, from: 4 * 24 + 9, expected: 4 * 24 + 9),
    Payday(schedule: .weekly, hour: 9, weekday: 1, from: 4 * 24 + 10, expected: 11 * 24 + 9),
    Payday(schedule: .perSale, from: 17, expected: 17),
  ]

  @Test(arguments: paydays)
  func `the payday is the first at or after a moment`(
    _ row: Payday
  ) {
    let terms = Terms(
      schedule: row.schedule, hour: row.hour, weekday: row.weekday, minimum: .zero(.usd))
    #expect(terms.payday(from: row.from * Self.hour) == row.expected * Self.hour)
    #expect(terms.lastPayday(at: row.expected * Self.hour) == row.expected * Self.hour)
  }

  private func set(
    _ ledger: LedgerUnderTest, _ schedule: PayoutSchedule, payee: String = "reseller:42",
    minimum: Int64? = nil, holdHours: Int32 = 0
  ) async throws -> Contract.PayoutTerms {
    try await ledger.client.setPayoutTerms(
      .init(
        payee: payee, environment: .sandbox, currency: "USD", schedule: schedule,
        weekday: schedule == .weekly ? 1 : 0, minimum: minimum.map { Page.usd($0) },
        holdHours: holdHours), options: Page.asOperator)
  }

  /// Lets all that waits have been made earlier.
  private func pass(_ ledger: LedgerUnderTest, days: Int64) async throws {
    let milliseconds = days * Self.day
    try await ledger.store.write { transaction in
      try transaction.run(
        "UPDATE payout SET createdAt = createdAt - $1, nextAt = MAX(0, nextAt - $1)",
        [.integer(milliseconds)])
      try PayoutStore(transaction: transaction).send(PayoutLane(.sandbox, .usd))
    }
  }

  @Test func `a share is held after its sale, and its money is not free meanwhile`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients()
      try await ledger.fund()
      #expect(try await set(ledger, .perSale, holdHours: 48).version == 1)
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/admin", .paid)
      let held = try await ledger.wait(for: "o-1/reseller", .pending, "HELD")
      #expect(held.nextAt?.milliseconds == (held.createdAt?.milliseconds ?? 0) + 48 * Self.hour)
      await ledger.expectRefused(.failedPrecondition, reason: "BALANCE_TOO_LOW") {
        _ = try await ledger.client.requestPayout(
          .init(payoutID: "now", payee: "reseller:42", environment: .sandbox, amount: Page.usd(1)),
          options: Page.asOperator)
      }
      try await pass(ledger, days: 2)
      try await ledger.wait(for: "o-1/reseller", .paid)
      #expect(ledger.payPal.sent.last?.transfer.senderItemID == "o-1-reseller-1")
    }
  }

  @Test func `what gathered is one payout on the payday, and covers the payouts of the sales`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      _ = try await set(ledger, .daily, minimum: 5000)
      try await ledger.sell("o-1")
      try await ledger.sell("o-2")
      try await ledger.wait(for: "o-2/reseller", .pending, "GATHERING")
      try await pass(ledger, days: 1)
      try await ledger.wait(for: "o-1/reseller", .pending, "BELOW_MINIMUM")
      try await ledger.sell("o-3")
      try await ledger.wait(for: "o-3/reseller", .pending, "GATHERING")
      ledger.payPal.items(become: "FAILED", error: "RECEIVER_ACCOUNT_LOCKED")
      try await pass(ledger, days: 1)
      let cover = "o-1/reseller-gathered"
      try await ledger.wait(for: cover, .failed)
      let covered = try await ledger.payout("o-3/reseller")
      #expect(covered.coveredBy == cover && covered.state == .failed)
      await ledger.expectRefused(.failedPrecondition, reason: "COVERED") {
        _ = try await ledger.client.retryPayout(
          .init(payoutID: "o-3/reseller"), options: Page.asOperator)
      }
      ledger.payPal.items(become: "SUCCESS")
      _ = try await ledger.client.retryPayout(.init(payoutID: cover), options: Page.asOperator)
      let paid = try await ledger.wait(for: cover, .paid)
      #expect(paid.amount == Page.usd(3 * 1880) && paid.generation == 2)
      #expect(
        ledger.payPal.sent.map(\.transfer.senderItemID) == [
          "o-1-reseller-gathered-1", "o-1-reseller-gathered-2",
        ])
      let states = try await ledger.client.listPayouts(
        .init(payee: "reseller:42", state: .paid), options: Page.asOperator)
      #expect(states.payouts.count == 4)
      #expect(try await ledger.balance("reseller:42") == 0)
    }
  }

  @Test func `what waits for its payday can be had on demand, and is not paid again then`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      _ = try await set(ledger, .weekly, payee: "")
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/reseller", .pending, "GATHERING")
      _ = try await ledger.client.requestPayout(
        .init(
          payoutID: "now", payee: "reseller:42", environment: .sandbox, amount: Page.usd(1880)),
        options: Page.asOperator)
      try await ledger.wait(for: "now", .paid)
      try await ledger.sell("loss", price: 900, cost: 1000, fundedBy: "platform")
      try await pass(ledger, days: 7)
      let waiting = try await ledger.wait(for: "o-1/reseller", .pending, "BELOW_MINIMUM")
      #expect(waiting.reason?.text.contains("losses") == true)
      #expect(try await ledger.balance("reseller:42") == -100)
      try await ledger.sell("o-2")
      try await pass(ledger, days: 7)
      #expect(
        try await ledger.wait(for: "o-1/reseller-gathered", .paid).amount == Page.usd(1780))
      #expect(try await ledger.payout("o-2/reseller").state == .paid)
    }
  }

  @Test func `a reseller's own terms come before those of all, and new ones take hold at once`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      let all = try await set(ledger, .daily, payee: "")
      #expect(try await set(ledger, .daily, payee: "") == all)
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/reseller", .pending, "GATHERING")
      let own = try await set(ledger, .perSale)
      #expect(own.payee == "reseller:42" && own.setBy == "operator:test")
      try await ledger.wait(for: "o-1/reseller", .paid)
      let seen = try await ledger.client.getPayoutTerms(
        .init(payee: "reseller:7", environment: .sandbox, currency: "USD"),
        options: CallOptions().acting("reseller:7"))
      #expect(seen == all)
    }
  }

  @Test func `terms that cannot be right are refused`() async throws {
    let ledger = try LedgerUnderTest()
    func set(_ request: SetPayoutTermsRequest, _ fields: [String]) async {
      await ledger.expectRefused(.invalidArgument, fields: fields) {
        _ = try await ledger.client.setPayoutTerms(request, options: Page.asOperator)
      }
    }
    await set(
      .init(payee: "x", weekday: 1, holdHours: -1),
      ["payee", "environment", "currency", "schedule", "weekday", "hold_hours"])
    var terms = SetPayoutTermsRequest(
      environment: .sandbox, currency: "USD", schedule: .perSale, hour: 1, minimum: Page.usd(1))
    await set(terms, ["hour", "minimum"])
    (terms.schedule, terms.hour, terms.minimum) = (.weekly, 24, .init(currency: "EUR"))
    await set(terms, ["hour", "weekday", "minimum"])
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.setPayoutTerms(
        terms, options: CallOptions().acting("reseller:42"))
    }
  }
}
