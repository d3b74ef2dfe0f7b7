import Contract
import Foundation
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// The pages about the books, over real processes.
@Suite(.serialized) struct LedgerPagesTests {
  private static let ledger = "/console/ledger"

  @Test(.timeLimit(.minutes(1)))
  func `an administrator reads the books from the sum to the posting`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.sell("o-1")
      try await shop.finished("o-1")
      let admin = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      let books = try await admin.get(Self.ledger)
      #expect(books.status == 200)
      #expect(books.body.contains("no difference") && books.body.contains(">0.00 USD<"))
      #expect(books.body.contains("buyerDeposits"))
      let statement = try await admin.get("\(Self.ledger)/statement?account=buyerDeposits")
      #expect(statement.body.contains("o-1/capture") && statement.body.contains("20.00 USD"))
      let journal = try await admin.get("\(Self.ledger)/journal?orderId=o-1").body
      let newest = try #require(journal.range(of: "o-1/sale")).lowerBound
      #expect(newest < (try #require(journal.range(of: "o-1/capture")).lowerBound))
      let entry = try await admin.get("\(Self.ledger)/entries/o-1%2Fsale")
      #expect(entry.body.contains("supplierCost") && entry.body.contains("Hash"))
      #expect(try await admin.get("\(Self.ledger)/entries/o-2%2Fsale").status == 404)
      let file = try await admin.get("\(Self.ledger)/journal.csv?orderId=o-1")
      #expect(file.headers["Content-Type"].first == "text/csv; charset=utf-8")
      #expect(file.body.contains("o-1/sale") && file.body.contains("supplierCost"))
      for by in ["month", "product", "reseller", "order"] {
        let profit = try await admin.get("\(Self.ledger)/profit?by=\(by)").body
        #expect(profit.contains("<svg") && profit.contains("tfoot"), "\(by)")
      }
      let wrong = try await admin.get("\(Self.ledger)/profit?from=last-week")
      #expect(wrong.status == 400 && wrong.body.contains(#"value="last-week""#))
      #expect(try await admin.post("\(Self.ledger)/verify").status == 303)
      #expect(try await admin.get(Self.ledger).status == 200)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a reseller sees his own statement, and not the books`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.sell("o-1")
      try await shop.finished("o-1")
      let own = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      let statement = try await own.get("\(Self.ledger)?currency=USD").body
      #expect(statement.contains("Your statement") && statement.contains("o-1/sale"))
      #expect(!statement.contains("\(Self.ledger)/journal"))
      let other = try await ConsoleBrowser.signedIn(.reseller(43), to: gateway)
      let named = try await other.get("\(Self.ledger)/statement?account=reseller:42").body
      #expect(named.contains("Nothing went through") && !named.contains("o-1/sale"))
      #expect(try await other.get("\(Self.ledger)/profit").body.contains("No order brought"))
      for path in ["journal", "journal.csv", "entries/o-1%2Fsale", "profit?userId=42"] {
        #expect(try await other.get("\(Self.ledger)/\(path)").status == 403, "\(path)")
      }
      for path in ["verify", "rates"] {
        let answer = try await other.post("\(Self.ledger)/\(path)", ["rateBps": "1", "note": ""])
        #expect(answer.status == 403, "\(path)")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `lists are files too, of what the person may see`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.sell("o-1")
      try await shop.finished("o-1")
      let admin = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      let own = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      let other = try await ConsoleBrowser.signedIn(.reseller(43), to: gateway)
      let statement = "\(Self.ledger)/statement.csv?account=reseller:42"
      let file = try await own.get(statement)
      #expect(file.headers["Content-Type"].first == "text/csv; charset=utf-8")
      #expect(
        file.headers["Content-Disposition"].first
          == "attachment; filename=\"statement-reseller-42.csv\"")
      #expect(file.body.hasPrefix("time,entry,amount,amount currency,balance,balance currency\r\n"))
      #expect(file.body.contains(",o-1/sale,17.73,USD,17.73,USD\r\n"))
      #expect(try await other.get(statement).body.split(separator: "\r\n").count == 1)
      #expect(try await admin.get("\(Self.ledger)/statement.csv").status == 400)
      let payouts = "/console/payouts.csv"
      #expect(try await admin.get(payouts).body.contains("o-1/admin,admin,paid,1.08,USD"))
      let mine = try await own.get("\(payouts)?state=PAID").body
      #expect(mine.contains("o-1/reseller,reseller:42,paid") && !mine.contains("o-1/admin"))
      let profit = try await admin.get("\(Self.ledger)/profit.csv?by=order").body
      #expect(profit.hasPrefix("order,orders,sales,sales currency,"))
      #expect(profit.contains("\r\no-1,1,20.00,USD") && profit.contains("\r\ntotal,1,20.00,USD"))
      #expect(try await admin.get("\(Self.ledger)/profit.csv?from=x").status == 400)
      #expect(try await other.get("\(Self.ledger)/profit.csv?userId=42").status == 403)
      for path in [Self.ledger + "/profit", "/console/payouts", Self.ledger + "/statement"] {
        #expect(try await own.get(path).body.contains("\(path).csv"), "\(path)")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `an administrator sets a commission rate in percent`() async throws {
    try await GatewayUnderTest.with(services: [.ledger]) { gateway in
      let admin = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      let path = "\(Self.ledger)/rates"
      let wrong = try await admin.post(path, ["userId": "42", "rateBps": "1.2345", "note": "why"])
      #expect(wrong.status == 400)
      #expect(wrong.body.contains(#"value="1.2345""#) && wrong.body.contains("is no rate"))
      let much = try await admin.post(path, ["userId": "42", "rateBps": "100.01", "note": "why"])
      #expect(much.status == 400 && much.body.contains("it must be 0 to 10000"), "\(much.body)")
      let set = try await admin.post(path, ["userId": "42", "rateBps": "12.5", "note": "why"])
      #expect(set.status == 303 && set.headers["Location"].first == "\(path)?userId=42")
      let page = try await admin.get("\(path)?userId=42").body
      #expect(page.contains("12.50 %") && page.contains("administrator 1") && page.contains("why"))
    }
  }
}
