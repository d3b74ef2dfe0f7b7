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
}
