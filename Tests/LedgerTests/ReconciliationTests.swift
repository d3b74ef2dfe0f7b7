import Contract
import Money
import Outside
import PayPal
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// PayPal's list and items, held against the books.
@Suite struct ReconciliationTests {
  private typealias Page = LedgerUnderTest

  /// Of the tests' bookings, and an hour later.
  private static let noon: Int64 = 1_790_000_000_000
  private static let hour: Int64 = 3_600_000

  /// A PayPal that shows what a test says.
  private struct ShownActivity: ActivityGateway {
    var list: Outcome<PayPalTransactionList>
    var report: BatchReport

    func isConfigured(for environment: Contract.Environment) -> Bool { environment == .sandbox }
    func activity(in environment: Contract.Environment, from: Int64, until: Int64) async
      -> Outcome<PayPalTransactionList>
    { list }
    func look(atBatch batchID: String, in environment: Contract.Environment) async
      -> Outcome<BatchReport>
    { .done(report) }
  }

  private static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  /// What PayPal shows of `ledger()` when all is well.
  private static func lines(at now: Int64) -> [PayPalTransaction] {
    [
      PayPalTransaction(
        id: "CAP-o-1", eventCode: "T0006", initiatedAt: noon, amount: usd(2000), fee: usd(-100)),
      PayPalTransaction(
        id: "CAP-o-2", eventCode: "T0006", initiatedAt: noon, amount: usd(2000), fee: usd(-100)),
      PayPalTransaction(
        id: "REF", referenceID: "CAP-o-2", eventCode: "T1107", initiatedAt: noon + 2000,
        amount: usd(-500)),
      PayPalTransaction(
        id: "TX", eventCode: "T0001", initiatedAt: now - hour, amount: usd(-110), fee: usd(-25)),
      PayPalTransaction(
        id: "BANK", eventCode: "T0300", initiatedAt: now - hour, amount: usd(1_000_000)),
    ]
  }

  private static let item = BatchReport.Item(
    senderItemID: "o-1-admin-1", itemID: "I", status: "SUCCESS", amount: usd(110), fee: usd(25),
    transactionID: "TX")

  /// Two orders, one refunded in part, and one payout in a batch of its own.
  private func ledger() async throws -> LedgerUnderTest {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.putRecipients(["admin"])
    for order in ["o-1", "o-2"] { try await ledger.sell(order, fee: 100) }
    try await ledger.refund("o-2", "r-1", 500)
    let composed = try await ledger.compose(itemsMax: 1)
    guard case .send(let sending) = composed.composition else {
      throw Page.NotComposed(composed: "")
    }
    try await ledger.store.write { transaction in
      let payouts = PayoutStore(transaction: transaction)
      try payouts.accept(sending.batch, batchID: "B", pollAt: 0)
      try payouts.settle([
        .init(
          payout: try payouts.require("o-1/admin"), itemID: "I", verdict: .paid(fee: Self.usd(25)))
      ])
    }
    return ledger
  }

  /// Asks for the days of the tests' captures, then for those of its payouts.
  private func found(
    _ ledger: LedgerUnderTest,
    _ change: (inout [PayPalTransaction], inout [BatchReport.Item]) -> Void
  ) async throws -> (open: Set<String>, matched: Int64) {
    let now = try await ledger.store.read { $0.now }
    var (list, items) = (Self.lines(at: now), [Self.item])
    change(&list, &items)
    let service = LedgerService(
      store: ledger.store, logger: Page.logger,
      activity: ShownActivity(
        list: .done(PayPalTransactionList(transactions: list)),
        report: BatchReport(batchID: "B", batchStatus: "SUCCESS", items: items)))
    let client = LedgerClient(
      InProcessChannel(services: [service.rpcService()], logger: Page.logger))
    var (open, matched) = (Set<String>(), Int64(0))
    for (from, until) in [
      (Self.noon - Self.hour, Self.noon + Self.hour), (now - 2 * Self.hour, now + Self.hour),
    ] {
      let answer = try await client.reconcile(
        .init(
          environment: .sandbox, from: Timestamp(milliseconds: from),
          until: Timestamp(milliseconds: until)), options: Page.asOperator)
      matched += answer.tallies.reduce(0) { $0 + $1.matched }
      #expect(answer.tallies.reduce(0) { $0 + $1.open } == Int64(answer.lines.count))
      open.formUnion(
        answer.lines.map { "\($0.kind.shortName) \($0.reason.shortName) \($0.subject)" })
    }
    return (open, matched)
  }

  @Test func `what agrees is matched, line by line`() async throws {
    let found = try await found(try await ledger()) { _, _ in }
    #expect(found.open == [])
    // Three lines of the orders, the payout's line and item, and the top-up.
    #expect(found.matched == 6)
  }

  @Test func `what differs is listed with its reason`() async throws {
    let ledger = try await ledger()
    func open(
      _ change: (inout [PayPalTransaction], inout [BatchReport.Item]) -> Void
    ) async throws -> Set<String> { try await found(ledger, change).open }

    #expect(
      try await open { list, _ in list[0].amount = Self.usd(1999) } == [
        "CAPTURE AMOUNT_DIFFERS o-1/capture"
      ])
    #expect(
      try await open { list, _ in list[0].fee = Self.usd(-99) } == [
        "CAPTURE FEE_DIFFERS o-1/capture"
      ])
    #expect(
      try await open { list, _ in list[0].status = "P" } == [
        "CAPTURE PENDING_AT_PROVIDER o-1/capture"
      ])
    #expect(
      try await open { list, _ in list.remove(at: 0) } == ["CAPTURE NOT_AT_PROVIDER o-1/capture"])
    #expect(
      try await open { list, _ in list[2].amount = Self.usd(-501) } == [
        "REFUND NOT_IN_BOOKS a refund of order o-2", "REFUND NOT_AT_PROVIDER o-2/refund-r-1",
      ])
    #expect(
      try await open { list, _ in list[3].amount = Self.usd(-111) } == [
        "PAYOUT AMOUNT_DIFFERS o-1/admin"
      ])
    #expect(
      try await open { list, _ in list.remove(at: 3) } == ["PAYOUT NOT_YET_SHOWN o-1/admin"])
    #expect(
      try await open { list, _ in list[4].amount = Self.usd(-1) } == [
        "OTHER NOT_IN_BOOKS T0300", "FUNDING NOT_YET_SHOWN float/funding",
      ])
  }

  @Test func `an item of a batch that differs is listed with its reason`() async throws {
    let ledger = try await ledger()
    func open(_ change: (inout [BatchReport.Item]) -> Void) async throws -> Set<String> {
      try await found(ledger) { _, items in change(&items) }.open
    }
    func item(_ status: String, id: String = "o-1-admin-1", cents: Int64 = 110, fee: Int64 = 25)
      -> BatchReport.Item
    {
      BatchReport.Item(
        senderItemID: id, itemID: "I", status: status, amount: Self.usd(cents),
        fee: Self.usd(fee), transactionID: "TX")
    }
    #expect(
      try await open { $0 = [item("RETURNED")] } == ["PAYOUT STATE_DIFFERS o-1/admin"])
    #expect(
      try await open { $0 = [item("SUCCESS", cents: 111)] } == ["PAYOUT AMOUNT_DIFFERS o-1/admin"])
    #expect(
      try await open { $0 = [item("SUCCESS", fee: 26)] } == ["PAYOUT FEE_DIFFERS o-1/admin"])
    #expect(
      try await open { $0 = [] } == [
        "PAYOUT NOT_AT_PROVIDER o-1/admin", "OTHER NOT_IN_BOOKS T0001",
      ])
    #expect(
      try await open { $0.append(item("SUCCESS", id: "stranger")) }.contains(
        "PAYOUT NOT_IN_BOOKS stranger"))
  }

  @Test func `who may not see the list is told PayPal's code`() async throws {
    let ledger = try await ledger()
    let service = LedgerService(
      store: ledger.store, logger: Page.logger,
      activity: ShownActivity(
        list: .refused(Refusal(code: "NOT_AUTHORIZED", text: "no permission")),
        report: BatchReport(batchID: "B", batchStatus: "SUCCESS", items: [])))
    let client = LedgerClient(
      InProcessChannel(services: [service.rpcService()], logger: Page.logger))
    await ledger.expectRefused(.failedPrecondition, reason: "ACTIVITY_REFUSED") {
      _ = try await client.reconcile(.init(environment: .sandbox), options: Page.asOperator)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["until"]) {
      _ = try await client.reconcile(
        .init(
          environment: .sandbox, from: Timestamp(milliseconds: 0),
          until: Timestamp(milliseconds: 32 * 86_400_000)), options: Page.asOperator)
    }
    await ledger.expectRefused(.permissionDenied) {
      _ = try await client.reconcile(
        .init(environment: .sandbox), options: CallOptions().acting("reseller:7"))
    }
  }

  /// Asks for the last two hours, of a payout whose batch is as old as said.
  private func recent(_ ledger: LedgerUnderTest, batchAge: Int64) async throws
    -> ReconcileResponse
  {
    let now = try await ledger.store.write { transaction in
      try transaction.run("DROP TRIGGER IF EXISTS payoutBatchIsNotComposedAnew")
      try transaction.run(
        "UPDATE payoutBatch SET createdAt = $1", [.integer(transaction.now - batchAge)])
      try transaction.run(
        "UPDATE payout SET submittedAt = $1 WHERE senderBatchID <> ''",
        [.integer(transaction.now - batchAge)])
      return transaction.now
    }
    let list = Self.lines(at: now).filter { $0.id == "TX" }
    let service = LedgerService(
      store: ledger.store, logger: Page.logger,
      activity: ShownActivity(
        list: .done(PayPalTransactionList(transactions: list)),
        report: BatchReport(batchID: "B", batchStatus: "SUCCESS", items: [Self.item])))
    let client = LedgerClient(
      InProcessChannel(services: [service.rpcService()], logger: Page.logger))
    var answer = try await client.reconcile(
      .init(
        environment: .sandbox, from: Timestamp(milliseconds: now - 2 * Self.hour),
        until: Timestamp(milliseconds: now + Self.hour)), options: Page.asOperator)
    answer.lines.removeAll { $0.kind == .funding }
    return answer
  }

  @Test func `an item that PayPal paid weeks after its batch was sent is matched`() async throws {
    let ledger = try await ledger()
    let late = try await recent(ledger, batchAge: 29 * 24 * Self.hour)
    #expect(late.lines == [], "\(late.lines)")
    #expect(late.tallies.first { $0.kind == .payout }?.matched == 1)
    let tooOld = try await recent(ledger, batchAge: 40 * 24 * Self.hour)
    #expect(tooOld.lines.map(\.reason) == [.notInBooks])
  }

  @Test func `what a person attested to be paid is matched by the id that he named`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.putRecipients(["admin"])
    try await ledger.sell("o-1", fee: 100)
    try await ledger.store.write { try PayoutHold(transaction: $0).begin() }
    _ = try await ledger.client.attestPayout(
      .init(payoutID: "o-1/admin", finding: .paid, evidence: "activity", providerID: "TX"),
      options: Page.asOperator)
    let answer = try await recent(ledger, batchAge: 0)
    #expect(answer.lines == [], "\(answer.lines)")
    #expect(answer.tallies.first { $0.kind == .payout }?.matched == 1)
  }
}
