import Synchronization

/// Lets a call wait for what becomes of a purchase or of credentials, without asking the database
/// again and again.
///
/// A wake is a hint: who is woken reads the row. Above `waitersMax`, and once the service stops, nobody
/// waits, and the call answers with what is there.
final class Waiters: Sendable {
  static let waitersMax = 1024

  private struct State {
    var next = 0
    var count = 0
    var isOver = false
    var bySubject: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
  }

  private let state = Mutex(State())

  /// Runs a body with the wakes of a subject, an order's id or a `CredentialKey.subject`; nil instead
  /// of them when too many wait already. Wakes that come from now on are kept.
  func waiting<Value: Sendable>(
    for subject: String, _ body: (AsyncStream<Void>?) async throws -> Value
  ) async rethrows -> Value {
    let (wakes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> Int? in
      guard state.count < Self.waitersMax, !state.isOver else { return nil }
      state.next += 1
      state.count += 1
      state.bySubject[subject, default: [:]][state.next] = continuation
      return state.next
    }
    guard let number else { return try await body(nil) }
    defer { leave(subject, number) }
    return try await body(wakes)
  }

  private func leave(_ subject: String, _ number: Int) {
    state.withLock { state in
      state.count -= 1
      state.bySubject[subject]?[number] = nil
      if state.bySubject[subject]?.isEmpty == true { state.bySubject[subject] = nil }
    }
  }

  /// Lets everybody who waits answer now, and nobody wait from now on.
  func endAll() {
    let waiting = state.withLock { state in
      state.isOver = true
      return state.bySubject.values.flatMap(\.values)
    }
    for continuation in waiting { continuation.finish() }
  }

  /// Wakes those who wait for a subject.
  func wake(_ subject: String) {
    let waiting = state.withLock { state in state.bySubject[subject].map { Array($0.values) } ?? []
    }
    for continuation in waiting { continuation.yield() }
  }
}
