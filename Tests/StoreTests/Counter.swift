import Synchronization

/// How many are inside at once, and how many have been.
final class Counter: Sendable {
  private let state = Mutex((inside: 0, total: 0))

  /// - Returns: how many are inside now.
  func enter() -> Int {
    state.withLock { state in
      state.inside += 1
      state.total += 1
      return state.inside
    }
  }

  func leave() { state.withLock { $0.inside -= 1 } }

  var total: Int { state.withLock { $0.total } }
}
