import Contract
import Money
import Store
import Testing

@testable import Ledger

/// What captures and sales do about payouts that wait, of which there may be very many.
@Suite struct PayoutWakeTests {
  @Test(arguments: [
    (PayoutStore.someShortOfFunds, 3, "payoutShortOfFunds"),
    (PayoutStore.allShortOfFunds, 3, "payoutShortOfFunds"),
    (PayoutStore.shortOfBalance, 4, "payoutShortOfBalance"),
  ])
  func `payouts that wait for something else are not looked at`(
    waiting: PayoutStore.Waiting, parameters: Int, index: String
  ) async throws {
    let ledger = try LedgerUnderTest()
    for statement in [waiting.find, waiting.wake] {
      let plan = try await ledger.store.read { transaction in
        try transaction.rows(
          "EXPLAIN QUERY PLAN \(statement)", Array(repeating: .integer(1), count: parameters)
        ).map { $0.text("detail") }
      }
      #expect(plan.contains { $0.contains("USING INDEX \(index) ") })
    }
  }

  @Test func `a second look at a lane comes a little after the first, and other lanes do not wait`()
    async throws
  {
    let pace = LanePace()
    let (dollars, euros) = (
      PayoutLane(.sandbox, try Currency(validating: "USD")),
      PayoutLane(.sandbox, try Currency(validating: "EUR"))
    )
    let begin = ContinuousClock.now
    try await pace.turn(of: dollars)
    try await pace.turn(of: dollars)
    #expect(.now - begin >= LanePace.pause)
    #expect(pace.nextLook(at: euros) == nil)
  }
}
