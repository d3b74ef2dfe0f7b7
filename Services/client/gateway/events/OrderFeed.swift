import Contract
import HTTPTypes
import NIOCore
import Outside
import RPC
import Runtime
import Synchronization

/// The changes of all orders that one person may see: asked for once, told to all of his viewers.
///
/// **Invariant:** what a person may see, the service decides: the feed is asked for in his name.
///
/// A service that is away is asked again for as long as somebody views; when it is back, viewers are
/// told to look at everything anew, since nobody saw what changed meanwhile.
final class OrderFeed: Sendable {
  /// Before a service that is away is asked again.
  private static let againPause = Duration.seconds(1)

  private struct State {
    var seats: [ObjectIdentifier: OrderSeat] = [:]
    /// Nothing is missed from now on.
    var hasBegun = false
    var isOver = false
    var work: Task<Void, Never>?
  }

  private let state = Mutex(State())

  /// Which of the connections for feeds it uses.
  let line: Int

  init(_ person: Actor, _ orders: OrdersClient, line: Int, first: OrderSeat) {
    self.line = line
    state.withLock { state in
      state.seats[ObjectIdentifier(first)] = first
      // Ended by `end`.
      state.work = Task { await self.run(orders, person) }
    }
  }

  var isEmpty: Bool { state.withLock(\.seats.isEmpty) }

  /// - Returns: false when it is over, and tells nobody anything any more.
  func add(_ seat: OrderSeat) -> Bool {
    let (isOver, hasBegun) = state.withLock { state in
      if !state.isOver { state.seats[ObjectIdentifier(seat)] = seat }
      return (state.isOver, state.hasBegun)
    }
    if hasBegun { seat.lookAnew() }
    return !isOver
  }

  func remove(_ seat: OrderSeat) { state.withLock { $0.seats[ObjectIdentifier(seat)] = nil } }

  func end() { state.withLock(\.work)?.cancel() }

  private func run(_ orders: OrdersClient, _ person: Actor) async {
    var request = WatchOrdersRequest(changesOnly: true)
    if case .reseller(let own) = person { request.userID = own }
    while !Task.isCancelled {
      var options = Trail([:]).options(timeout: .zero).acting(as: person)
      // As long as somebody views.
      options.timeout = nil
      options.onBegin = { [weak self] in self?.begin() }
      do {
        for try await order in orders.watchOrders(request, options: options) {
          tell(OrderChange(order))
        }
        throw RPCError(.unavailable, "the service has ended the changes")
      } catch {
        if Task.isCancelled { return }
        let problem = Problem(error)
        tell(problem)
        guard Self.comesBack(problem) else { return }
      }
      try? await Task.sleep(for: Self.againPause)
    }
  }

  /// Whether asking again may help.
  private static func comesBack(_ problem: Problem) -> Bool {
    [429, 503, 504].contains(problem.status)
  }

  private func begin() {
    let seats = state.withLock { state in
      state.hasBegun = true
      return state.seats.values
    }
    for seat in seats { seat.lookAnew() }
  }

  private func tell(_ change: OrderChange) {
    for seat in state.withLock(\.seats.values) { seat.tell(change) }
  }

  private func tell(_ problem: Problem) {
    let isOver = !Self.comesBack(problem)
    let seats = state.withLock { state in
      state.hasBegun = false
      state.isOver = isOver
      return state.seats.values
    }
    for seat in seats { seat.tell(problem: problem.event, isOver: isOver) }
  }
}

extension Problem {
  /// As it is told within a stream that has begun.
  var event: ByteBuffer {
    let told: JSON = [
      "title": .string(title), "detail": .string(detail), "code": .string(code),
      "reason": .string(reason),
    ]
    return OrderChange.event("problem", told.serialized)
  }
}
