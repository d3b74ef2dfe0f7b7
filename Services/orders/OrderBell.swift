import Synchronization

/// Tells calls that wait for an order what became of it, without asking the database.
///
/// An order is rung after its change was committed, so a call that registers before it reads misses
/// nothing. Only the newest state is kept for a slow listener. Holds nothing that outlives a process.
final class OrderBell: Sendable {
  /// Most calls that wait at a time; more answer with the order as it is now.
  static let listenersMax = 8192

  private struct State {
    var listeners: [String: [UInt64: AsyncStream<Order>.Continuation]] = [:]
    var count = 0
    var nextID: UInt64 = 0
  }

  private let state = Mutex(State())

  /// Tells everybody who waits for this order.
  func ring(_ order: Order) {
    let listeners = state.withLock { $0.listeners[order.orderID].map { Array($0.values) } ?? [] }
    for listener in listeners { listener.yield(order) }
  }

  /// A place to listen at, from now until it is closed.
  struct Listening: Sendable {
    fileprivate let orderID: String
    fileprivate let id: UInt64
    fileprivate let orders: AsyncStream<Order>
    fileprivate let end: AsyncStream<Order>.Continuation
  }

  /// Nil when too many listen already.
  func listen(to orderID: String) -> Listening? {
    let (orders, end) = AsyncStream<Order>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let id: UInt64? = state.withLock { state in
      guard state.count < Self.listenersMax else { return nil }
      state.count += 1
      state.nextID += 1
      state.listeners[orderID, default: [:]][state.nextID] = end
      return state.nextID
    }
    return id.map { Listening(orderID: orderID, id: $0, orders: orders, end: end) }
  }

  func close(_ listening: Listening?) {
    guard let listening else { return }
    listening.end.finish()
    state.withLock { state in
      guard state.listeners[listening.orderID]?.removeValue(forKey: listening.id) != nil else {
        return
      }
      state.count -= 1
      if state.listeners[listening.orderID]?.isEmpty == true {
        state.listeners[listening.orderID] = nil
      }
    }
  }
}

extension OrderBell.Listening {
  /// The first state of the order that fits, beginning with what the caller read; at the deadline, or
  /// when the call is cancelled, the newest one.
  func first(
    from order: Order, until deadline: ContinuousClock.Instant,
    where fits: (Order) -> Bool
  ) async -> Order {
    if fits(order) { return order }
    let end = self.end
    let alarm = Task {
      try? await Task.sleep(until: deadline, clock: .continuous)
      end.finish()
    }
    defer { alarm.cancel() }
    var newest = order
    for await next in orders {
      newest = next
      if fits(next) { break }
    }
    return newest
  }
}
