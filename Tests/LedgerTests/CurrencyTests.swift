import Contract
import Money
import RPC
import Testing

@testable import Ledger

/// Currencies without decimals and with three, and amounts that do not go together.
@Suite struct CurrencyTests {
  private typealias Page = LedgerUnderTest

  private func money(_ text: String, _ code: String) throws -> Contract.Money {
    Contract.Money(
      minorUnits: try Amount(decimal: text, currency: Currency(validating: code)).minorUnits,
      currency: code)
  }

  @Test(arguments: [
    ("JPY", ["2005", "800", "73"], ["1132", "113", "1019"], "2005"),
    ("KWD", ["20.005", "8.000", "0.730"], ["11.275", "1.128", "10.147"], "20.005"),
    ("CLP", ["19990", "9990", "700"], ["9300", "930", "8370"], "19990"),
  ])
  func `a sale is divided and exported in its currency's own units`(
    _ code: String, _ given: [String], _ expected: [String], _ exported: String
  ) async throws {
    let ledger = try LedgerUnderTest()
    var capture = Page.capture("o-1")
    (capture.price, capture.paymentFee) = (try money(given[0], code), try money(given[2], code))
    _ = try await ledger.client.recordCapture(capture, options: Page.asSystem)
    var request = Page.sale("o-1")
    (request.price, request.landedCost) = (try money(given[0], code), try money(given[1], code))
    request.paymentFee = try money(given[2], code)
    let sale = try await ledger.client.recordSale(request, options: Page.asSystem)
    #expect(
      [sale.gross, sale.commission, sale.net] == (try expected.map { try money($0, code) }))
    for format in [JournalFormat.beancount, .hledger, .csv] {
      let text = try await ledger.export(format)
      #expect(text.contains("\(exported) \(code)") || text.contains("\(exported),\(code)"))
    }
    let half = try await ledger.client.recordRefund(
      .init(orderID: "o-1", refundID: "r-1", refunded: sale.price), options: Page.asSystem)
    #expect(half.commission?.minorUnits == 0)
    try await ledger.expectSound()
  }

  @Test func `amounts of two currencies never meet`() async throws {
    let ledger = try LedgerUnderTest()
    _ = try await ledger.client.recordCapture(Page.capture("o-1"), options: Page.asSystem)
    let yen = Contract.Money(minorUnits: 5, currency: "JPY")
    var sale = Page.sale("o-1")
    sale.landedCost = yen
    await ledger.expectRefused(.invalidArgument, fields: ["landed_cost"]) { [sale] in
      _ = try await ledger.client.recordSale(sale, options: Page.asSystem)
    }
    var euros = Page.sale("o-1")
    euros.price?.currency = "EUR"
    euros.landedCost?.currency = "EUR"
    euros.paymentFee?.currency = "EUR"
    await ledger.expectRefused(.failedPrecondition, reason: "CAPTURE_DIFFERS", fields: nil) {
      [euros] in
      _ = try await ledger.client.recordSale(euros, options: Page.asSystem)
    }
    await ledger.expectRefused(.failedPrecondition, reason: "CAPTURE_DIFFERS", fields: nil) {
      _ = try await ledger.client.recordRefund(
        .init(orderID: "o-1", refundID: "r-1", refunded: yen), options: Page.asSystem)
    }
    #expect(try await ledger.page().count == 1)
  }

  @Test func `an amount beyond the limit, in any field, is refused and books nothing`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    let tooMuch = Contract.Money(minorUnits: .max, currency: "USD")
    var capture = Page.capture("o-1")
    (capture.price, capture.paymentFee) = (tooMuch, tooMuch)
    await ledger.expectRefused(.invalidArgument, fields: ["price", "payment_fee"]) { [capture] in
      _ = try await ledger.client.recordCapture(capture, options: Page.asSystem)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["amount"]) {
      _ = try await ledger.client.recordFunding(
        .init(fundingID: "f", environment: .sandbox, direction: .topUp, amount: tooMuch),
        options: Page.asOperator)
    }
    #expect(try await ledger.page().isEmpty)
  }

  @Test(arguments: [31, 32] as [UInt64])
  func `CSV and JSON lines of a random history come to the same balances`(_ seed: UInt64)
    async throws
  {
    let ledger = try LedgerUnderTest()
    var history = RandomHistory(ledger, seed: seed)
    try await history.run(steps: 200)
    var csv: [String: Int64] = [:]
    for line in try await ledger.export(.csv).split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let amount = try Amount(decimal: fields[5], currency: Currency(validating: fields[6]))
      csv["\(fields[3]) \(fields[6])", default: 0] += amount.minorUnits
      csv["\(fields[4]) \(fields[6])", default: 0] -= amount.minorUnits
    }
    var json: [String: Int64] = [:]
    for line in try await ledger.export(.jsonLines).split(separator: "\n") {
      for posting in try Contract.JournalEntry(json: String(line)).postings {
        let amount = try #require(posting.amount)
        json["\(posting.debitAccount) \(amount.currency)", default: 0] += amount.minorUnits
        json["\(posting.creditAccount) \(amount.currency)", default: 0] -= amount.minorUnits
      }
    }
    #expect(csv.filter { $0.value != 0 } == history.model.balances)
    #expect(json == csv)
  }
}
