import Contract
import RPC
import Support
import Testing

@testable import Ledger

/// Disputes from the claim to its end, read like ledger pages.
@Suite struct DisputeTests {
  private typealias Page = LedgerUnderTest

  private func available(_ ledger: LedgerUnderTest) async throws -> Int64? {
    try await ledger.client.getBalance(
      .init(account: "reseller:42", environment: .sandbox, currency: "USD"),
      options: Page.asOperator
    ).available?.minorUnits
  }

  @Test func `opened  PP-D-1  20.00;  won`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.fund()
      try await ledger.sell("o-1")
      let opened = try await ledger.dispute("o-1", "PP-D-1", .opened, 2000)
      #expect(opened.held == Page.usd(2000) && opened.refunded == Page.usd(0))
      #expect(try await ledger.balance("reseller:42") == -120)
      try await ledger.putRecipients()
      for payee in ["admin", "reseller"] {
        try await ledger.wait(for: "o-1/\(payee)", .pending, "DISPUTED")
      }
      #expect(ledger.payPal.calls.isEmpty)
      let won = try await ledger.dispute("o-1", "PP-D-1", .won)
      #expect(won.held == Page.usd(0))
      try await ledger.wait(for: "o-1/admin", .paid)
      #expect(try await ledger.wait(for: "o-1/reseller", .paid).amount == Page.usd(1880))
      let page = try await ledger.page("o-1").filter { $0.contains("dispute") }
      #expect(
        page == [
          "o-1/dispute-PP-D-1/opened: reseller:42 <- disputeHolds 20.00",
          "o-1/dispute-PP-D-1/won: disputeHolds <- reseller:42 20.00",
        ])
    }
  }

  @Test func `opened  PP-D-1  20.00;  lost, with a fee of 15.00`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1", fundedBy: "platform")
    try await ledger.dispute("o-1", "PP-D-1", .opened, 2000)
    let lost = try await ledger.dispute("o-1", "PP-D-1", .lost, 2000, fee: 1500)
    #expect([lost.refunded, lost.held, lost.net] == [2000, 0, -800].map { Page.usd($0) })
    let page = try await ledger.page("o-1").filter { $0.contains("/lost") }
    #expect(
      page == [
        "o-1/dispute-PP-D-1/lost: disputeHolds <- reseller:42 20.00",
        "o-1/dispute-PP-D-1/lost: refunds <- paypal 20.00",
        "o-1/dispute-PP-D-1/lost: adminPayable <- commission 1.20",
        "o-1/dispute-PP-D-1/lost: reseller:42 <- resellerShare 18.80",
        "o-1/dispute-PP-D-1/lost: reseller:42 <- paypal 15.00",
      ])
    #expect(try await ledger.balance("reseller:42") == -2300)
    #expect(try await ledger.payout("o-1/reseller").state == .notDue)
    #expect(try await ledger.payout("o-1/admin").state == .notDue)
    await ledger.expectRefused(.failedPrecondition, reason: "REFUND_TOO_HIGH", fields: ["refunded"])
    {
      try await ledger.refund("o-1", "r-1", 1)
    }
    try await ledger.expectSound()
  }

  @Test func `a hold reduces what can be paid out on demand`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.fund()
      try await ledger.putRecipients(["reseller:42"])
      ledger.payPal.items(become: "FAILED")
      for order in ["o-1", "o-2"] {
        try await ledger.sell(order)
        try await ledger.wait(for: "\(order)/reseller", .failed)
      }
      #expect(try await available(ledger) == 3760)
      try await ledger.dispute("o-1", "PP-D-1", .opened, 2000)
      #expect(try await available(ledger) == 1760)
      await ledger.expectRefused(.failedPrecondition, reason: "BALANCE_TOO_LOW") {
        _ = try await ledger.client.requestPayout(
          .init(
            payoutID: "now", payee: "reseller:42", environment: .sandbox,
            amount: Page.usd(1761)), options: Page.asOperator)
      }
      try await ledger.dispute("o-1", "PP-D-1", .won)
      #expect(try await available(ledger) == 3760)
    }
  }

  @Test func `a dispute before the sale holds its payouts too`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients()
      _ = try await ledger.client.recordCapture(Page.capture("o-1"), options: Page.asSystem)
      try await ledger.dispute("o-1", "d-1", .opened, 500)
      _ = try await ledger.client.recordSale(Page.sale("o-1"), options: Page.asSystem)
      try await ledger.wait(for: "o-1/reseller", .pending, "DISPUTED")
      try await ledger.dispute("o-1", "d-1", .lost, 500)
      #expect(try await ledger.wait(for: "o-1/reseller", .paid).amount == Page.usd(1430))
      #expect(try await ledger.wait(for: "o-1/admin", .paid).amount == Page.usd(70))
    }
  }

  @Test func `news out of order and twice change nothing; an end is final`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    try await ledger.sell("o-2")
    let lost = try await ledger.dispute("o-1", "d-1", .lost, 700, fee: 10)
    try await ledger.dispute("o-2", "d-2", .won)
    let page = try await ledger.page()
    #expect(try await ledger.dispute("o-1", "d-1", .opened, 2000) == lost)
    #expect(try await ledger.dispute("o-1", "d-1", .lost, 700, fee: 10) == lost)
    try await ledger.dispute("o-2", "d-2", .opened, 2000)
    try await ledger.dispute("o-2", "d-2", .won)
    #expect(try await ledger.page() == page)
    for (field, cents, fee) in [("amount", Int64(701), Int64(10)), ("fee", 700, 11)] {
      await ledger.expectRefused(.alreadyExists, fields: [field]) {
        try await ledger.dispute("o-1", "d-1", .lost, cents, fee: fee)
      }
    }
    for order in ["o-2", "nowhere"] {
      await ledger.expectRefused(.alreadyExists, fields: ["order_id"]) {
        try await ledger.dispute(order, "d-1", .lost, 700, fee: 10)
      }
    }
    let yen = Contract.Money(minorUnits: 700, currency: "JPY")
    await ledger.expectRefused(.alreadyExists, fields: ["amount"]) {
      _ = try await ledger.client.recordDispute(
        .init(orderID: "o-1", disputeID: "d-1", state: .lost, amount: yen),
        options: Page.asSystem)
    }
    await ledger.expectRefused(.failedPrecondition, reason: "CAPTURE_DIFFERS", fields: ["amount"]) {
      _ = try await ledger.client.recordDispute(
        .init(orderID: "o-1", disputeID: "d-3", state: .opened, amount: yen),
        options: Page.asSystem)
    }
    await ledger.expectRefused(.failedPrecondition, reason: "DISPUTE_OVER") {
      try await ledger.dispute("o-1", "d-1", .won)
    }
    await ledger.expectRefused(.failedPrecondition, reason: "DISPUTE_OVER") {
      try await ledger.dispute("o-2", "d-2", .lost, 1)
    }
    try await ledger.expectSound()
  }

  @Test func `what a dispute cannot be is refused`() async throws {
    let ledger = try LedgerUnderTest()
    await ledger.expectRefused(.failedPrecondition, reason: "CAPTURE_NOT_RECORDED") {
      try await ledger.dispute("o-1", "d-1", .opened, 1)
    }
    try await ledger.sell("o-1")
    await ledger.expectRefused(.failedPrecondition, reason: "REFUND_TOO_HIGH", fields: ["amount"]) {
      try await ledger.dispute("o-1", "d-1", .opened, 2001)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["dispute_id", "state", "amount"]) {
      try await ledger.dispute("o-1", "d 1", .unspecified)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["amount"]) {
      try await ledger.dispute("o-1", "d-1", .opened)
    }
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.recordDispute(
        .init(), options: CallOptions().acting("reseller:42"))
    }
    try await ledger.expectSound()
  }
}
