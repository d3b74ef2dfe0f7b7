import Contract
import Money
import Store
import Support
import Testing

@testable import Ledger

/// The check of the books that goes on while the ledger works.
@Suite(.timeLimit(.minutes(1))) struct CheckerTests {
  private typealias Page = LedgerUnderTest

  private static let openGuards = [
    "PRAGMA ignore_check_constraints = ON", "DROP TRIGGER IF EXISTS journalEntryIsNotChanged",
    "DROP TRIGGER IF EXISTS journalEntryIsNotDeleted", "DROP TRIGGER IF EXISTS postingIsNotChanged",
    "DROP TRIGGER IF EXISTS postingIsNotDeleted", "DROP TRIGGER IF EXISTS captureIsNotChanged",
    "DROP TRIGGER IF EXISTS saleIsNotChanged",
    "DROP TRIGGER IF EXISTS payoutOnItsWayIsNotChanged",
    "DROP TRIGGER IF EXISTS refundIsNotChanged",
  ]

  /// Three orders: one paid out in part and disputed, one refunded in part, one not sold yet.
  private func busyLedger() async throws -> LedgerUnderTest {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.putRecipients()
    for order in ["o-1", "o-2"] { try await ledger.sell(order) }
    _ = try await ledger.client.recordCapture(Page.capture("o-3"), options: Page.asSystem)
    try await ledger.refund("o-2", "r-1", 500, supplier: 100)
    let sending = try await ledger.composeBatch()
    try await ledger.store.write { transaction in
      let payouts = PayoutStore(transaction: transaction)
      try payouts.accept(sending.batch, batchID: "B", pollAt: 0)
      try payouts.settle([
        .init(
          payout: try payouts.require("o-1/reseller"), itemID: "I", verdict: .paid(fee: nil))
      ])
    }
    try await ledger.dispute("o-1", "PP-1", .opened, 300)
    return ledger
  }

  private func checker(_ ledger: LedgerUnderTest, stepSize: Int = 2) -> BookChecker {
    BookChecker(
      store: ledger.store, logger: Page.logger, pause: .milliseconds(1), stepSize: stepSize)
  }

  private func kept(_ ledger: LedgerUnderTest) async throws -> CheckInvariantsResponse {
    try await ledger.client.checkInvariants(.init(keptOnly: true), options: Page.asOperator)
  }

  private func plant(_ ledger: LedgerUnderTest, _ statements: [String]) async throws {
    try await ledger.store.write { transaction in
      for sql in Self.openGuards + statements { try transaction.run(sql) }
    }
  }

  @Test(arguments: [
    (
      ["UPDATE account SET debits = debits + 1 WHERE name = 'sales'"], "debits equal credits",
      "sandbox USD"
    ),
    (
      ["UPDATE account SET debits = debits + 1, credits = credits + 1 WHERE name = 'sales'"],
      JournalWalk.sumsRule, "sandbox sales USD"
    ),
    (
      ["UPDATE posting SET amount = amount + 1 WHERE sequence = 2 AND line = 1"],
      JournalWalk.chainRule, "o-1/capture"
    ),
    (
      ["DELETE FROM posting WHERE sequence = 3", "DELETE FROM journalEntry WHERE sequence = 3"],
      JournalWalk.chainRule, "o-2/capture"
    ),
    (
      ["UPDATE sale SET net = net + 1 WHERE orderID = 'o-1'"],
      "price = payment fee + landed cost + commission + net", "o-1"
    ),
    (
      ["UPDATE sale SET commission = commission + 1, net = net - 1 WHERE orderID = 'o-2'"],
      "the commission is the rate's share of the gross, rounded half up", "o-2"
    ),
    (
      ["UPDATE capture SET price = price + 1 WHERE orderID = 'o-1'"],
      "a sale has the terms of its capture", "o-1"
    ),
    (
      ["UPDATE capture SET price = price + 1 WHERE orderID = 'o-3'"],
      "buyerDeposits holds the captures without a sale, less their refunds", "sandbox USD"
    ),
    (
      ["UPDATE dispute SET held = held + 1"], "disputeHolds holds what open disputes are about",
      "sandbox USD"
    ),
    (
      ["UPDATE payout SET state = 'PAID' WHERE payoutID = 'o-1/admin'"],
      "payoutsInTransit holds the payouts that are on their way", "sandbox USD"
    ),
    (
      ["UPDATE payout SET amount = amount - 1 WHERE payoutID = 'o-1/reseller'"],
      "a payout is booked as PayPal's answers say", "o-1/reseller"
    ),
    (
      ["DELETE FROM intent"],
      "a payout that is not over has its intent", "o-1/admin"
    ),
    (
      [
        """
        INSERT INTO payoutEnd VALUES ('o-1/admin', 1, 'FAILED', 5, 'a@b', '', '', 'X', '', '', 0)
        """
      ],
      "a payout that ended without payment is given back to its payee", "o-1/admin"
    ),
    (
      ["UPDATE refund SET refunded = 2001"], "no more is given back than was paid", "o-2"
    ),
    (
      [
        """
        UPDATE posting SET debit = 'sales', credit = 'buyerDeposits' WHERE line = 1 AND sequence = (
          SELECT sequence FROM journalEntry WHERE entryID = 'o-1/sale')
        """
      ],
      "price - refunded = payment fee + landed cost - supplier refunded + commission + net, "
        + "as posted", "o-1"
    ),
    (
      ["UPDATE journalEntry SET orderID = 'o-9' WHERE entryID = 'o-1/capture'"],
      "a sold order has nothing in buyerDeposits", "o-1"
    ),
    (
      [
        "DELETE FROM posting WHERE sequence = (SELECT MAX(sequence) FROM journalEntry)",
        "DELETE FROM journalEntry WHERE sequence = (SELECT MAX(sequence) FROM journalEntry)",
      ],
      JournalWalk.seenRule, "entry 13"
    ),
  ])
  func `a planted error is found and named, and kept until it is over`(
    _ statements: [String], _ rule: String, _ subject: String
  ) async throws {
    let ledger = try await busyLedger()
    try await checker(ledger).pass()
    let before = try await kept(ledger)
    #expect(before.violations == [] && before.passedAt != nil)
    try await plant(ledger, statements)
    try await checker(ledger).pass()
    let found = try await kept(ledger).violations
    #expect(
      found.contains { $0.rule == rule && $0.subject == subject && $0.foundAt != nil },
      "\(found)")
    try await checker(ledger, stepSize: 500).pass()
    #expect(try await kept(ledger).violations == found)
  }

  @Test func `a finding that a later pass does not see is over`() async throws {
    let ledger = try await busyLedger()
    try await plant(ledger, ["UPDATE dispute SET held = held + 1"])
    try await checker(ledger).pass()
    #expect(try await kept(ledger).violations.count == 1)
    try await plant(ledger, ["UPDATE dispute SET held = held - 1"])
    try await checker(ledger).pass()
    #expect(try await kept(ledger).violations == [])
  }

  @Test func `it goes on beside the ledger's work and finds what happens meanwhile`()
    async throws
  {
    let ledger = try await busyLedger()
    let checker = checker(ledger)
    let running = Task { await checker.run() }
    defer { running.cancel() }
    for number in 10..<40 { try await ledger.sell("o-\(number)") }
    _ = try await eventually("a pass is over") { try await kept(ledger).passedAt }
    #expect(try await kept(ledger).violations == [])
    try await plant(ledger, ["UPDATE account SET debits = debits + 1 WHERE name = 'paypal'"])
    let found = try await eventually("it is found") {
      let found = try await kept(ledger).violations
      return found.count == 2 ? found : nil
    }
    #expect(Set(found.map(\.subject)) == ["sandbox USD", "sandbox paypal USD"])
    running.cancel()
    await running.value
  }

  @Test func `a walk that was interrupted goes on where it was`() async throws {
    let ledger = try await busyLedger()
    let half = try await ledger.store.read {
      try BookChecker.step(JournalWalk(), 3, $0).0
    }
    #expect(half.sequence == 3 && !half.sums.isEmpty)
    try await ledger.store.write { try CheckStore(transaction: $0).keep(half) }
    #expect(try await ledger.store.read { try CheckStore(transaction: $0).walk() } == half)
    try await checker(ledger).pass()
    #expect(try await kept(ledger).violations == [])
    // What it has read before it does not read again: a wrong place is noticed at the next entry.
    let wrong = try #require(
      JournalWalk(sequence: 3, hash: JournalHash.start, sumsText: half.sumsText))
    try await ledger.store.write { try CheckStore(transaction: $0).keep(wrong) }
    try await checker(ledger).pass()
    #expect(try await kept(ledger).violations.map(\.rule) == [JournalWalk.chainRule])
  }

  @Test func `a finding follows the figures and keeps the time when it was seen first`()
    async throws
  {
    let ledger = try await busyLedger()
    try await plant(ledger, ["UPDATE dispute SET held = held + 1"])
    try await checker(ledger).pass()
    let first = try #require(try await kept(ledger).violations.first)
    #expect(first.text == "balance 300, open disputes 301")
    try await plant(ledger, ["UPDATE dispute SET held = held + 1"])
    let now = try await ledger.client.checkInvariants(.init(), options: Page.asOperator)
    #expect(now.violations.map(\.text) == ["balance 300, open disputes 302"])
    #expect(now.violations.map(\.foundAt) == [first.foundAt])
    try await checker(ledger).pass()
    #expect(try await kept(ledger).violations == now.violations)
  }

  @Test func `of what breaks one rule a hundred are named, and how many more there are`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    for number in 1...103 { try await ledger.sell("o-\(number)") }
    try await plant(ledger, ["UPDATE sale SET net = net + 1"])
    let rule = "price = payment fee + landed cost + commission + net"
    func named(_ answer: CheckInvariantsResponse) -> [Violation] {
      answer.violations.filter { $0.rule == rule }
    }
    let now = named(
      try await ledger.client.checkInvariants(.init(), options: Page.asOperator))
    #expect(now.count == 101 && now.last?.subject == "others")
    #expect(now.last?.text == "3 more break this rule")
    try await checker(ledger, stepSize: 10).pass()
    let found = named(try await kept(ledger))
    #expect(Set(found.map(\.subject)) == Set(now.map(\.subject)))
    #expect(found.first { $0.subject == "others" }?.text == "3 more break this rule")
  }
}
