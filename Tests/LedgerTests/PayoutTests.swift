import Contract
import Money
import Outside
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// Payouts from the sale to the payee, with a PayPal that misbehaves.
@Suite struct PayoutTests {
  private typealias Page = LedgerUnderTest

  @Test func `both payouts of a sale are submitted, polled and paid`() async throws {
    try await LedgerUnderTest.running { ledger in
      ledger.payPal.items(
        become: "SUCCESS", fee: Amount(minorUnits: 25, currency: .usd))
      try await ledger.putRecipients()
      try await ledger.fund()
      try await ledger.sell("o-1")
      let admin = try await ledger.wait(for: "o-1/admin", .paid)
      let reseller = try await ledger.wait(for: "o-1/reseller", .paid)
      #expect(admin.amount == Page.usd(120) && reseller.amount == Page.usd(1880))
      #expect(admin.fee == Page.usd(25) && admin.generation == 1)
      #expect(admin.recipientEmail == "admin@example.com")
      #expect(!admin.paypalBatchID.isEmpty && !admin.paypalItemID.isEmpty)
      #expect(
        Set(ledger.payPal.sent.map(\.transfer.senderItemID)) == ["o-1-admin-1", "o-1-reseller-1"])
      let page = try await ledger.page("o-1")
      #expect(page.contains("o-1/admin-1/submitted: adminPayable <- payoutsInTransit 1.20"))
      #expect(page.contains("o-1/admin-1/paid: payoutsInTransit <- paypal 1.20"))
      #expect(page.contains("o-1/admin-1/paid: payoutFees <- paypal 0.25"))
      #expect(page.contains("o-1/reseller-1/submitted: reseller:42 <- payoutsInTransit 18.80"))
      #expect(try await ledger.balance("payoutsInTransit") == 0)
      #expect(try await ledger.balance("reseller:42") == 0)
    }
  }

  @Test func `an unknown outcome is repeated under the same key and pays once`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      ledger.payPal.script(.acceptInSilence)
      try await ledger.sell("o-1")
      let unknown = try await ledger.wait(for: "o-1/reseller", .unknown, "OUTCOME_UNKNOWN")
      #expect(unknown.amount == Page.usd(1880) && unknown.nextAt != nil)
      let paid = try await ledger.wait(for: "o-1/reseller", .paid)
      #expect(paid.generation == 1)
      #expect(ledger.payPal.calls == ["o-1-reseller-1", "o-1-reseller-1"])
      #expect(ledger.payPal.sent.count == 1)
      #expect(try await ledger.page("o-1").filter { $0.contains("reseller-1") }.count == 2)
    }
  }

  @Test func `a refusal after an unknown proves nothing and reverses nothing`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      let refusal = Refusal(
        code: "INSUFFICIENT_FUNDS", text: "not enough", isTransient: false,
        retryAfterSeconds: nil)
      ledger.payPal.script(.acceptInSilence, .refuse(refusal))
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/reseller", .paid)
      #expect(ledger.payPal.calls == Array(repeating: "o-1-reseller-1", count: 3))
      #expect(ledger.payPal.sent.count == 1)
    }
  }

  @Test func `what PayPal certainly did not take is sent again under the same key`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      let busy = Refusal(
        code: "RATE_LIMIT_REACHED", text: "too many", isTransient: true, retryAfterSeconds: 1)
      ledger.payPal.script(.refuse(busy))
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/reseller", .submitted, "PAYPAL_UNAVAILABLE")
      #expect(try await ledger.wait(for: "o-1/reseller", .paid).generation == 1)
    }
  }

  @Test func `a failed item gives the money back, and a retry sends it under the next key`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      ledger.payPal.items(become: "FAILED", error: "RECEIVER_ACCOUNT_LOCKED")
      try await ledger.sell("o-1")
      let failed = try await ledger.wait(for: "o-1/reseller", .failed)
      #expect(failed.reason?.providerCode == "RECEIVER_ACCOUNT_LOCKED")
      #expect(try await ledger.balance("reseller:42") == 1880)
      #expect(
        try await ledger.page("o-1").contains(
          "o-1/reseller-1/reversed: payoutsInTransit <- reseller:42 18.80"))
      ledger.payPal.items(become: "SUCCESS")
      _ = try await ledger.client.retryPayout(
        .init(payoutID: "o-1/reseller"), options: Page.asOperator)
      #expect(try await ledger.wait(for: "o-1/reseller", .paid).generation == 2)
      #expect(ledger.payPal.calls == ["o-1-reseller-1", "o-1-reseller-2"])
      await ledger.expectRefused(.failedPrecondition, reason: "NOT_RETRIABLE") {
        _ = try await ledger.client.retryPayout(
          .init(payoutID: "o-1/reseller"), options: Page.asOperator)
      }
    }
  }

  @Test func `a refused batch fails the payout and gives the money back`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      ledger.payPal.script(
        .refuse(
          Refusal(
            code: "SENDER_RESTRICTED", text: "account restricted", isTransient: false,
            retryAfterSeconds: nil)))
      try await ledger.sell("o-1")
      let failed = try await ledger.wait(for: "o-1/reseller", .failed)
      #expect(failed.reason?.providerCode == "SENDER_RESTRICTED")
      #expect(ledger.payPal.sent.isEmpty)
      #expect(try await ledger.balance("reseller:42") == 1880)
    }
  }

  @Test func `an unclaimed item stays in transit until it is claimed or comes back`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients()
      try await ledger.fund()
      ledger.payPal.items(become: "UNCLAIMED", error: "RECEIVER_UNREGISTERED")
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/admin", .unclaimed, "NOT_CLAIMED")
      try await ledger.wait(for: "o-1/reseller", .unclaimed, "NOT_CLAIMED")
      #expect(try await ledger.balance("payoutsInTransit") == 2000)
      ledger.payPal.change("o-1-admin-1", to: "SUCCESS")
      ledger.payPal.change("o-1-reseller-1", to: "RETURNED")
      try await ledger.wait(for: "o-1/admin", .paid)
      try await ledger.wait(for: "o-1/reseller", .returned, "RETURNED_BY_PAYPAL")
      #expect(try await ledger.balance("reseller:42") == 1880)
      #expect(try await ledger.balance("payoutsInTransit") == 0)
    }
  }

  @Test func `a payout without a recipient waits and is woken by PutPayoutRecipient`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.fund()
      try await ledger.sell("o-1")
      let waiting = try await ledger.wait(for: "o-1/reseller", .pending, "NO_RECIPIENT")
      #expect(waiting.reason?.owner == "reseller" && waiting.amount == nil)
      #expect(ledger.payPal.calls.isEmpty)
      try await ledger.putRecipients()
      try await ledger.wait(for: "o-1/reseller", .paid)
      try await ledger.wait(for: "o-1/admin", .paid)
    }
  }

  @Test func `too little money at PayPal waits and is woken by a top-up`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      _ = try await ledger.client.recordFunding(
        .init(
          fundingID: "out", environment: .sandbox, direction: .withdrawal,
          amount: Page.usd(500), occurredAt: nil), options: Page.asOperator)
      try await ledger.sell("o-1")
      let waiting = try await ledger.wait(
        for: "o-1/reseller", .pending, "PLATFORM_BALANCE_TOO_LOW")
      #expect(waiting.reason?.text.contains("15.00") == true, "\(waiting)")
      try await ledger.fund()
      try await ledger.wait(for: "o-1/reseller", .paid)
    }
  }

  @Test func `PayPal's own want of funds waits for a top-up and takes the next key`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      ledger.payPal.script(
        .refuse(
          Refusal(
            code: "INSUFFICIENT_FUNDS", text: "not enough", isTransient: false,
            retryAfterSeconds: nil)))
      try await ledger.sell("o-1")
      let waiting = try await ledger.wait(
        for: "o-1/reseller", .pending, "PLATFORM_BALANCE_TOO_LOW")
      #expect(waiting.reason?.providerCode == "INSUFFICIENT_FUNDS")
      try await ledger.fund("more")
      #expect(try await ledger.wait(for: "o-1/reseller", .paid).generation == 2)
    }
  }

  @Test func `a loss is settled against the next payout`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients()
      try await ledger.fund()
      try await ledger.sell("loss", price: 900, cost: 1000, fundedBy: "platform")
      try await ledger.sell("gain", fundedBy: "platform")
      let paid = try await ledger.wait(for: "gain/reseller", .paid)
      #expect(paid.due == Page.usd(1080) && paid.amount == Page.usd(980))
      #expect(try await ledger.balance("reseller:42") == 0)
    }
  }

  @Test func `an available balance is paid out on demand, once, and no more than there is`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      ledger.payPal.items(become: "FAILED", error: "RECEIVER_ACCOUNT_LOCKED")
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/reseller", .failed)
      ledger.payPal.items(become: "SUCCESS")
      func request(_ cents: Int64) async throws -> Contract.Payout {
        try await ledger.client.requestPayout(
          .init(
            payoutID: "now", payee: "reseller:42", environment: .sandbox,
            amount: Page.usd(cents)), options: CallOptions().acting("reseller:42"))
      }
      await ledger.expectRefused(.failedPrecondition, reason: "BALANCE_TOO_LOW") {
        _ = try await request(1881)
      }
      _ = try await request(1000)
      #expect(try await ledger.wait(for: "now", .paid).amount == Page.usd(1000))
      #expect(try await request(1000).state == .paid)
      await ledger.expectRefused(.alreadyExists, fields: ["amount"]) { _ = try await request(5) }
      #expect(ledger.payPal.sent.last?.transfer.senderItemID == "now-demand-1")
      #expect(try await ledger.balance("reseller:42") == 880)
    }
  }

  @Test func `what was fixed before a crash is sent as it was fixed`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.putRecipients(["reseller:42"])
    try await ledger.fund()
    try await ledger.sell("o-1")
    // The process dies after the commit and before the call.
    _ = try await ledger.composeBatch()
    _ = try await ledger.client.putPayoutRecipient(
      .init(payee: "reseller:42", environment: .sandbox, email: "new@example.com"),
      options: Page.asOperator)
    let work = PayoutWork(
      store: ledger.store, gateway: ledger.payPal, pollMilliseconds: 10, logger: Page.logger)
    try await work.takeOver()
    let runner = IntentRunner(
      store: ledger.store, logger: Page.logger, handlers: work.handlers)
    let running = Task { await runner.run() }
    defer { running.cancel() }
    let paid = try await ledger.wait(for: "o-1/reseller", .paid)
    #expect(paid.recipientEmail == "reseller-42@example.com" && paid.generation == 1)
    #expect(ledger.payPal.calls == ["o-1-reseller-1"])
  }

  @Test func `without a PayPal account a payout waits and says so`() async throws {
    try await LedgerUnderTest.running { ledger in
      ledger.payPal.configure(false)
      try await ledger.putRecipients()
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/admin", .pending, "PAYPAL_NOT_CONFIGURED")
    }
  }

  @Test func `of what one transfer cannot carry the answer says what is left`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.fund("float", 10_000_000)
    try await ledger.putRecipients(["reseller:42"])
    try await ledger.sell("o-1", price: 2_600_000, cost: 100_000)
    let share = try await ledger.payout("o-1/reseller")
    #expect(share.left?.minorUnits == (share.due?.minorUnits ?? 0) - 2_000_000)
    // Its own transfer goes first; what is left of it is free then.
    let sent = try await ledger.composeBatch()
    #expect(sent.payouts.map(\.amount?.minorUnits) == [2_000_000])
    let left = try #require(try await ledger.payout("o-1/reseller").left)
    let asked = try await ledger.client.requestPayout(
      .init(payoutID: "rest", payee: "reseller:42", environment: .sandbox, amount: left),
      options: LedgerUnderTest.asOperator)
    #expect(asked.state == .pending && asked.left == nil && asked.due == left)
    #expect(try await ledger.balance("reseller:42") == left.minorUnits)
  }
}
