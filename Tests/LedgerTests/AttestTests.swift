import Contract
import Money
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// Payouts that only a person can end, and whose address a person must vouch for.
@Suite struct AttestTests {
  private typealias Page = LedgerUnderTest

  private static func attest(
    _ finding: PayoutFinding, sent: Int64? = nil, fee: Int64? = nil, evidence: String = "activity"
  ) -> AttestPayoutRequest {
    AttestPayoutRequest(
      payoutID: "o-1/reseller", finding: finding, evidence: evidence,
      sent: sent.map { Page.usd($0) }, fee: fee.map { Page.usd($0) })
  }

  /// A ledger whose PayPal forgot the key of a payout before it answered.
  private func forgotten() async throws -> LedgerUnderTest {
    let ledger = try LedgerUnderTest()
    try await ledger.putRecipients(["reseller:42"])
    try await ledger.fund()
    try await ledger.sell("o-1")
    _ = try await ledger.composeBatch()
    try await ledger.store.write { transaction in
      try transaction.run("DROP TRIGGER payoutBatchIsNotComposedAnew")
      try transaction.run("UPDATE payoutBatch SET createdAt = 1, claimedUntil = 0")
    }
    guard case .tooLate = try await ledger.compose().composition else {
      throw LedgerError.notRetriable(payoutID: "o-1", state: "not too late")
    }
    try await ledger.wait(for: "o-1/reseller", .unknown, "OUTCOME_UNKNOWN_TOO_LONG")
    return ledger
  }

  @Test func `a payout that PayPal forgot is ended by a person, who is kept with what he saw`()
    async throws
  {
    let ledger = try await forgotten()
    for actor in ["reseller:42", "system"] {
      await ledger.expectRefused(.permissionDenied) {
        _ = try await ledger.client.attestPayout(
          Self.attest(.notSent), options: CallOptions().acting(actor))
      }
    }
    for _ in 1...2 {
      let ended = try await ledger.client.attestPayout(
        Self.attest(.notSent), options: Page.asOperator)
      #expect(ended.state == .failed && ended.reason?.code == "ATTESTED_NOT_SENT")
      #expect(ended.reason?.text.contains("operator:test") == true)
    }
    await ledger.expectRefused(.alreadyExists, fields: ["finding"]) {
      _ = try await ledger.client.attestPayout(Self.attest(.paid), options: Page.asOperator)
    }
    #expect(try await ledger.balance("reseller:42") == 1880)
    try await ledger.expectSound()
    _ = try await ledger.client.retryPayout(
      .init(payoutID: "o-1/reseller"), options: Page.asOperator)
    let again = try await ledger.composeBatch()
    #expect(again.payouts.map(\.senderItemID) == ["o-1-reseller-2"])
    await #expect(throws: StoreError.self) {
      try await ledger.store.write { try $0.run("DELETE FROM payoutAttestation") }
    }
  }

  @Test(
    arguments: [
      (nil, "payoutsInTransit <- paypal 18.80", 0), (1800, "payoutsInTransit <- paypal 18.00", 80),
      (1900, "reseller:42 <- paypal 0.20", -20),
    ] as [(Int64?, String, Int64)])
  func `what a person found to be paid is booked as it was, and the rest stays the payee's`(
    _ sent: Int64?, _ line: String, _ left: Int64
  ) async throws {
    let ledger = try await forgotten()
    let paid = try await ledger.client.attestPayout(
      Self.attest(.paid, sent: sent, fee: 25), options: Page.asOperator)
    #expect(paid.state == .paid && paid.fee == Page.usd(25))
    #expect(try await ledger.page("o-1").contains("o-1/reseller-1/paid: \(line)"))
    #expect(try await ledger.balance("reseller:42") == left)
    #expect(try await ledger.balance("payoutsInTransit") == 0)
    #expect(try await ledger.people()["o-1/reseller-1/paid"] == "operator:test")
    try await ledger.expectSound()
  }

  @Test func `an entry tells the person who had it booked, and nobody for what goes by itself`()
    async throws
  {
    let ledger = try await forgotten()
    // Whoever says the same again has booked nothing.
    for options in [CallOptions().acting("operator:anna"), CallOptions().acting("operator:ben")] {
      _ = try await ledger.client.recordRefund(
        .init(orderID: "o-1", refundID: "r-1", refunded: Page.usd(500)), options: options)
      _ = try await ledger.client.recordDispute(
        .init(orderID: "o-1", disputeID: "PP-D-1", state: .opened, amount: Page.usd(100)),
        options: options)
      _ = try await ledger.client.attestPayout(Self.attest(.notSent), options: options)
    }
    _ = try await ledger.client.recordDispute(
      .init(orderID: "o-1", disputeID: "PP-D-1", state: .won), options: Page.asSystem)
    let people = try await ledger.people()
    #expect(
      people.filter { !$0.value.isEmpty } == [
        "float/funding": "operator:test", "o-1/refund-r-1": "operator:anna",
        "o-1/dispute-PP-D-1/opened": "operator:anna", "o-1/reseller-1/reversed": "operator:anna",
      ])
    #expect(people["o-1/sale"] == "" && people["o-1/dispute-PP-D-1/won"] == "")
    for statement in ["UPDATE entryPerson SET actor = 'x'", "DELETE FROM entryPerson"] {
      await #expect(throws: (any Error).self) {
        try await ledger.store.write { try $0.run(statement) }
      }
    }
    try await ledger.expectSound()
  }

  @Test func `what PayPal can still tell is not attested`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.putRecipients(["reseller:42"])
    try await ledger.fund()
    try await ledger.sell("o-1")
    for _ in 1...2 {
      await ledger.expectRefused(.failedPrecondition, reason: "NOT_ATTESTABLE") {
        _ = try await ledger.client.attestPayout(Self.attest(.notSent), options: Page.asOperator)
      }
      _ = try await ledger.compose()
    }
    await ledger.expectRefused(.invalidArgument, fields: ["finding", "evidence"]) {
      _ = try await ledger.client.attestPayout(
        Self.attest(.unspecified, evidence: ""), options: Page.asOperator)
    }
  }

  @Test func `an address that a reseller put waits until the platform has verified it`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      try await ledger.fund()
      try await ledger.putRecipients(["reseller:42"])
      let put = try await ledger.client.putPayoutRecipient(
        .init(payee: "reseller:42", environment: .sandbox, email: "thief@example.com"),
        options: CallOptions().acting("reseller:42"))
      #expect(put.version == 2 && put.putBy == "reseller:42" && put.verifiedBy.isEmpty)
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/reseller", .pending, "RECIPIENT_NOT_VERIFIED")
      func verify(_ version: Int32, _ options: CallOptions) async throws -> PayoutRecipient {
        try await ledger.client.verifyPayoutRecipient(
          .init(
            payee: "reseller:42", environment: .sandbox, version: version, evidence: "called him"),
          options: options)
      }
      await ledger.expectRefused(.permissionDenied) {
        _ = try await verify(2, CallOptions().acting("reseller:42"))
      }
      await ledger.expectRefused(.failedPrecondition, reason: "RECIPIENT_OUTDATED") {
        _ = try await verify(1, Page.asOperator)
      }
      #expect(try await verify(2, Page.asOperator) == verify(2, Page.asOperator))
      try await ledger.wait(for: "o-1/reseller", .paid)
      let all = try await ledger.client.listPayoutRecipients(
        .init(payee: "reseller:42", environment: .sandbox), options: Page.asOperator)
      #expect(all.recipients.map(\.version) == [2, 1])
      #expect(all.recipients.map(\.verifiedBy) == ["operator:test", "operator:test"])
      #expect(all.recipients.first?.evidence == "called him")
    }
  }
}

extension LedgerUnderTest {
  /// Who had each entry booked, by its id.
  fileprivate func people() async throws -> [String: String] {
    let answer = try await client.listEntries(
      .init(environment: .sandbox, pageSize: 100), options: Self.asOperator)
    return Dictionary(uniqueKeysWithValues: answer.entries.map { ($0.entryID, $0.recordedBy) })
  }
}
