import Contract
import Logging
import NIOCore
import RPC
import Runtime
import Support
import Synchronization
import Testing

@testable import Gateway

/// Changes that come once and are told to all viewers of a person.
struct OrderFeedTests {
  /// An `orders` whose changes a test makes.
  private final class FakeOrders: OrdersMethods {
    private struct Watching: Sendable {
      let actor: String
      let request: WatchOrdersRequest
      let told: AsyncThrowingStream<Contract.Order, any Error>.Continuation
      var isOver = false
    }

    private let watching = Mutex<[Watching]>([])

    /// Who watches and has not left.
    var actors: [String] { watching.withLock { $0.filter { !$0.isOver }.map(\.actor) } }
    var requests: [WatchOrdersRequest] { watching.withLock { $0.map(\.request) } }

    func watchOrders(
      _ request: WatchOrdersRequest, _ context: CallContext,
      _ responses: ResponseStream<Contract.Order>
    ) async throws {
      let (orders, told) = AsyncThrowingStream<Contract.Order, any Error>.makeStream()
      let actor = try context.actor().description
      let place = watching.withLock { watching in
        watching.append(Watching(actor: actor, request: request, told: told))
        return watching.count - 1
      }
      responses.begin()
      defer { watching.withLock { $0[place].isOver = true } }
      for try await order in orders { try await responses.write(order) }
    }

    func tell(_ order: Contract.Order, to actor: String) {
      let told = watching.withLock { $0.last { $0.actor == actor && !$0.isOver }?.told }
      told?.yield(order)
    }

    func end(_ error: RPCError) {
      watching.withLock { $0.last { !$0.isOver }?.told.finish(throwing: error) }
    }
  }

  private let orders = FakeOrders()
  private let feeds: OrderFeeds

  init() {
    let channel = InProcessChannel(
      services: [orders.rpcService()], logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
    feeds = OrderFeeds(viewersMax: 1000) { channel }
  }

  private func order(_ id: String, of userID: Int64 = 42, at milliseconds: Int64 = 1)
    -> Contract.Order
  {
    Order(
      orderID: id, state: .paid, userID: userID,
      updatedAt: Timestamp(milliseconds: milliseconds))
  }

  /// The next news of a seat.
  private func news(_ seat: OrderSeat) async -> OrderSeat.News {
    for await _ in seat.wakes { break }
    return seat.take()
  }

  private func seated(_ person: Actor, _ wish: OrderSeat.Wish = .init()) async -> OrderSeat {
    let seat = feeds.join(person, wish)
    #expect(await news(seat).looksAnew)
    return seat
  }

  @Test(.timeLimit(.minutes(1)))
  func `viewers of one person share one stream, in his name, and each change's bytes`()
    async throws
  {
    let seats = [await seated(.admin(1)), await seated(.admin(1))]
    let other = await seated(.reseller(42))
    #expect(orders.actors == ["admin:1", "reseller:42"])
    #expect(
      orders.requests == [.init(changesOnly: true), .init(userID: 42, changesOnly: true)])
    orders.tell(order("o-1"), to: "admin:1")
    var places: [UnsafeRawPointer?] = []
    for seat in seats {
      let news = await news(seat)
      #expect(news.changes.map(\.orderID) == ["o-1"] && !news.looksAnew)
      places.append(news.changes.first?.event.withUnsafeReadableBytes { $0.baseAddress })
    }
    #expect(places[0] == places[1])
    #expect(other.take().changes.isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a viewer is told what he wishes, and each order as it was last`() async throws {
    let one = await seated(.admin(1), .init(orderID: "o-1"))
    let theirs = await seated(.admin(1), .init(userID: 43))
    let all = await seated(.admin(1))
    for (id, user) in [("o-1", 42), ("o-2", 43), ("o-1", 42)] as [(String, Int64)] {
      orders.tell(order(id, of: user), to: "admin:1")
    }
    orders.tell(order("end", of: 44), to: "admin:1")
    var seen: [String] = []
    while !seen.contains("end") { seen += await news(all).changes.map(\.orderID) }
    #expect(one.take().changes.map(\.orderID) == ["o-1"])
    #expect(theirs.take().changes.map(\.orderID) == ["o-2"])
  }

  @Test(.timeLimit(.minutes(1)))
  func `the stream ends with the last viewer, and begins again with the next`() async throws {
    let seats = [await seated(.admin(1)), await seated(.admin(1))]
    feeds.leave(.admin(1), seats[0])
    orders.tell(order("o-1"), to: "admin:1")
    #expect(await news(seats[1]).changes.count == 1)
    feeds.leave(.admin(1), seats[1])
    _ = try await eventually("nobody watches") { orders.actors.isEmpty ? true : nil }
    _ = await seated(.admin(1))
    #expect(orders.actors == ["admin:1"])
  }

  @Test(.timeLimit(.minutes(1)))
  func `a service that is away is asked again, and viewers look at everything then`() async throws {
    let seat = await seated(.admin(1))
    orders.end(RPCError(.unavailable, "stops"))
    let told = await news(seat)
    #expect(told.problem.map { String(buffer: $0) }?.contains("UNAVAILABLE") == true)
    #expect(!told.isOver && !told.looksAnew)
    #expect(await news(seat).looksAnew)
    orders.end(RPCError(.permissionDenied, "no more"))
    #expect(await news(seat).isOver)
    // Whoever comes then asks anew.
    #expect(await seated(.admin(1)).take().isOver == false)
    feeds.leave(.admin(1), seat)
    #expect(orders.actors == ["admin:1"])
  }

  @Test func `who reads slowly holds so many changes at most, and looks at everything then`() {
    let seat = OrderSeat(.init())
    for number in 0..<OrderSeat.pendingMax { seat.tell(OrderChange(order("o-\(number)"))) }
    let held = seat.take()
    #expect(held.changes.count == OrderSeat.pendingMax && !held.looksAnew)
    for number in 0...OrderSeat.pendingMax { seat.tell(OrderChange(order("o-\(number)"))) }
    let news = seat.take()
    #expect(news.changes.isEmpty && news.looksAnew)
  }

  @Test func `nothing older than what was just shown is told`() {
    let seat = OrderSeat(.init())
    for (id, time) in [("o-1", 5), ("o-2", 9)] as [(String, Int64)] {
      seat.tell(OrderChange(order(id, at: time)))
      seat.forget(id, before: 7)
    }
    #expect(seat.take().changes.map(\.orderID) == ["o-2"])
  }
}
