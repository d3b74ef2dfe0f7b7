import Contract
import RPC
import Testing

@testable import Ledger

/// Captures, sales and fundings in the books, read like ledger pages.
@Suite struct SaleTests {
  private typealias Page = LedgerUnderTest

  @Test func `capture   o-1  20.00 fee 0.00;  sale o-1  cost 8.00  rate 10%`() async throws {
    let ledger = try LedgerUnderTest()
    let sale = try await ledger.sell("o-1")
    #expect(sale.gross == Page.usd(1200))
    #expect(sale.commission == Page.usd(120))
    #expect(sale.net == Page.usd(1080))
    #expect(sale.commissionRateBps == 1000)
    #expect(sale.adminPayoutID == "o-1/admin" && sale.resellerPayoutID == "o-1/reseller")
    #expect(
      try await ledger.page() == [
        "o-1/capture: paypal <- buyerDeposits 20.00",
        "o-1/sale: buyerDeposits <- sales 20.00",
        "o-1/sale: supplierCost <- reseller:42 8.00",
        "o-1/sale: commission <- adminPayable 1.20",
        "o-1/sale: resellerShare <- reseller:42 10.80",
      ])
    #expect(try await ledger.balance("reseller:42") == 1880)
    #expect(try await ledger.balance("adminPayable") == 120)
    #expect(try await ledger.balance("buyerDeposits") == 0)
    #expect(try await ledger.payout("o-1/admin").due == Page.usd(120))
    #expect(try await ledger.payout("o-1/reseller").due == Page.usd(1880))
    try await ledger.expectSound()
  }

  @Test func `capture o-2  20.00 fee 1.19;  sale o-2  cost 8.00 by the platform`() async throws {
    let ledger = try LedgerUnderTest()
    let sale = try await ledger.sell("o-2", fee: 119, fundedBy: "platform")
    #expect([sale.gross, sale.commission, sale.net] == [1081, 108, 973].map { Page.usd($0) })
    #expect(
      try await ledger.page() == [
        "o-2/capture: paypal <- buyerDeposits 20.00",
        "o-2/capture: paymentFees <- paypal 1.19",
        "o-2/sale: buyerDeposits <- sales 20.00",
        "o-2/sale: supplierCost <- platformFunds 8.00",
        "o-2/sale: commission <- adminPayable 1.08",
        "o-2/sale: resellerShare <- reseller:42 9.73",
      ])
    try await ledger.expectSound()
  }

  @Test func `a loss is booked like a profit and nothing of it is due`() async throws {
    let ledger = try LedgerUnderTest()
    let sale = try await ledger.sell("loss", price: 900, cost: 1000, fundedBy: "platform")
    #expect([sale.gross, sale.commission, sale.net] == [-100, 0, -100].map { Page.usd($0) })
    #expect(try await ledger.balance("reseller:42") == -100)
    #expect(try await ledger.payout("loss/admin").state == .notDue)
    #expect(try await ledger.payout("loss/reseller").state == .notDue)
    try await ledger.expectSound()
  }

  @Test func `a house order leaves its shares with the platform and has no payouts`() async throws {
    let ledger = try LedgerUnderTest()
    let sale = try await ledger.sell("house", user: 0, fundedBy: "platform")
    #expect(sale.adminPayoutID.isEmpty && sale.resellerPayoutID.isEmpty)
    #expect(try await ledger.balance("platformFunds") == 2000)
    let payouts = try await ledger.client.listPayouts(.init(), options: Page.asOperator)
    #expect(payouts.payouts.isEmpty)
    try await ledger.expectSound()
  }

  @Test func `a replay answers as the first time and books nothing`() async throws {
    let ledger = try LedgerUnderTest()
    let captured = try await ledger.client.recordCapture(
      Page.capture("o-1"), options: Page.asSystem)
    let again = try await ledger.client.recordCapture(
      Page.capture("o-1"), options: Page.asSystem)
    #expect(captured == again)
    let sold = try await ledger.sell("o-1")
    _ = try await ledger.client.setCommissionRate(
      .init(userID: 42, rateBps: 5000), options: Page.asOperator)
    #expect(try await ledger.sell("o-1") == sold, "at the rate of the first time")
    try await ledger.fund()
    let page = try await ledger.page()
    try await ledger.fund()
    #expect(try await ledger.page() == page)
    #expect(page.count == 6)
  }

  @Test func `other content under the same id is refused and names the field`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    try await ledger.fund()
    let before = try await ledger.page()
    await ledger.expectRefused(.alreadyExists, fields: ["price"]) {
      try await ledger.sell("o-1", price: 2100)
    }
    for (field, sale) in [
      ("price", Page.sale("o-1", price: 2100)), ("landed_cost", Page.sale("o-1", cost: 801)),
      ("payment_fee", Page.sale("o-1", fee: 1)), ("user_id", Page.sale("o-1", user: 43)),
      ("funded_by", Page.sale("o-1", fundedBy: "platform")),
    ] {
      await ledger.expectRefused(.alreadyExists, reason: "OTHER_CONTENT", fields: [field]) {
        _ = try await ledger.client.recordSale(sale, options: Page.asSystem)
      }
    }
    var capture = Page.capture("o-1")
    capture.captureID = "other"
    let changed = capture
    await ledger.expectRefused(.alreadyExists, fields: ["capture_id"]) {
      _ = try await ledger.client.recordCapture(changed, options: Page.asSystem)
    }
    await ledger.expectRefused(.alreadyExists, fields: ["amount"]) {
      try await ledger.fund("float", 5)
    }
    var stolen = Page.capture("o-2")
    stolen.captureID = "CAP-o-1"
    let second = stolen
    await ledger.expectRefused(.alreadyExists, fields: ["capture_id"]) {
      _ = try await ledger.client.recordCapture(second, options: Page.asSystem)
    }
    #expect(try await ledger.page() == before)
  }

  @Test func `the same request many times at once makes one entry and one answer`() async throws {
    let ledger = try LedgerUnderTest()
    try await withThrowingTaskGroup(of: Sale.self) { group in
      for _ in 0..<16 { group.addTask { try await ledger.sell("o-1") } }
      let answers = try await group.reduce(into: Set<Sale>()) { $0.insert($1) }
      #expect(answers.count == 1)
    }
    #expect(try await ledger.page().count == 5)
    try await ledger.expectSound()
  }

  @Test func `a sale waits for its capture and has its terms`() async throws {
    let ledger = try LedgerUnderTest()
    await ledger.expectRefused(.failedPrecondition, reason: "CAPTURE_NOT_RECORDED") {
      _ = try await ledger.client.recordSale(Page.sale("o-1"), options: Page.asSystem)
    }
    _ = try await ledger.client.recordCapture(
      Page.capture("o-1", fee: 50), options: Page.asSystem)
    for (field, sale) in [
      ("price", Page.sale("o-1", price: 1999, fee: 50)),
      ("payment_fee", Page.sale("o-1", fee: 49)),
      ("user_id", Page.sale("o-1", fee: 50, user: 43)),
    ] {
      await ledger.expectRefused(
        .failedPrecondition, reason: "CAPTURE_DIFFERS", fields: [field]
      ) {
        _ = try await ledger.client.recordSale(sale, options: Page.asSystem)
      }
    }
    #expect(try await ledger.page().count == 2)
  }

  @Test func `the rate is the reseller's own, else that of all, else 10 %`() async throws {
    let ledger = try LedgerUnderTest()
    _ = try await ledger.client.setCommissionRate(
      .init(userID: 0, rateBps: 500), options: Page.asOperator)
    _ = try await ledger.client.setCommissionRate(
      .init(userID: 42, rateBps: 0), options: Page.asOperator)
    #expect(try await ledger.sell("own").commission == Page.usd(0))
    #expect(try await ledger.sell("all", user: 7).commission == Page.usd(60))
    #expect(try await ledger.payout("own/admin").state == .notDue)
  }

  @Test func `sales are listed page by page`() async throws {
    let ledger = try LedgerUnderTest()
    for number in 1...5 { try await ledger.sell("o-\(number)", user: number == 3 ? 7 : 42) }
    var seen: [String] = []
    var token = ""
    repeat {
      let page = try await ledger.client.listSales(
        .init(userID: 42, pageSize: 2, pageToken: token), options: Page.asOperator)
      seen += page.sales.map(\.orderID)
      token = page.nextPageToken
    } while !token.isEmpty
    #expect(seen == ["o-1", "o-2", "o-4", "o-5"])
    let all = try await ledger.client.listSales(.init(), options: Page.asOperator)
    #expect(all.sales.count == 5)
  }
}
