import NIOCore
import Synchronization

/// What one viewer has still to be told.
///
/// An order that changes again before it was told is told once, as it is then, so that a slow viewer
/// holds one entry for each order at most, and the bytes of those are shared by all viewers. Above
/// `pendingMax` orders he is told to look at everything anew instead.
final class OrderSeat: Sendable {
  static let pendingMax = 1000

  /// Which of the orders that a person may see are told.
  struct Wish: Sendable {
    /// Only this reseller's; 0 for all.
    var userID: Int64 = 0
    /// Only this order; empty for all.
    var orderID = ""

    func fits(_ change: OrderChange) -> Bool {
      (userID == 0 || userID == change.userID) && (orderID.isEmpty || orderID == change.orderID)
    }
  }

  /// What came since the last time, to be told in this order.
  struct News: Sendable {
    /// Why the service tells nothing now.
    var problem: ByteBuffer?
    /// Whatever was seen before may be out of date.
    var looksAnew = false
    var changes: [OrderChange] = []
    /// Nothing comes any more.
    var isOver = false
  }

  private struct State {
    var problem: ByteBuffer?
    var looksAnew = false
    var isOver = false
    var pending: [String: OrderChange] = [:]
    var sequence: [String] = []
  }

  let wish: Wish
  /// One for any number of news.
  let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation
  private let state = Mutex(State())

  init(_ wish: Wish) {
    self.wish = wish
    (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func tell(_ change: OrderChange) {
    guard wish.fits(change) else { return }
    state.withLock { state in
      let isFirst = state.pending.updateValue(change, forKey: change.orderID) == nil
      if isFirst { state.sequence.append(change.orderID) }
      if state.pending.count > Self.pendingMax { Self.lookAnew(&state) }
    }
    wake.yield()
  }

  /// Tells that what was seen before may be out of date.
  func lookAnew() {
    state.withLock { Self.lookAnew(&$0) }
    wake.yield()
  }

  private static func lookAnew(_ state: inout State) {
    state.looksAnew = true
    state.pending = [:]
    state.sequence = []
  }

  func tell(problem: ByteBuffer, isOver: Bool) {
    state.withLock { state in
      state.problem = problem
      state.isOver = isOver
    }
    wake.yield()
  }

  /// Forgets what is older than an order that the viewer has just been shown.
  func forget(_ orderID: String, before updatedAt: Int64) {
    state.withLock { state in
      guard let change = state.pending[orderID], change.updatedAt < updatedAt else { return }
      state.pending[orderID] = nil
      state.sequence.removeAll { $0 == orderID }
    }
  }

  /// The news since the last time.
  func take() -> News {
    state.withLock { state in
      let changes = state.sequence.compactMap { state.pending[$0] }
      defer { state = State(isOver: state.isOver) }
      return News(
        problem: state.problem, looksAnew: state.looksAnew, changes: changes, isOver: state.isOver)
    }
  }
}
