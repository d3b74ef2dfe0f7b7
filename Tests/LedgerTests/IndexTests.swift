import Contract
import Foundation
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// How rows are found of which there may be millions.
@Suite struct IndexTests {
  private func plan(_ sql: String, _ values: Int) async throws -> [String] {
    try await LedgerUnderTest().store.read { transaction in
      try transaction.rows(
        "EXPLAIN QUERY PLAN \(sql)", Array(repeating: .integer(1), count: values)
      ).map { $0.text("detail") }
    }
  }

  @Test func `a statement reads the account's postings, or the currency's entries in order`()
    async throws
  {
    let indexed = try await plan(Journal.statement, 6)
    for index in ["postingByDebit", "postingByCredit"] {
      #expect(indexed.contains { $0.contains("COVERING INDEX \(index) ") })
    }
    let busy = try await plan(Journal.busyStatement, 6)
    #expect(busy.contains { $0.contains("COVERING INDEX postingByCurrency ") })
    #expect(busy.contains { $0.contains("(chain=? AND sequence=? AND line>?)") })
    #expect(!busy.contains { $0.contains("TEMP B-TREE") })
  }

  @Test func `the entries of an order are found by the beginning of their ids`() async throws {
    let sale = try #require(JournalRules.ofSales.last)
    #expect(
      try await plan(sale.sql, 2).contains {
        $0.contains("journalEntry USING INDEX") && $0.contains("(entryID>? AND entryID<?)")
      })
    let ledger = try LedgerUnderTest()
    // The ids of these begin alike.
    for order in ["o", "o-1", "o-10", "o0"] { try await ledger.sell(order) }
    try await ledger.fund("o-1")
    #expect(
      try await ledger.page("o-1").map { String($0.prefix { $0 != ":" }) } == [
        "o-1/capture", "o-1/sale", "o-1/sale", "o-1/sale", "o-1/sale",
      ])
  }

  @Test func `a reseller's sales are found by his payouts, page by page`() async throws {
    let plan = try await plan(SaleStore.ofReseller, 3)
    #expect(plan.contains { $0.contains("payoutByPayee (payee=? AND number>?)") })
    #expect(!plan.contains { $0.contains("SCAN") || $0.contains("TEMP B-TREE") })
    let ledger = try LedgerUnderTest()
    for number in 1...5 {
      try await ledger.sell("o-\(number)")
      try await ledger.sell("other-\(number)", user: 7)
      try await ledger.sell("house-\(number)", user: 0, fundedBy: "platform")
    }
    var (orders, token) = ([String](), "")
    repeat {
      let page = try await ledger.client.listSales(
        .init(userID: 42, pageSize: 2, pageToken: token), options: LedgerUnderTest.asOperator)
      orders += page.sales.map(\.orderID)
      token = page.nextPageToken
    } while !token.isEmpty
    #expect(orders == (1...5).map { "o-\($0)" })
  }

  @Test func `the schema's indexes leave out the accounts that the statement goes through`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.sell("o-1", fee: 10)
    let found = try await ledger.store.read { transaction in
      try ["postingByDebit", "postingByCredit"].map { index in
        try transaction.row(
          "SELECT sql FROM sqlite_schema WHERE name = $1", [.text(index)])?.text("sql") ?? ""
      }
    }
    for sql in found {
      for account in Account.busy { #expect(sql.contains("<> '\(account.name)'")) }
      #expect(sql.components(separatedBy: "<>").count == Account.busy.count + 1)
    }
    for name in Account.busy.map(\.name) + ["reseller:42", "platformFunds"] {
      let lines = try await ledger.client.getStatement(
        .init(account: name, environment: .sandbox, currency: "USD"),
        options: LedgerUnderTest.asOperator
      ).lines
      #expect(try await ledger.balance(name) == lines.last?.balance?.minorUnits, "\(name)")
    }
  }

  @Test func `a ledger from before has the same statements after the migration`() async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let location = Location.file(directory.appendingPathComponent("ledger.db").path)
    let before = try Store(
      location, applicationID: Schema.applicationID,
      migrations: Array(Schema.migrations.prefix { $0.name != "012 lean indexes" }),
      logger: LedgerUnderTest.logger)
    let service = LedgerService(store: before, logger: LedgerUnderTest.logger)
    let client = LedgerClient(
      InProcessChannel(services: [service.rpcService()], logger: LedgerUnderTest.logger))
    let asSystem = LedgerUnderTest.asSystem
    _ = try await client.recordCapture(LedgerUnderTest.capture("o-1", fee: 10), options: asSystem)
    _ = try await client.recordSale(LedgerUnderTest.sale("o-1", fee: 10), options: asSystem)
    try before.close()
    let ledger = try LedgerUnderTest(location)
    try await ledger.sell("o-2", fee: 10)
    for name in ["reseller:42", "sales", "adminPayable"] {
      let lines = try await ledger.client.getStatement(
        .init(account: name, environment: .sandbox, currency: "USD"),
        options: LedgerUnderTest.asOperator
      ).lines
      #expect(lines.map(\.entryID) == ["o-1/sale", "o-2/sale"], "\(name)")
      #expect(try await ledger.balance(name) == lines.last?.balance?.minorUnits, "\(name)")
    }
    #expect(try await ledger.page("o-1").count == 6)
    try await ledger.expectSound()
    try ledger.store.close()
  }
}
