import Contract
import RPC
import Support
import Testing

@testable import Orders

/// Orders that are watched.
@Suite struct WatchTests {
  private typealias Page = OrdersUnderTest
  private static let asReseller = CallOptions(timeout: .seconds(20)).acting("reseller:42")

  @Test func `who watches an order sees it as it is, then each change, until the service stops`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await orders.checkout("o-2")
      var seen = orders.client.watchOrders(.init(orderID: "o-1"), options: Self.asReseller)
        .makeAsyncIterator()
      #expect(try await seen.next()?.state == .awaitingPayment)
      try await orders.capture("o-1")
      try await orders.capture("o-2")
      var last: Contract.Order?
      while last?.isSaleBooked != true {
        last = try await seen.next()
        #expect(last?.orderID == "o-1")
      }
      orders.book.bell.endAll()
      await orders.expectRefused(.unavailable, reason: "STOPS") {
        while try await seen.next() != nil {}
      }
      await orders.expectRefused(.unavailable, reason: "STOPS") {
        for try await _ in orders.client.watchOrders(.init(), options: Self.asReseller) {}
      }
    }
  }

  @Test func `a reseller watches his own orders, the platform all, and a change of why it waits`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      _ = try await orders.client.putListing(
        Shop.mug("house", userID: 0), options: Page.asOperator)
      _ = try await orders.client.createCheckout(
        Page.checkout("h-1", listing: "house"), options: Page.asOperator)
      try await orders.checkout("o-1")
      var own = orders.client.watchOrders(.init(), options: Self.asReseller).makeAsyncIterator()
      var all = orders.client.watchOrders(.init(), options: Page.asOperator).makeAsyncIterator()
      #expect(try await own.next()?.orderID == "o-1")
      let first = [try await all.next()?.orderID, try await all.next()?.orderID]
      #expect(first == ["o-1", "h-1"])
      _ = try await orders.client.cancelOrder(.init(orderID: "h-1"), options: Page.asOperator)
      var change = try await all.next()
      #expect(change?.orderID == "h-1" && change?.state == .cancelled)
      for _ in 0..<4 { orders.purchasing.script(.fail(Page.unreachable)) }
      try await orders.capture("o-1")
      while change?.waiting?.reason?.code != "PURCHASING_UNREACHABLE" {
        change = try await all.next()
      }
      #expect(try await own.next()?.orderID == "o-1", "nothing of the house")
      for stranger in [WatchOrdersRequest(orderID: "o-1"), WatchOrdersRequest(userID: 42)] {
        await orders.expectRefused(.permissionDenied) {
          let options = CallOptions(timeout: .seconds(5)).acting("reseller:7")
          for try await _ in orders.client.watchOrders(stranger, options: options) {}
        }
      }
    }
  }

  @Test func `changes alone begin with the first change, and are refused as the rest is`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      for orderID in ["o-1", "o-2"] { try await orders.checkout(orderID) }
      let (begun, beginning) = AsyncStream<Void>.makeStream()
      var options = Self.asReseller
      options.onBegin = { beginning.yield() }
      let changes = orders.client.watchOrders(.init(changesOnly: true), options: options)
      let first = Task { () -> Contract.Order? in
        for try await change in changes { return change }
        return nil
      }
      for await _ in begun { break }
      try await orders.capture("o-2")
      let change = try await first.value
      #expect(change?.orderID == "o-2" && change?.state != .awaitingPayment)
      let stranger = CallOptions(timeout: .seconds(5)).acting("reseller:7")
      for request in [
        WatchOrdersRequest(orderID: "o-1", changesOnly: true),
        WatchOrdersRequest(userID: 42, changesOnly: true),
      ] {
        await orders.expectRefused(.permissionDenied) {
          for try await _ in orders.client.watchOrders(request, options: stranger) {}
        }
      }
    }
  }

  @Test func `who listens to his own orders is not woken for another's`() async throws {
    let bell = OrderBell()
    let own = try #require(bell.listen(to: nil, of: 42))
    let all = try #require(bell.listen(to: nil))
    for (orderID, owner) in [("theirs", 43), ("ours", 42), ("unknown", nil)] as [(String, Int64?)] {
      bell.ring(orderID, of: owner)
    }
    #expect(try await bell.next(own) == ["ours", "unknown"])
    #expect(try await bell.next(all) == ["theirs", "ours", "unknown"])
    for listening in [own, all] { bell.close(listening) }
  }

  @Test func `a slow listener that missed orders is told so`() async throws {
    let bell = OrderBell()
    let listening = try #require(bell.listen(to: nil))
    for number in 0...OrderBell.pendingMax { bell.ring("o-\(number)") }
    await #expect(throws: OrderBell.MissedRings.self) { try await bell.next(listening) }
    bell.close(listening)
  }
}
