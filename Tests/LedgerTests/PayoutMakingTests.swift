import Contract
import Store
import Testing

@testable import Ledger

/// What a payout says while nobody has looked at it.
@Suite struct PayoutMakingTests {
  @Test func `a payout says from the start that its payee has no address`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.putRecipients(["admin"])
    try await ledger.sell("o-1")
    let unready = try await ledger.payout("o-1/reseller")
    #expect(unready.state == .pending && unready.reason?.code == "NO_RECIPIENT")
    let next = (unready.nextAt?.milliseconds ?? 0) - (unready.createdAt?.milliseconds ?? 0)
    #expect(next == PayoutRules.recheckMilliseconds)
    #expect(try await ledger.payout("o-1/admin").reason == nil)
    try await ledger.expectSound()
    // The lane is due for the payout that can be sent, and stays so.
    try await ledger.sell("o-2")
    let due = try await ledger.store.read {
      try $0.intent(PayoutStore.sendIntent, "sandbox/USD")?.dueAt
    }
    let ready = try await ledger.payout("o-2/admin").nextAt?.milliseconds
    #expect(due != nil && due == ready)
  }

  @Test func `without any address a sale leaves the lane for later`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    let due = try await ledger.store.read {
      try $0.intent(PayoutStore.sendIntent, "sandbox/USD")?.dueAt
    }
    #expect(try await ledger.payout("o-1/admin").nextAt?.milliseconds == due)
    try await ledger.expectSound()
  }
}
