import Contract
import RPC
import Support
import Testing

@testable import Ledger

/// What orders brought.
@Suite struct ProfitTests {
  private typealias Page = LedgerUnderTest

  /// All pages of a report, few lines at a time.
  private func lines(
    _ ledger: LedgerUnderTest, _ grouping: ProfitGrouping, user: Int64 = 0
  ) async throws -> (lines: [ProfitLine], totals: [ProfitLine]) {
    var request = GetProfitRequest(
      environment: .sandbox, grouping: grouping, userID: user, pageSize: 7)
    var (lines, totals) = ([ProfitLine](), [ProfitLine]())
    repeat {
      let page = try await ledger.client.getProfit(request, options: Page.asOperator)
      lines += page.lines
      totals = page.totals
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return (lines, totals)
  }

  private static func figures(_ line: ProfitLine) -> [Int64] {
    [
      line.sales, line.refunds, line.paymentFees, line.supplierCost, line.gross, line.commission,
      line.resellerShare,
    ].map { $0?.minorUnits ?? 0 }
  }

  private static func sum(_ lines: [ProfitLine], _ currency: String) -> [Int64] {
    lines.filter { $0.sales?.currency == currency }.map(figures)
      .reduce([0, 0, 0, 0, 0, 0, 0]) { zip($0, $1).map(+) }
  }

  @Test(arguments: [21, 22] as [UInt64])
  func `every grouping comes to the sums of the trial balance`(_ seed: UInt64) async throws {
    let ledger = try LedgerUnderTest()
    var history = RandomHistory(ledger, seed: seed)
    try await history.run(steps: 200)
    let trial = try await ledger.client.trialBalance(
      .init(environment: .sandbox), options: Page.asOperator)
    func balance(_ account: String, _ currency: String) -> Int64 {
      trial.lines.first { $0.account == account && $0.balance?.currency == currency }?.balance?
        .minorUnits ?? 0
    }
    for grouping in [ProfitGrouping.order, .product, .reseller, .month] {
      let report = try await lines(ledger, grouping)
      #expect(
        Set(report.lines.map { "\($0.key) \($0.sales?.currency ?? "")" }).count
          == report.lines.count)
      for currency in RandomHistory.currencies {
        let expected = [
          -balance("sales", currency), balance("refunds", currency),
          balance("paymentFees", currency), balance("supplierCost", currency),
          balance("commission", currency) + balance("resellerShare", currency),
          balance("commission", currency), balance("resellerShare", currency),
        ]
        #expect(Self.sum(report.lines, currency) == expected, "\(grouping) \(currency)")
        #expect(Self.sum(report.totals, currency) == expected, "\(grouping) \(currency)")
      }
    }
    let byOrder = try await lines(ledger, .order)
    for order in history.model.orders where order.cost != nil {
      let line = try #require(byOrder.lines.first { $0.key == order.id })
      #expect(
        Self.figures(line) == [
          order.price, order.refunded, order.fee, order.paid, order.gross, order.commission,
          order.net,
        ], "\(order.id)")
    }
  }

  @Test func `a month holds what occurred in it, and a reseller sees his own`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    try await ledger.sell("o-2", user: 7)
    // 2026-10-01 00:00 UTC and a millisecond before.
    for (order, time) in [("o-3", 1_790_812_800_000), ("o-4", 1_790_812_799_999)]
      as [(String, Int64)]
    {
      var capture = Page.capture(order)
      var sale = Page.sale(order)
      (capture.occurredAt, sale.occurredAt) = (
        Timestamp(milliseconds: time), Timestamp(milliseconds: time)
      )
      _ = try await ledger.client.recordCapture(capture, options: Page.asSystem)
      _ = try await ledger.client.recordSale(sale, options: Page.asSystem)
    }
    let months = try await lines(ledger, .month)
    #expect(months.lines.map { "\($0.key) \($0.orders)" } == ["2026-09 3", "2026-10 1"])
    let own = try await ledger.client.getProfit(
      .init(environment: .sandbox, grouping: .reseller),
      options: CallOptions().acting("reseller:7"))
    #expect(own.lines.map(\.key) == ["7"] && own.totals.map(\.orders) == [1])
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.getProfit(
        .init(environment: .sandbox, grouping: .reseller, userID: 42),
        options: CallOptions().acting("reseller:7"))
    }
    await ledger.expectRefused(.invalidArgument, fields: ["grouping"]) {
      _ = try await ledger.client.getProfit(
        .init(environment: .sandbox), options: Page.asOperator)
    }
  }

  @Test func `captures are listed by order, sold or not, all or those that are named`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    _ = try await ledger.client.recordCapture(Page.capture("o-2"), options: Page.asSystem)
    var request = ListCapturesRequest(pageSize: 1)
    let first = try await ledger.client.listCaptures(request, options: Page.asOperator)
    #expect(first.sales.map(\.captureID) == ["CAP-o-1"] && first.sales[0].landedCost != nil)
    request.pageToken = first.nextPageToken
    let second = try await ledger.client.listCaptures(request, options: Page.asOperator)
    #expect(second.sales.map(\.orderID) == ["o-2"] && second.sales[0].landedCost == nil)
    #expect(second.nextPageToken.isEmpty)
    let named = try await ledger.client.listCaptures(
      .init(orderIDs: ["o-2", "o-9"]), options: Page.asOperator)
    #expect(named.sales.map(\.orderID) == ["o-2"])
  }

  @Test func `rates are kept with who set them, when and why`() async throws {
    let ledger = try LedgerUnderTest()
    for (rate, note) in [(1000, "opening"), (800, "summer"), (800, "again")] as [(Int32, String)] {
      _ = try await ledger.client.setCommissionRate(
        .init(userID: 42, rateBps: rate, note: note), options: Page.asOperator)
    }
    let history = try await ledger.client.listCommissionRates(
      .init(userID: 42), options: Page.asOperator)
    #expect(history.rates.map(\.rateBps) == [800, 1000])
    #expect(history.rates.map(\.note) == ["summer", "opening"])
    #expect(history.rates.allSatisfy { $0.setBy == "operator:test" && $0.updatedAt != nil })
    let page = try await ledger.client.listCommissionRates(
      .init(userID: 42, pageSize: 1), options: Page.asOperator)
    let next = try await ledger.client.listCommissionRates(
      .init(userID: 42, pageSize: 1, pageToken: page.nextPageToken), options: Page.asOperator)
    #expect(next.rates.map(\.rateBps) == [1000] && next.nextPageToken.isEmpty)
  }

  @Test func `entries are listed in their order, and one order's alone`() async throws {
    let ledger = try LedgerUnderTest()
    for order in ["o-1", "o-2"] { try await ledger.sell(order) }
    let first = try await ledger.client.listEntries(
      .init(environment: .sandbox, pageSize: 3), options: Page.asOperator)
    let rest = try await ledger.client.listEntries(
      .init(environment: .sandbox, pageSize: 3, pageToken: first.nextPageToken),
      options: Page.asOperator)
    #expect((first.entries + rest.entries).map(\.sequence) == [1, 2, 3, 4])
    let own = try await ledger.client.listEntries(
      .init(environment: .sandbox, orderID: "o-2"), options: Page.asOperator)
    #expect(own.entries.map(\.entryID) == ["o-2/capture", "o-2/sale"])
  }
}
