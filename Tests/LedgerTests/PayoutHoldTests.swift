import Contract
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// After a restore nothing new is sent until a person has looked.
@Suite struct PayoutHoldTests {
  @Test func `payouts wait after a restore until they are released, with who said so`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.putRecipients()
    try await ledger.store.write { try PayoutHold(transaction: $0).begin() }
    try await ledger.store.write { try PayoutHold(transaction: $0).begin() }
    try await ledger.sell("o-1")
    let composed = try await ledger.compose()
    guard case .rests = composed.composition else {
      Issue.record("sent: \(composed)")
      return
    }
    for payout in ["o-1/admin", "o-1/reseller"] {
      #expect(try await ledger.payout(payout).reason?.code == "RESTORED")
    }
    await ledger.expectRefused(.invalidArgument, fields: ["note"]) {
      _ = try await ledger.client.releasePayouts(.init(), options: LedgerUnderTest.asOperator)
    }
    for wasHeld in [true, false] {
      let answer = try await ledger.client.releasePayouts(
        .init(note: "looked"), options: LedgerUnderTest.asOperator)
      #expect(answer.wasHeld == wasHeld)
    }
    #expect(try await ledger.composeBatch().payouts.count == 2)
    try await ledger.expectSound()
  }

  @Test func `a batch that was on its way is held too, and then goes on under its key`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.putRecipients()
    try await ledger.sell("o-1")
    let sent = try await ledger.composeBatch()
    try await ledger.store.write { transaction in
      try PayoutHold(transaction: transaction).begin()
      try PayoutStore(transaction: transaction).releaseClaims()
    }
    guard case .rests = try await ledger.compose().composition else {
      Issue.record("sent before somebody has looked")
      return
    }
    _ = try await ledger.client.releasePayouts(
      .init(note: "looked"), options: LedgerUnderTest.asOperator)
    let again = try await ledger.composeBatch()
    #expect(again.batch.senderBatchID == sent.batch.senderBatchID && !again.isUntried)
  }

  /// A ledger that was restored before the payouts of `o-1` were sent.
  private func restored() async throws -> LedgerUnderTest {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.putRecipients()
    try await ledger.sell("o-1")
    try await ledger.store.write { try PayoutHold(transaction: $0).begin() }
    return ledger
  }

  private static func attest(
    _ payoutID: String, _ finding: PayoutFinding, _ providerID: String = "",
    evidence: String = "activity", sent: Int64? = nil, fee: Int64? = nil
  ) -> AttestPayoutRequest {
    .init(
      payoutID: payoutID, finding: finding, evidence: evidence,
      sent: sent.map { LedgerUnderTest.usd($0) }, fee: fee.map { LedgerUnderTest.usd($0) },
      providerID: providerID)
  }

  @Test func `a payout that was paid after the backup is booked by what a person saw`()
    async throws
  {
    let ledger = try await restored()
    guard case .rests = try await ledger.compose().composition else {
      Issue.record("sent before somebody has looked")
      return
    }
    await ledger.expectRefused(.invalidArgument, fields: ["provider_id"]) {
      _ = try await ledger.client.attestPayout(
        Self.attest("o-1/reseller", .paid), options: LedgerUnderTest.asOperator)
    }
    for _ in 1...2 {
      let paid = try await ledger.client.attestPayout(
        Self.attest("o-1/reseller", .paid, "8X1", fee: 25), options: LedgerUnderTest.asOperator)
      #expect(paid.state == .paid && paid.paypalItemID == "8X1" && paid.generation == 1)
      #expect(paid.amount == paid.due && paid.fee == LedgerUnderTest.usd(25))
    }
    await ledger.expectRefused(.alreadyExists, fields: ["provider_id"]) {
      _ = try await ledger.client.attestPayout(
        Self.attest("o-1/reseller", .paid, "8X2", fee: 25), options: LedgerUnderTest.asOperator)
    }
    let page = try await ledger.page("o-1").filter { $0.hasPrefix("o-1/reseller-1/") }
    #expect(
      page == [
        "o-1/reseller-1/submitted: reseller:42 <- payoutsInTransit 18.80",
        "o-1/reseller-1/paid: payoutsInTransit <- paypal 18.80",
        "o-1/reseller-1/paid: payoutFees <- paypal 0.25",
      ])
    #expect(try await ledger.balance("reseller:42") == 0)
    #expect(try await ledger.payout("o-1/admin").state == .pending, "the other one waits")
    try await ledger.expectSound()
  }

  @Test func `one that was not sent goes out under the next generation, before the release`()
    async throws
  {
    let ledger = try await restored()
    for _ in 1...2 {
      let waits = try await ledger.client.attestPayout(
        Self.attest("o-1/reseller", .notSent), options: LedgerUnderTest.asOperator)
      #expect(waits.state == .pending && waits.reason?.code == "ATTESTED_NOT_SENT")
      #expect(waits.reason?.text.contains("operator:test") == true && waits.generation == 1)
    }
    await ledger.expectRefused(.alreadyExists, fields: ["finding"]) {
      _ = try await ledger.client.attestPayout(
        Self.attest("o-1/reseller", .paid, "8X1"), options: LedgerUnderTest.asOperator)
    }
    try await ledger.expectSound()
    #expect(
      try await ledger.composeBatch().payouts.map(\.senderItemID) == ["o-1-reseller-2"])
    let replayed = try await ledger.client.attestPayout(
      Self.attest("o-1/reseller", .notSent), options: LedgerUnderTest.asOperator)
    #expect(replayed.state == .submitted && replayed.generation == 2)
    #expect(try await ledger.payout("o-1/admin").reason?.code == "RESTORED")
    try await ledger.expectSound()
  }

  @Test(arguments: [PayoutFinding.paid, .notSent])
  func `payouts of a batch that was on its way are ended too, and nothing repeats it`(
    _ finding: PayoutFinding
  ) async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.putRecipients()
    try await ledger.sell("o-1")
    let batch = try await ledger.composeBatch().batch
    try await ledger.store.write { transaction in
      try PayoutHold(transaction: transaction).begin()
      try PayoutStore(transaction: transaction).releaseClaims()
    }
    for (payout, id) in [("o-1/admin", "8X1"), ("o-1/reseller", "8X2")] {
      let ended = try await ledger.client.attestPayout(
        Self.attest(payout, finding, finding == .paid ? id : ""),
        options: LedgerUnderTest.asOperator)
      #expect(ended.state == (finding == .paid ? .paid : .pending))
    }
    try await ledger.expectSound()
    if finding == .notSent {
      let again = try await ledger.composeBatch()
      #expect(again.payouts.map(\.senderItemID) == ["o-1-admin-2", "o-1-reseller-2"])
    }
    _ = try await ledger.client.releasePayouts(
      .init(note: "looked"), options: LedgerUnderTest.asOperator)
    let repeated = try await ledger.store.write {
      try PayoutStore(transaction: $0).repeatBatch(batch.senderBatchID)
    }
    guard case .rests = repeated else {
      Issue.record("an empty batch is sent: \(repeated)")
      return
    }
    try await ledger.expectSound()
  }
}
