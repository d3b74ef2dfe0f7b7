import Contract
import RPC
import Support
import Synchronization
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

  @Test func `who wants changes alone is told nothing before there is one`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      for orderID in ["old", "new"] { try await shop.checkout(orderID) }
      let changes = Told(cluster, .init(changesOnly: true))
      let order = Told(cluster, .init(orderID: "new", changesOnly: true))
      for told in [changes, order] { try await told.hasBegun() }
      #expect(try await shop.order("new").state == .awaitingPayment)
      #expect(changes.orders.isEmpty && order.orders.isEmpty)
      try await shop.capture("new")
      for told in [changes, order] {
        let last = try await told.last("new") { $0.isSaleBooked }
        #expect(last.state == .purchased)
        #expect(told.orders.allSatisfy { $0.orderID == "new" && $0.state != .awaitingPayment })
      }
    }
  }

  @Test func `nothing is missed between the beginning, a look and the first change`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      for number in 0..<12 {
        let orderID = "race-\(number)"
        try await shop.checkout(orderID)
        // It changes all the while: before the beginning, at it, and after it.
        async let captured = shop.capture(orderID)
        let told = Told(cluster, .init(changesOnly: true))
        try await told.hasBegun()
        let seen = try await shop.order(orderID)
        _ = try await captured
        if !seen.isSaleBooked {
          let last = try await told.last(orderID) { $0.isSaleBooked }
          #expect(last.state == .purchased)
        }
      }
    }
  }
}

/// What a stream of orders has told so far.
private final class Told: Sendable {
  private struct State {
    var hasBegun = false
    var orders: [Contract.Order] = []
  }

  private let state = Mutex(State())
  private let reading = Mutex<Task<Void, Never>?>(nil)

  init(_ cluster: Cluster, _ request: WatchOrdersRequest) {
    var options = Shop.asOperator
    options.onBegin = { [weak self] in self?.state.withLock { $0.hasBegun = true } }
    let orders = cluster.orders.watchOrders(request, options: options)
    let task = Task { [weak self] in
      do {
        for try await order in orders { self?.state.withLock { $0.orders.append(order) } }
      } catch {
        // The end of the test ends the stream.
      }
    }
    reading.withLock { $0 = task }
  }

  deinit { reading.withLock { $0?.cancel() } }

  var orders: [Contract.Order] { state.withLock(\.orders) }

  func hasBegun() async throws {
    _ = try await eventually("the stream has begun") {
      self.state.withLock(\.hasBegun) ? true : nil
    }
  }

  /// Waits until the order is told to be so.
  func last(_ orderID: String, _ isDue: @escaping @Sendable (Contract.Order) -> Bool) async throws
    -> Contract.Order
  {
    try await eventually("\(orderID) is told") {
      self.orders.last { $0.orderID == orderID && isDue($0) }
    }
  }
}
