import Contract
import Money
import Outside
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// Payouts that go out together: one call, many transfers, each with its own end.
@Suite struct BatchTests {
  private typealias Page = LedgerUnderTest

  /// Sells orders while PayPal is busy with the first, so that the others go out together.
  private func sellTogether(
    _ ledger: LedgerUnderTest, _ orders: [String], answers: ScriptedPayouts.Answer...
  ) async throws {
    try await ledger.putRecipients(["reseller:42"])
    try await ledger.fund()
    ledger.payPal.hold()
    try await ledger.sell("first")
    _ = try await eventually("PayPal is busy") { ledger.payPal.calls.count == 1 ? true : nil }
    for answer in answers { ledger.payPal.script(answer) }
    for order in orders { try await ledger.sell(order) }
    ledger.payPal.release()
  }

  @Test func `a payout alone goes out at once, and what is due meanwhile goes out together`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await sellTogether(ledger, ["o-1", "o-2", "o-3"])
      for order in ["first", "o-1", "o-2", "o-3"] {
        try await ledger.wait(for: "\(order)/reseller", .paid)
      }
      #expect(
        ledger.payPal.batches == [
          ["first-reseller-1"], ["o-1-reseller-1", "o-2-reseller-1", "o-3-reseller-1"],
        ])
      #expect(ledger.payPal.calls == ["first-reseller-1", "o-1-reseller-1"])
      #expect(ledger.payPal.looks == 2)
      let one = try await ledger.payout("o-3/reseller")
      #expect(one.paypalBatchID == "BATCH2" && one.paypalItemID == "ITEM-o-3-reseller-1")
    }
  }

  @Test func `each item of a batch has its own end`() async throws {
    try await LedgerUnderTest.running { ledger in
      ledger.payPal.item(
        "o-2-reseller-1", becomes: .init(status: "FAILED", errorName: "RECEIVER_ACCOUNT_LOCKED"))
      ledger.payPal.item("o-3-reseller-1", becomes: .init(status: "UNCLAIMED"))
      try await sellTogether(ledger, ["o-1", "o-2", "o-3"])
      try await ledger.wait(for: "o-1/reseller", .paid)
      try await ledger.wait(for: "o-2/reseller", .failed)
      try await ledger.wait(for: "o-3/reseller", .unclaimed)
      #expect(try await ledger.balance("payoutsInTransit") == 1880)
      ledger.payPal.change("o-3-reseller-1", to: "RETURNED")
      try await ledger.wait(for: "o-3/reseller", .returned)
      _ = try await ledger.client.retryPayout(
        .init(payoutID: "o-2/reseller"), options: Page.asOperator)
      try await ledger.wait(for: "o-2/reseller", .paid)
      #expect(ledger.payPal.batches.last == ["o-2-reseller-2"])
      #expect(try await ledger.balance("reseller:42") == 1880)
    }
  }

  @Test func `a batch whose answer was lost is repeated as it was, and others go on meanwhile`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await sellTogether(ledger, ["o-1", "o-2"], answers: .acceptInSilence)
      let unknown = try await ledger.wait(for: "o-2/reseller", .unknown, "OUTCOME_UNKNOWN")
      #expect(unknown.nextAt != nil)
      try await ledger.sell("o-3")
      try await ledger.wait(for: "o-3/reseller", .paid)
      #expect(try await ledger.payout("o-1/reseller").state == .unknown)
      try await ledger.wait(for: "o-1/reseller", .paid)
      try await ledger.wait(for: "o-2/reseller", .paid)
      #expect(
        ledger.payPal.calls == [
          "first-reseller-1", "o-1-reseller-1", "o-3-reseller-1", "o-1-reseller-1",
        ])
      #expect(ledger.payPal.sent.count == 4)
    }
  }

  @Test func `a batch that was refused for one of its items is taken apart until that one fails`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      ledger.payPal.refuseBatches(with: "o-1")
      try await sellTogether(ledger, ["o-1", "o-2", "o-3", "o-4"])
      for order in ["o-2", "o-3", "o-4"] {
        try await ledger.wait(for: "\(order)/reseller", .paid)
      }
      let failed = try await ledger.wait(for: "o-1/reseller", .failed)
      #expect(failed.reason?.providerCode == "VALIDATION_ERROR" && failed.generation == 3)
      #expect(ledger.payPal.sent.count == 4)
      #expect(try await ledger.balance("reseller:42") == 1880)
    }
  }

  @Test func `a process that dies after composing sends the very same batch again`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.putRecipients()
    try await ledger.fund()
    try await ledger.sell("o-1")
    try await ledger.sell("o-2")
    let first = try await ledger.composeBatch()
    #expect(first.isUntried && first.batch.senderBatchID == "o-1-admin-1")
    try await ledger.sell("o-3")
    _ = try await ledger.client.putPayoutRecipient(
      .init(payee: "admin", environment: .sandbox, email: "new@example.com"),
      options: Page.asOperator)
    try await ledger.store.write { try PayoutStore(transaction: $0).releaseClaims() }
    let again = try await ledger.composeBatch()
    #expect(!again.isUntried)
    #expect(again.payouts.map(\.senderItemID) == first.payouts.map(\.senderItemID))
    #expect(again.payouts.map(\.recipientEmail) == first.payouts.map(\.recipientEmail))
    #expect(again.payouts.map(\.amount) == first.payouts.map(\.amount))
  }

  @Test func `of two runners one sends, and the other finds the batch taken`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.putRecipients()
    try await ledger.fund()
    for number in 1...20 { try await ledger.sell("o-\(number)") }
    let send = { @Sendable () async throws in
      let work = PayoutWork(
        store: ledger.store, gateway: ledger.payPal, pollMilliseconds: 10, itemsMax: 7,
        logger: Page.logger)
      let handler = try #require(work.handlers[PayoutStore.sendIntent])
      try await handler(Intent(kind: PayoutStore.sendIntent, subject: "sandbox/USD"))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<40 { group.addTask { try await send() } }
      try await group.waitForAll()
    }
    let (calls, sent) = (ledger.payPal.calls, ledger.payPal.sent)
    #expect(Set(calls).count == calls.count)
    #expect(Set(sent.map(\.transfer.senderItemID)).count == sent.count && !sent.isEmpty)
    try await ledger.expectSound()
  }

  @Test func `what PayPal shows otherwise than it was asked waits for a person`() async throws {
    try await LedgerUnderTest.running { ledger in
      ledger.payPal.item(
        "o-1-reseller-1", becomes: .init(amount: Amount(minorUnits: 1879, currency: .usd)))
      ledger.payPal.item("o-2-reseller-1", becomes: .init(isShown: false))
      try await sellTogether(ledger, ["o-1", "o-2", "o-3"])
      let differs = try await ledger.wait(for: "o-1/reseller", .submitted, "AMOUNT_DIFFERS")
      #expect(differs.reason?.text.contains("18.79 USD") == true)
      #expect(differs.reason?.owner == "platform" && differs.amount == Page.usd(1880))
      try await ledger.wait(for: "o-2/reseller", .submitted, "ITEM_MISSING")
      try await ledger.wait(for: "o-3/reseller", .paid)
      #expect(try await ledger.balance("payoutsInTransit") == 2 * 1880)
    }
  }

  @Test func `a fee in another currency is booked in that currency`() async throws {
    try await LedgerUnderTest.running { ledger in
      let fee = try Amount(validating: 23, currency: "EUR")
      ledger.payPal.items(become: "SUCCESS", fee: fee)
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      try await ledger.sell("o-1")
      let paid = try await ledger.wait(for: "o-1/reseller", .paid)
      #expect(paid.fee == .init(minorUnits: 23, currency: "EUR"))
      let page = try await ledger.page("o-1")
      #expect(page.contains("o-1/reseller-1/paid: payoutsInTransit <- paypal 18.80"))
      #expect(page.last == "o-1/reseller-1/fee: payoutFees <- paypal 0.23")
    }
  }
}
