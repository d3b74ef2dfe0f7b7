import Contract
import Foundation
import Testing

@testable import Client

/// The books as `dropwire ledger` and `dropwire check` show them.
@Suite struct LedgerVerbTests {
  @Test func `a sale is shown with what was given back and what disputes hold`() async throws {
    let run = try await Terminal().run("sale demo-1")
    #expect(run.out.contains("refunded          5.00 USD"), "\(run.out)")
    #expect(run.out.contains("held by disputes  3.00 USD"))
    #expect(!run.out.contains("supplier refunded"))
  }

  @Test func `profit is a table with a total, and CSV as RFC 4180 has it`() async throws {
    let terminal = Terminal()
    let table = try await terminal.run("ledger profit --by product --from 2026-11-01")
    let expected = """
      PRODUCT  ORDERS      SALES   REFUNDS      FEES      COST     GROSS  COMMISSION  RESELLERS
      a,"b"         1  20.00 USD  5.00 USD  1.19 USD  8.00 USD  5.81 USD    0.58 USD   5.23 USD
      total         1  20.00 USD  5.00 USD  1.19 USD  8.00 USD  5.81 USD    0.58 USD   5.23 USD
      """
    #expect(table == Terminal.Run(out: expected + "\n"))
    #expect(terminal.services.notes.all.last?.contains("2026-11-01T00:00:00Z") == true)
    let csv = try await terminal.run("ledger profit --by product --csv")
    let lines = csv.out.components(separatedBy: "\r\n")
    #expect(lines.count == 4 && lines[3].isEmpty)
    #expect(lines[0].hasPrefix("product,orders,sales,sales currency,refunds,refunds currency,"))
    #expect(lines[1].hasPrefix("\"a,\"\"b\"\"\",1,20.00,USD,5.00,USD,"))
    #expect(try await terminal.run("ledger profit --from 2026-13-01").status == 64)
  }

  @Test func `the journal has a line for each posting`() async throws {
    let csv = try await Terminal().run("ledger journal --order demo-1 --csv")
    #expect(csv.out.components(separatedBy: "\r\n").count == 4)
    #expect(csv.out.contains(",capture,paypal,buyerDeposits,20.00,USD\r\n"), "\(csv.out)")
  }

  @Test func `refunds and disputes are booked as typed`() async throws {
    let terminal = Terminal()
    _ = try await terminal.run("ledger refund demo-1 --id r-1 --amount 5.00 --supplier 1.50")
    _ = try await terminal.run(
      "ledger dispute demo-1 --id PP-1 --state lost --amount 3 --fee 15 --currency JPY")
    #expect(
      terminal.services.notes.all == [
        #"operator:test RecordRefund {"orderId":"demo-1","refundId":"r-1","#
          + #""refunded":{"minorUnits":"500","currency":"USD"},"#
          + #""supplierRefund":{"minorUnits":"150","currency":"USD"}}"#,
        #"operator:test RecordDispute {"orderId":"demo-1","disputeId":"PP-1","#
          + #""state":"DISPUTE_STATE_LOST","amount":{"minorUnits":"3","currency":"JPY"},"#
          + #""fee":{"minorUnits":"15","currency":"JPY"}}"#,
      ])
  }

  // MARK: Comparing orders with the ledger

  private func findings(_ change: (inout Order, inout Sale) -> Void, isBooked: Bool = true)
    -> [String]
  {
    var (order, sale) = (Examples.order, Examples.sale)
    (order.isSaleBooked, order.landedCost) = (true, Examples.usd(800))
    change(&order, &sale)
    return BookComparison.compare(
      order, isBooked ? sale : nil, now: Examples.noon + 1000
    ).map { "\($0.subject): \($0.text)" }
  }

  @Test func `what orders and the ledger do not both know is named`() {
    #expect(findings { _, _ in } == [])
    #expect(
      findings({ _, _ in }, isBooked: false) == [
        "demo-1: orders has told it, the ledger does not have it"
      ])
    #expect(
      findings { $1.price = Examples.usd(2100) } == [
        "demo-1: what was captured is 20.00 USD in orders, 21.00 USD in the ledger"
      ])
    #expect(
      findings { $1.captureID = "3HH" } == ["demo-1: capture is 2GG in orders, 3HH in the ledger"])
    #expect(
      findings { $1.paymentFee = Examples.usd(1) } == [
        "demo-1: payment fee is 1.19 USD in orders, 0.01 USD in the ledger"
      ])
    #expect(
      findings { $1.landedCost = nil } == [
        "demo-1: orders has told it, the ledger does not have it"
      ])
    #expect(
      findings { $1.landedCost = Examples.usd(1) } == [
        "demo-1: landed cost is 8.00 USD in orders, 0.01 USD in the ledger"
      ])
    #expect(findings({ order, _ in order.isCaptureBooked = false }, isBooked: false) == [])
    #expect(
      findings(
        { order, _ in
          order.isCaptureBooked = false
          order.updatedAt = Examples.time(-3_600_000)
        }, isBooked: false) == ["demo-1: it is not booked yet"])
  }

  @Test func `what PayPal captured is compared, and what waits to be given back is not booked yet`()
  {
    #expect(
      findings { order, sale in
        order.capturedAmount = Examples.usd(1900)
        sale.price = Examples.usd(1900)
      } == [])
    #expect(
      findings { order, _ in order.capturedAmount = Examples.usd(1900) } == [
        "demo-1: what was captured is 19.00 USD in orders, 20.00 USD in the ledger"
      ])
    func waiting(_ code: String) -> [String] {
      findings(
        { order, _ in
          order.isCaptureBooked = false
          order.updatedAt = Examples.time(-3_600_000)
          order.waiting?.reason?.code = code
        }, isBooked: false)
    }
    #expect(waiting("CAPTURE_AMOUNT_DIFFERS") == [])
    #expect(waiting("BOOKING_REFUSED") == ["demo-1: it is not booked yet"])
  }

  @Test func `a sale of goods that a person bought matches what he told`() throws {
    let open = try #require(
      PurchaseComparison.compare(Examples.purchase, Examples.sale, now: Examples.noon))
    #expect(open.reason == .stateDiffers)
    var order = Examples.order
    #expect(PurchaseComparison.compare(open, order) == open)
    (order.purchasePath, order.landedCost) = ("person", Examples.usd(800))
    order.supplierOrderIDs = ["8001"]
    let matched = PurchaseComparison.compare(open, order)
    #expect(matched.reason == .matched && matched.providerID == "8001")
    order.landedCost = Examples.usd(900)
    let differing = PurchaseComparison.compare(open, order)
    #expect(differing.reason == .amountDiffers)
    #expect(differing.text == "a person bought it for 9.00 USD, booked 8.00 USD")
  }

  @Test func `a check names what differs, and each service alone`() async throws {
    var services = FakeServices()
    services.captures = []
    let both = try await Terminal(services).run("check")
    #expect(both.status == 1 && both.out.contains("the ledger does not have it"))
    #expect(try await Terminal(services).run("check ledger").status == 0)
    var others = FakeServices()
    others.captures = []
    let orders = Terminal(others)
    #expect(try await orders.run("check orders").status == 1)
    #expect(!orders.services.notes.all.contains { $0.contains("CheckInvariants") })
  }
}
