import Synchronization

/// Lets a call wait for what a purchase comes to, without asking the database again and again.
///
/// A wake is a hint: who is woken reads the row. Above `waitersMax`, and once the service stops, nobody
/// waits, and the call answers with the purchase as it is.
final class PurchaseWaiters: Sendable {
  static let waitersMax = 1024

  private struct State {
    var next = 0
    var count = 0
    var isOver = false
    var byOrder: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
  }

  private let state = Mutex(State())

  /// Runs a body with the order's wakes; nil instead of them when too many wait already. Wakes that
  /// come from now on are kept.
  func waiting<Value: Sendable>(
    for orderID: String, _ body: (AsyncStream<Void>?) async throws -> Value
  ) async rethrows -> Value {
    let (wakes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> Int? in
      guard state.count < Self.waitersMax, !state.isOver else { return nil }
      state.next += 1
      state.count += 1
      state.byOrder[orderID, default: [:]][state.next] = continuation
      return state.next
    }
    guard let number else { return try await body(nil) }
    defer { leave(orderID, number) }
    return try await body(wakes)
  }

  private func leave(_ orderID: String, _ number: Int) {
    state.withLock { state in
      state.count -= 1
      state.byOrder[orderID]?[number] = nil
      if state.byOrder[orderID]?.isEmpty == true { state.byOrder[orderID] = nil }
    }
  }

  /// Lets everybody who waits answer now, and nobody wait from now on.
  func endAll() {
    let waiting = state.withLock { state in
      state.isOver = true
      return state.byOrder.values.flatMap(\.values)
    }
    for continuation in waiting { continuation.finish() }
  }

  /// Wakes those who wait for an order's purchase.
  func wake(_ orderID: String) {
    let waiting = state.withLock { state in state.byOrder[orderID].map { Array($0.values) } ?? [] }
    for continuation in waiting { continuation.yield() }
  }
}
