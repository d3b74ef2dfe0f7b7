import Contract
import RPC
import Support
import Testing

@testable import Ledger

/// What went through an account, page by page.
@Suite struct StatementTests {
  private typealias Page = LedgerUnderTest

  private func page(
    _ ledger: LedgerUnderTest, _ account: String = "reseller:42", size: Int32 = 0,
    token: String = "", options: CallOptions = LedgerUnderTest.asOperator
  ) async throws -> GetStatementResponse {
    try await ledger.client.getStatement(
      .init(
        account: account, environment: .sandbox, currency: "USD", pageSize: size,
        pageToken: token), options: options)
  }

  private static func text(_ lines: [StatementLine]) -> [String] {
    lines.map { "\($0.entryID) \($0.amount?.minorUnits ?? 0) \($0.balance?.minorUnits ?? 0)" }
  }

  @Test func `lines have what an entry did and the balance after it`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.fund("float", 500)
    try await ledger.sell("o-1", fee: 119)
    try await ledger.sell("loss", price: 900, cost: 1000, fundedBy: "platform")
    try await ledger.refund("o-1", "r-1", 2000, supplier: 800)
    #expect(
      Self.text(try await page(ledger).lines) == [
        "o-1/sale 1773 1773", "loss/sale -100 1673", "o-1/refund-r-1 -1892 -219",
      ])
    #expect(
      Self.text(try await page(ledger, "paypal").lines) == [
        "float/funding 500 500", "o-1/capture 1881 2381", "loss/capture 900 3281",
        "o-1/refund-r-1 -2000 1281",
      ])
    #expect(try await ledger.balance("paypal") == 1281)
    #expect(try await page(ledger, "reseller:7").lines.isEmpty)
  }

  @Test(arguments: [1, 2, 3, 4, 50] as [Int32])
  func `pages put together are the statement, whatever is booked meanwhile`(_ size: Int32)
    async throws
  {
    let ledger = try LedgerUnderTest()
    for number in 1...4 {
      try await ledger.sell("o-\(number)")
      try await ledger.sell("other-\(number)", user: 7)
    }
    let before = try await page(ledger).lines
    #expect(before.count == 4)
    var (lines, token, tokens) = ([StatementLine](), "", [String]())
    repeat {
      let next = try await page(ledger, size: size, token: token)
      #expect(try await page(ledger, size: size, token: token) == next)
      lines += next.lines
      token = next.nextPageToken
      tokens.append(token)
      if tokens.count == 1 { try await ledger.sell("late") }
    } while !token.isEmpty
    #expect(Array(lines.prefix(4)) == before)
    #expect(lines.count == (size < 50 && size < 4 ? 5 : 4))
    #expect(try await page(ledger).lines.last?.balance?.minorUnits == 9400)
    #expect(Set(tokens).count == tokens.count)
  }

  @Test func `worlds and currencies never mix`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    var other = Page.capture("o-2")
    other.environment = .production
    _ = try await ledger.client.recordCapture(other, options: Page.asSystem)
    #expect(Self.text(try await page(ledger, "buyerDeposits").lines).count == 2)
    let yen = try await ledger.client.getStatement(
      .init(account: "buyerDeposits", environment: .sandbox, currency: "JPY"),
      options: Page.asOperator)
    #expect(yen.lines.isEmpty)
  }

  @Test func `a reseller reads his own; what cannot be is named`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    let own = CallOptions().acting("reseller:42")
    #expect(try await page(ledger, options: own).lines.count == 1)
    for account in ["reseller:43", "adminPayable", "paypal"] {
      await ledger.expectRefused(.permissionDenied) {
        _ = try await page(ledger, account, options: own)
      }
    }
    for token in ["x", "5", "5:", "-1:5", "5:x", "1:2:3"] {
      await ledger.expectRefused(.invalidArgument, fields: ["page_token"]) {
        _ = try await page(ledger, token: token)
      }
    }
    await ledger.expectRefused(.invalidArgument, fields: ["account", "page_size"]) {
      _ = try await page(ledger, "petty cash", size: 1001)
    }
  }
}
