import Contract
import RPC
import Support
import Testing

/// Orders that are watched over a real socket.
@Suite(.serialized) struct WatchTests {
  @Test func `who watches sees an order to its end, and holds up no stop`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.checkout("seen")
      var orders = cluster.orders.watchOrders(.init(orderID: "seen"), options: Shop.asOperator)
        .makeAsyncIterator()
      #expect(try await orders.next()?.state == .awaitingPayment)
      try await shop.capture("seen")
      var last: Contract.Order?
      while last?.isSaleBooked != true {
        last = try await orders.next()
        try #require(last != nil)
      }
      #expect(last?.state == .purchased)
      let stop = try #require(await cluster.stop(.orders))
      #expect(stop.exit == Program.Exit(status: 0, bySignal: false))
      #expect(stop.took < Program.atOnce, "\(stop.took)")
      let error = await #expect(throws: RPCError.self) { while try await orders.next() != nil {} }
      #expect(error?.code == .unavailable)
    }
  }
}
