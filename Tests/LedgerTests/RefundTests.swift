import Contract
import RPC
import Support
import Testing

@testable import Ledger

/// What goes back to buyers, read like ledger pages.
@Suite struct RefundTests {
  private typealias Page = LedgerUnderTest

  private static func parts(_ sale: Sale) -> [Int64?] {
    [sale.gross, sale.commission, sale.net].map { $0?.minorUnits }
  }

  @Test func `capture o-1  20.00 fee 1.19;  refund 20.00 before the sale`() async throws {
    let ledger = try LedgerUnderTest()
    _ = try await ledger.client.recordCapture(
      Page.capture("o-1", fee: 119), options: Page.asSystem)
    let sale = try await ledger.refund("o-1", "r-1", 2000)
    #expect(sale.refunded == Page.usd(2000) && sale.gross == nil && sale.recordedAt == nil)
    #expect(
      try await ledger.page().suffix(2) == [
        "o-1/refund-r-1: buyerDeposits <- paypal 20.00",
        "o-1/refund-r-1: reseller:42 <- paymentFees 1.19",
      ])
    #expect(try await ledger.balance("buyerDeposits") == 0)
    #expect(try await ledger.balance("reseller:42") == -119)
    #expect(try await ledger.balance("paypal") == -119)
    try await ledger.expectSound()
  }

  @Test func `the fee of a house order that is refunded stays with the platform`() async throws {
    let ledger = try LedgerUnderTest()
    _ = try await ledger.client.recordCapture(
      Page.capture("o-1", fee: 119, user: 0), options: Page.asSystem)
    try await ledger.refund("o-1", "r-1", 1500)
    #expect(try await ledger.balance("paymentFees") == 119, "not before all of it is back")
    try await ledger.refund("o-1", "r-2", 500)
    #expect(try await ledger.balance("platformFunds") == -119)
    #expect(try await ledger.balance("paymentFees") == 0)
    try await ledger.expectSound()
  }

  @Test func `refund o-1  5.00 before the sale;  sale o-1  20.00 cost 8.00`() async throws {
    let ledger = try LedgerUnderTest()
    _ = try await ledger.client.recordCapture(Page.capture("o-1"), options: Page.asSystem)
    try await ledger.refund("o-1", "r-1", 500)
    let sale = try await ledger.client.recordSale(Page.sale("o-1"), options: Page.asSystem)
    #expect(Self.parts(sale) == [700, 70, 630])
    #expect(sale.price == Page.usd(2000) && sale.refunded == Page.usd(500))
    #expect(
      try await ledger.page().suffix(5) == [
        "o-1/sale: buyerDeposits <- sales 20.00",
        "o-1/sale: refunds <- buyerDeposits 5.00",
        "o-1/sale: supplierCost <- reseller:42 8.00",
        "o-1/sale: commission <- adminPayable 0.70",
        "o-1/sale: resellerShare <- reseller:42 6.30",
      ])
    #expect(try await ledger.payout("o-1/reseller").due == Page.usd(1430))
    try await ledger.expectSound()
  }

  @Test func `goods that were bought for a refunded order are a loss with the fee in it once`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    _ = try await ledger.client.recordCapture(
      Page.capture("o-1", fee: 119), options: Page.asSystem)
    try await ledger.refund("o-1", "r-1", 2000)
    let sale = try await ledger.client.recordSale(
      Page.sale("o-1", fee: 119, fundedBy: "platform"), options: Page.asSystem)
    #expect(Self.parts(sale) == [-919, 0, -919])
    #expect(try await ledger.balance("reseller:42") == -919)
    #expect(try await ledger.balance("paymentFees") == 119)
    try await ledger.expectSound()
  }

  @Test func `sale o-1  20.00 cost 8.00 fee 1.19;  refund 20.00, the supplier gives back 8.00`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1", fee: 119)
    let sale = try await ledger.refund("o-1", "r-1", 2000, supplier: 800)
    #expect(Self.parts(sale) == [-119, 0, -119])
    #expect(
      try await ledger.page().suffix(4) == [
        "o-1/refund-r-1: refunds <- paypal 20.00",
        "o-1/refund-r-1: reseller:42 <- supplierCost 8.00",
        "o-1/refund-r-1: adminPayable <- commission 1.08",
        "o-1/refund-r-1: reseller:42 <- resellerShare 10.92",
      ])
    #expect(try await ledger.balance("reseller:42") == -119)
    #expect(try await ledger.balance("adminPayable") == 0)
    for payee in ["admin", "reseller"] {
      #expect(try await ledger.payout("o-1/\(payee)").state == .notDue)
    }
    #expect(
      try await ledger.client.getSale(.init(orderID: "o-1"), options: Page.asOperator) == sale)
    try await ledger.expectSound()
  }

  @Test func `partial refunds divide the sale anew, each time from what is left`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1", fundedBy: "platform")
    #expect(Self.parts(try await ledger.refund("o-1", "r-1", 300)) == [900, 90, 810])
    #expect(try await ledger.payout("o-1/reseller").due == Page.usd(810))
    #expect(Self.parts(try await ledger.refund("o-1", "r-2", 1005)) == [-105, 0, -105])
    #expect(try await ledger.payout("o-1/reseller").state == .notDue)
    // The supplier pays later, and with it something is due again.
    #expect(Self.parts(try await ledger.refund("o-1", "r-3", 0, supplier: 400)) == [295, 30, 265])
    let payout = try await ledger.payout("o-1/reseller")
    #expect(payout.state == .pending && payout.due == Page.usd(265))
    #expect(try await ledger.balance("reseller:42") == 265)
    #expect(try await ledger.balance("platformFunds") == 400)
    try await ledger.expectSound()
  }

  @Test func `a replay answers with the sale as it is now; other content names the field`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    try await ledger.sell("o-2")
    try await ledger.refund("o-1", "r-1", 300, supplier: 100)
    let second = try await ledger.refund("o-1", "r-2", 200)
    let before = try await ledger.page()
    #expect(try await ledger.refund("o-1", "r-1", 300, supplier: 100) == second)
    #expect(try await ledger.sell("o-1") == second)
    for (field, again) in [
      ("order_id", ("o-2", Int64(300), Int64(100))), ("refunded", ("o-1", 301, 100)),
      ("supplier_refund", ("o-1", 300, 101)),
    ] {
      await ledger.expectRefused(.alreadyExists, reason: "OTHER_CONTENT", fields: [field]) {
        try await ledger.refund(again.0, "r-1", again.1, supplier: again.2)
      }
    }
    #expect(try await ledger.page() == before)
  }

  @Test func `no more is given back than was paid`() async throws {
    let ledger = try LedgerUnderTest()
    await ledger.expectRefused(.failedPrecondition, reason: "CAPTURE_NOT_RECORDED") {
      try await ledger.refund("o-1", "r-1", 1)
    }
    _ = try await ledger.client.recordCapture(Page.capture("o-1"), options: Page.asSystem)
    await ledger.expectRefused(.failedPrecondition, reason: "SALE_NOT_RECORDED") {
      try await ledger.refund("o-1", "r-1", 100, supplier: 1)
    }
    try await ledger.refund("o-1", "r-1", 1500)
    await ledger.expectRefused(
      .failedPrecondition, reason: "REFUND_TOO_HIGH", fields: ["refunded"]
    ) {
      try await ledger.refund("o-1", "r-2", 501)
    }
    _ = try await ledger.client.recordSale(Page.sale("o-1"), options: Page.asSystem)
    try await ledger.refund("o-1", "r-3", 500, supplier: 700)
    await ledger.expectRefused(
      .failedPrecondition, reason: "REFUND_TOO_HIGH", fields: ["supplier_refund"]
    ) {
      try await ledger.refund("o-1", "r-4", 0, supplier: 101)
    }
    await ledger.expectRefused(
      .failedPrecondition, reason: "CAPTURE_DIFFERS", fields: ["refunded"]
    ) {
      _ = try await ledger.client.recordRefund(
        .init(
          orderID: "o-1", refundID: "r-5", refunded: .init(minorUnits: 1, currency: "EUR")),
        options: Page.asSystem)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["refunded"]) {
      try await ledger.refund("o-1", "r-6", 0)
    }
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.recordRefund(
        .init(orderID: "o-1", refundID: "r-7", refunded: Page.usd(1)),
        options: CallOptions().acting("reseller:42"))
    }
    try await ledger.expectSound()
  }

  @Test func `many refunds at once give back no more than was paid`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    let booked = await withTaskGroup(of: Bool.self) { group in
      for number in 1...16 {
        group.addTask { (try? await ledger.refund("o-1", "r-\(number)", 300)) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(booked == 6)
    let sale = try await ledger.client.getSale(.init(orderID: "o-1"), options: Page.asOperator)
    #expect(sale.refunded == Page.usd(1800))
    #expect(try await ledger.balance("refunds") == 1800)
    try await ledger.expectSound()
  }

  @Test func `a refund after the payout is carried and settled against what comes next`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients()
      try await ledger.fund()
      try await ledger.sell("o-1", fundedBy: "platform")
      try await ledger.wait(for: "o-1/reseller", .paid)
      try await ledger.wait(for: "o-1/admin", .paid)
      try await ledger.refund("o-1", "r-1", 500)
      #expect(try await ledger.balance("reseller:42") == -450)
      #expect(try await ledger.balance("adminPayable") == -50)
      try await ledger.sell("o-2", fundedBy: "platform")
      #expect(try await ledger.wait(for: "o-2/reseller", .paid).amount == Page.usd(630))
      #expect(try await ledger.wait(for: "o-2/admin", .paid).amount == Page.usd(70))
    }
  }

  @Test func `what failed after a refund is sent again for what is still owed`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      ledger.payPal.items(become: "UNCLAIMED")
      for order in ["o-1", "o-2"] {
        try await ledger.sell(order, fundedBy: "platform")
        try await ledger.wait(for: "\(order)/reseller", .unclaimed)
      }
      try await ledger.refund("o-1", "r-1", 500)
      try await ledger.refund("o-2", "r-2", 2000)
      for order in ["o-1", "o-2"] { ledger.payPal.change("\(order)-reseller-1", to: "RETURNED") }
      ledger.payPal.items(become: "SUCCESS")
      try await ledger.wait(for: "o-2/reseller", .notDue)
      try await ledger.wait(for: "o-1/reseller", .returned)
      // The other order's loss of 8.00 is settled first.
      await ledger.expectRefused(.failedPrecondition, reason: "BALANCE_TOO_LOW") {
        _ = try await ledger.client.retryPayout(
          .init(payoutID: "o-1/reseller"), options: Page.asOperator)
      }
      try await ledger.refund("o-2", "r-3", 0, supplier: 800)
      _ = try await ledger.client.retryPayout(
        .init(payoutID: "o-1/reseller"), options: Page.asOperator)
      let paid = try await ledger.wait(for: "o-1/reseller", .paid)
      #expect(paid.due == Page.usd(630) && paid.amount == Page.usd(630))
    }
  }
}
