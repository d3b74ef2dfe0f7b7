import Synchronization

/// Tells calls that wait for an order, or watch orders, that something changed.
///
/// A ring is a hint: whoever is woken reads the database, so rings that overtake each other or come
/// together show nothing old. An order is rung after its change was committed, so a call that listens
/// before it reads misses nothing.
final class OrderBell: Sendable {
  /// Most calls that listen at a time; more answer with the order as it is now.
  static let listenersMax = 8192
  /// Most changed orders that are kept for one slow listener.
  static let pendingMax = 10_000

  private struct Listener {
    /// Nil for all orders.
    let orderID: String?
    /// Nil for everybody's.
    let owner: Int64?
    let wake: AsyncStream<Void>.Continuation
    var pending: Set<String> = []
    var hasMissed = false

    mutating func note(_ orderID: String) {
      if pending.count < OrderBell.pendingMax {
        pending.insert(orderID)
      } else if !pending.contains(orderID) {
        hasMissed = true
      }
    }
  }

  private struct State {
    var listeners: [UInt64: Listener] = [:]
    var byOrder: [String: Set<UInt64>] = [:]
    var toAll: Set<UInt64> = []
    var nextID: UInt64 = 0
    var isOver = false
  }

  private let state = Mutex(State())

  /// A place to listen at, from now until it is closed.
  struct Listening: Sendable {
    fileprivate let id: UInt64
    fileprivate let wakes: AsyncStream<Void>
    fileprivate let wake: AsyncStream<Void>.Continuation
  }

  /// Tells everybody who listens to this order.
  ///
  /// - Parameter owner: whose it is; nil where that is not known, and then those who listen to
  ///   another's orders are told, too.
  func ring(_ orderID: String, of owner: Int64? = nil) {
    let wakes = state.withLock { state in
      let ids = state.toAll.union(state.byOrder[orderID] ?? [])
      return ids.compactMap { id -> AsyncStream<Void>.Continuation? in
        if let owner, let due = state.listeners[id]?.owner, due != owner { return nil }
        state.listeners[id]?.note(orderID)
        return state.listeners[id]?.wake
      }
    }
    for wake in wakes { wake.yield() }
  }

  /// Listens to one order, or to all for nil. Nil when too many listen already, and once the service
  /// stops.
  ///
  /// - Parameter owner: whose orders; nil for everybody's.
  func listen(to orderID: String?, of owner: Int64? = nil) -> Listening? {
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let id: UInt64? = state.withLock { state in
      guard state.listeners.count < Self.listenersMax, !state.isOver else { return nil }
      state.nextID += 1
      state.listeners[state.nextID] = Listener(
        orderID: orderID, owner: owner, wake: wake)
      if let orderID {
        state.byOrder[orderID, default: []].insert(state.nextID)
      } else {
        state.toAll.insert(state.nextID)
      }
      return state.nextID
    }
    return id.map { Listening(id: $0, wakes: wakes, wake: wake) }
  }

  func close(_ listening: Listening?) {
    guard let listening else { return }
    listening.wake.finish()
    state.withLock { state in
      guard let listener = state.listeners.removeValue(forKey: listening.id) else { return }
      guard let orderID = listener.orderID else {
        state.toAll.remove(listening.id)
        return
      }
      state.byOrder[orderID]?.remove(listening.id)
      if state.byOrder[orderID]?.isEmpty == true { state.byOrder[orderID] = nil }
    }
  }

  /// Whether the service stops.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// Lets everybody who listens answer now, and nobody listen from now on.
  func endAll() {
    let wakes = state.withLock { state in
      state.isOver = true
      return state.listeners.values.map(\.wake)
    }
    for wake in wakes { wake.finish() }
  }

  /// Waits for a ring and takes the orders that were rung since the last one.
  ///
  /// - Returns: nil at the end: the listening was closed, the service stops, or the task is cancelled.
  /// - Throws: `MissedRings` when more orders changed than are kept.
  func next(_ listening: Listening) async throws(MissedRings) -> Set<String>? {
    var wakes = listening.wakes.makeAsyncIterator()
    guard await wakes.next() != nil else { return nil }
    let (pending, hasMissed) = state.withLock { state in
      let listener = state.listeners[listening.id]
      state.listeners[listening.id]?.pending = []
      return (listener?.pending ?? [], listener?.hasMissed ?? false)
    }
    if hasMissed { throw MissedRings() }
    return pending
  }

  /// A listener was too slow to be told of every order.
  struct MissedRings: Error {}
}

extension OrderBell.Listening {
  /// The first state of the order that fits, beginning with what the caller read; at the deadline,
  /// when the service stops or when the call is cancelled, the newest one.
  ///
  /// - Parameter read: reads the order as it is now.
  func first(
    from order: Order, until deadline: ContinuousClock.Instant,
    reading read: () async throws -> Order, where fits: (Order) -> Bool
  ) async throws -> Order {
    if fits(order) { return order }
    let wake = self.wake
    let alarm = Task {
      try? await Task.sleep(until: deadline, clock: .continuous)
      wake.finish()
    }
    defer { alarm.cancel() }
    var newest = order
    for await _ in wakes {
      newest = try await read()
      if fits(newest) { break }
    }
    return newest
  }
}
