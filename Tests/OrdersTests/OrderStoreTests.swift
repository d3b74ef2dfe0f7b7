import Contract
import Store
import Support
import Testing

@testable import Orders

/// Decisions that others overtake, and calls that wait for orders.
@Suite struct OrderStoreTests {
  /// An order in PURCHASING, with nothing moving any more.
  private func purchasing(_ orders: OrdersUnderTest) async throws -> Order {
    _ = try await orders.client.putListing(Shop.mug(), options: OrdersUnderTest.asOperator)
    orders.purchasing.script(.purchase(.placing, nextAt: 1))
    for _ in 0..<50 { orders.ledger.fail(OrdersUnderTest.unreachable) }
    try await orders.moving {
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
    }
    return try await orders.store.read { try OrderStore(transaction: $0).require("o-1") }
  }

  @Test func `a booking that comes between is not lost, and the sale follows`() async throws {
    let orders = try OrdersUnderTest()
    let before = try await purchasing(orders)
    try #require(before.state == .purchasing && !before.progress.isCaptureBooked)
    try await orders.store.write { transaction in
      let store = OrderStore(transaction: transaction)
      try store.apply(.captureBooked, to: before, detail: "")
      let after = try store.apply(
        .purchaseCompleted, to: before, detail: "",
        facts: [.init("supplierOrderIDs", .text("8001")), .init("landedCost", .integer(800))])
      #expect(after?.progress.isCaptureBooked == true)
      #expect(try transaction.intent(OrderEffect.recordSale.rawValue, "o-1") != nil)
    }
  }

  @Test func `a decision about an order that has moved on changes nothing`() async throws {
    let orders = try OrdersUnderTest()
    let before = try await purchasing(orders)
    let story = try await orders.story("o-1")
    try await orders.store.write { transaction in
      let store = OrderStore(transaction: transaction)
      let refused = try store.apply(.purchaseRefused, to: before, detail: "")
      let retried = try store.apply(.retried, to: try #require(refused), detail: "")
      #expect(retried?.progress.purchaseGeneration == 2)
      // The first generation's late answers.
      for event in [OrderEvent.purchaseRefused, .purchaseNotTaken, .purchaseUnresolved] {
        #expect(try store.apply(event, to: before, detail: "") == nil)
      }
    }
    #expect(try await orders.story("o-1") == story + ["purchaseRefused", "retried"])
  }

  @Test func `a call that waits hears what was rung before it listened to the end`() async throws {
    let bell = OrderBell()
    let listening = try #require(bell.listen(to: "o-1"))
    let (first, second) = (
      OrdersUnderTest.order(), OrdersUnderTest.order(.init(state: .purchasing))
    )
    bell.ring("o-1")
    let heard = try await listening.first(
      from: first, until: .now + .seconds(5), reading: { second }
    ) { $0.state != .capturing }
    #expect(heard == second)
    bell.close(listening)
    bell.ring("o-1")
  }

  @Test func `a call that waits in vain answers what it knows at the deadline`() async throws {
    let bell = OrderBell()
    let listening = try #require(bell.listen(to: "o-1"))
    let first = OrdersUnderTest.order()
    let heard = try await listening.first(
      from: first, until: .now + .milliseconds(20), reading: { first }
    ) { _ in false }
    #expect(heard == first)
    bell.close(listening)
    bell.close(listening)
  }

  @Test func `when the service stops, calls that wait answer and none waits any more`() async throws
  {
    let bell = OrderBell()
    let listening = try #require(bell.listen(to: "o-1"))
    let first = OrdersUnderTest.order()
    bell.endAll()
    let heard = try await listening.first(
      from: first, until: .now + .seconds(60), reading: { first }
    ) { _ in false }
    #expect(heard == first && bell.listen(to: "o-1") == nil)
  }

  @Test func `so many calls may wait, and no more`() throws {
    let bell = OrderBell()
    let listening = (0..<OrderBell.listenersMax).map { bell.listen(to: "o-\($0 % 7)") }
    #expect(listening.allSatisfy { $0 != nil })
    #expect(bell.listen(to: "o-1") == nil)
    bell.close(listening[0])
    #expect(bell.listen(to: "o-1") != nil)
  }
}
