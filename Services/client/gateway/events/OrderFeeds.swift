import Contract
import RPC
import Runtime
import Synchronization

/// The feeds of all people who view now, one for each.
///
/// They have connections of their own: a stream takes a place on its connection for as long as it is
/// open, and a connection has 256, which viewers must not take away from requests.
final class OrderFeeds: Sendable {
  /// Below what a connection can carry.
  static let feedsOfLineMax = 250

  private let lines: [OrdersClient]
  private let open = Mutex<[Actor: OrderFeed]>([:])

  /// - Parameter connection: makes one to `orders`.
  init(viewersMax: Int, connection: () -> any RPCChannel) {
    let lineCount = max(1, (viewersMax + Self.feedsOfLineMax - 1) / Self.feedsOfLineMax)
    lines = (0..<lineCount).map { _ in OrdersClient(connection()) }
  }

  /// A seat at the changes that a person may see; given back by `leave`.
  func join(_ person: Actor, _ wish: OrderSeat.Wish) -> OrderSeat {
    let seat = OrderSeat(wish)
    open.withLock { open in
      if let feed = open[person], feed.add(seat) { return }
      let line = freeLine(open.values)
      open[person] = OrderFeed(person, lines[line], line: line, first: seat)
    }
    return seat
  }

  /// The first connection with room; one is enough for nearly all.
  private func freeLine(_ feeds: some Sequence<OrderFeed>) -> Int {
    var used = Array(repeating: 0, count: lines.count)
    for feed in feeds { used[feed.line] += 1 }
    return used.firstIndex { $0 < Self.feedsOfLineMax }
      ?? used.indices.min { used[$0] < used[$1] } ?? 0
  }

  func leave(_ person: Actor, _ seat: OrderSeat) {
    open.withLock { open in
      guard let feed = open[person] else { return }
      feed.remove(seat)
      if feed.isEmpty {
        feed.end()
        open[person] = nil
      }
    }
  }
}
