import Contract
import Store
import Support
import Testing

@testable import Purchasing

/// A backlog goes out bit by bit.
@Suite struct PurchasePaceTests {
  @Test func `of a thousand that are due at once a second's worth goes, the others have turns`() {
    let pace = PurchasePace(perSecond: 50)
    let start: Int64 = 1_790_000_000_000
    let turns = (0..<1000).map { pace.turn(of: "o-\($0)", now: start) }
    #expect(turns.prefix(50).allSatisfy { $0 == nil })
    let waits = turns.dropFirst(50).compactMap { $0.map { $0 - start } }
    #expect(waits.count == 950 && waits == waits.sorted())
    #expect(waits.first == 20 && waits.last == 19_000)
    // Who comes too early keeps his turn, and uses it up once.
    #expect(pace.turn(of: "o-60", now: start + 1) == turns[60])
    #expect(pace.turn(of: "o-60", now: start + 220) == nil)
    #expect(pace.turn(of: "o-60", now: start + 220) == start + 19_020)
  }

  @Test func `what is not used is not saved up beyond a second's worth`() {
    let pace = PurchasePace(perSecond: 4)
    let now: Int64 = 60_000
    #expect(
      (0..<6).map { pace.turn(of: "\($0)", now: now) } == [nil, nil, nil, nil, 60_250, 60_500])
  }

  @Test func `purchases that wait for their turn say so, lose no try, and are each placed once`()
    async throws
  {
    let test = try PurchasingUnderTest(pace: PurchasePace(perSecond: 10))
    try await test.putCredentials()
    let orders = (0..<25).map { "o-\($0)" }
    try await test.moving {
      let begin = ContinuousClock.now
      try await withThrowingTaskGroup(of: Void.self) { group in
        for order in orders { group.addTask { try await test.buy(order) } }
        let waits = try await eventually("one waits for its turn") { () -> Contract.Purchase? in
          for order in orders {
            let purchase = try? await test.purchase(order)
            if purchase?.reason?.code == "IN_LINE" { return purchase }
          }
          return nil
        }
        #expect(waits.nextAt != nil && waits.attempts.isEmpty)
        try await group.waitForAll()
      }
      #expect(ContinuousClock.now - begin >= .milliseconds(1400))
      #expect(test.supplier.sent.sorted() == orders.map { "\($0)-p1" }.sorted())
      for order in orders { #expect(try await test.purchase(order).state == .purchased) }
    }
  }
}
