import Contract
import Outside
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// Payouts where two things come together: what was lost, what came back, what was paid already.
@Suite struct PayoutMeetingTests {
  private typealias Page = LedgerUnderTest

  private static func refusal(_ code: String) -> Refusal {
    Refusal(code: code, text: "no", isTransient: false, retryAfterSeconds: nil)
  }

  @Test(arguments: ["DUPLICATE_ITEM", "NON_HOLDING_CURRENCY", "SENDER_RESTRICTED"])
  func `after a lost answer a refusal gives nothing back, so that nothing is paid twice`(
    _ code: String
  ) async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      ledger.payPal.script(.acceptInSilence, .refuse(Self.refusal(code)))
      try await ledger.sell("o-1")
      #expect(try await ledger.wait(for: "o-1/reseller", .paid).generation == 1)
      #expect(Set(ledger.payPal.calls) == ["o-1-reseller-1"])
    }
  }

  @Test func `what was never taken is sent however long PayPal was away`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.putRecipients(["reseller:42"])
    try await ledger.fund()
    try await ledger.sell("o-1")
    let first = try await ledger.composeBatch()
    #expect(first.isUntried)
    try await ledger.store.write { transaction in
      let reason = PayoutReason(code: .payPalUnavailable, text: "busy", owner: "nobody")
      try PayoutStore(transaction: transaction).postpone(
        first.batch, .notTaken, reason, until: 0)
      try transaction.run("DROP TRIGGER payoutBatchIsNotComposedAnew")
      try transaction.run("UPDATE payoutBatch SET createdAt = 1")
    }
    let again = try await ledger.composeBatch()
    #expect(again.isUntried && again.payouts.map(\.payoutID) == ["o-1/reseller"])
    try await ledger.store.write { try PayoutStore(transaction: $0).releaseClaims() }
    guard case .tooLate = try await ledger.compose().composition else {
      Issue.record("a crash after that sending leaves an unknown, which is too old")
      return
    }
    try await ledger.wait(for: "o-1/reseller", .unknown, "OUTCOME_UNKNOWN_TOO_LONG")
  }

  @Test func `a payout that still waits says when it is looked at next`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    _ = try await ledger.compose()
    try await ledger.store.write { transaction in
      try transaction.run("UPDATE payout SET nextAt = 1 WHERE payoutID = 'o-1/reseller'")
    }
    _ = try await ledger.compose()
    let waiting = try await ledger.payout("o-1/reseller")
    #expect(waiting.reason?.code == "NO_RECIPIENT" && waiting.nextAt?.milliseconds ?? 0 > 1)
  }

  @Test func `money that came back and was paid out on demand is not sent a second time`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      ledger.payPal.items(become: "FAILED", error: "RECEIVER_ACCOUNT_LOCKED")
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/reseller", .failed)
      ledger.payPal.items(become: "SUCCESS")
      _ = try await ledger.client.requestPayout(
        .init(
          payoutID: "now", payee: "reseller:42", environment: .sandbox,
          amount: Page.usd(1880)), options: Page.asOperator)
      try await ledger.wait(for: "now", .paid)
      await ledger.expectRefused(.failedPrecondition, reason: "BALANCE_TOO_LOW") {
        _ = try await ledger.client.retryPayout(
          .init(payoutID: "o-1/reseller"), options: Page.asOperator)
      }
      try await ledger.sell("o-2")
      #expect(try await ledger.wait(for: "o-2/reseller", .paid).amount == Page.usd(1880))
      #expect(try await ledger.balance("reseller:42") == 0)
    }
  }

  @Test func `what comes back from one payee lets another be paid`() async throws {
    try await LedgerUnderTest.running { ledger in
      ledger.payPal.items(become: "UNCLAIMED")
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund("out", 1000)
      _ = try await ledger.client.recordFunding(
        .init(
          fundingID: "taken", environment: .sandbox, direction: .withdrawal,
          amount: Page.usd(3000), occurredAt: nil), options: Page.asOperator)
      try await ledger.sell("o-1")
      try await ledger.sell("o-2", user: 7)
      try await ledger.wait(for: "o-1/reseller", .unclaimed)
      try await ledger.putRecipients(["reseller:7"])
      try await ledger.wait(for: "o-2/reseller", .pending, "PLATFORM_BALANCE_TOO_LOW")
      ledger.payPal.items(become: "SUCCESS")
      ledger.payPal.change("o-1-reseller-1", to: "RETURNED")
      try await ledger.wait(for: "o-2/reseller", .paid)
    }
  }

  @Test func `a reseller learns nothing about another's payout by guessing its id`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    try await ledger.store.write { transaction in
      try transaction.run("UPDATE payout SET state = 'NOT_DUE' WHERE payoutID = 'o-1/reseller'")
    }
    func request(_ payee: String, _ options: CallOptions) async throws {
      _ = try await ledger.client.requestPayout(
        .init(payoutID: "now", payee: payee, environment: .sandbox, amount: Page.usd(5)),
        options: options)
    }
    try await request("reseller:42", CallOptions().acting("reseller:42"))
    await ledger.expectRefused(.permissionDenied) {
      try await request("reseller:43", CallOptions().acting("reseller:43"))
    }
    await ledger.expectRefused(.alreadyExists, fields: ["payee"]) {
      try await request("reseller:43", Page.asOperator)
    }
  }

  @Test func `a reseller who names no user lists his own sales`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    try await ledger.sell("o-2", user: 7)
    let own = try await ledger.client.listSales(
      .init(), options: CallOptions().acting("reseller:7"))
    #expect(own.sales.map(\.orderID) == ["o-2"])
  }
}
