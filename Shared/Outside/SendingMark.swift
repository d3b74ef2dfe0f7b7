import NIOCore
import Synchronization

/// Whether the body of a request was asked for by a connection, after which bytes may have left.
final class SendingMark: Sendable {
  private let reached: Atomic<Bool>

  /// - Parameter isReached: true for a request without a body, which leaves unasked.
  init(isReached: Bool) { reached = Atomic(isReached) }

  var isReached: Bool { reached.load(ordering: .acquiring) }
  func reach() { reached.store(true, ordering: .releasing) }
}

/// A request body in one piece that marks the moment in which it is handed over.
struct MarkedBody: AsyncSequence, Sendable {
  let bytes: ByteBuffer
  let mark: SendingMark

  struct AsyncIterator: AsyncIteratorProtocol {
    var bytes: ByteBuffer?
    let mark: SendingMark

    mutating func next() async -> ByteBuffer? {
      mark.reach()
      defer { bytes = nil }
      return bytes
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: bytes, mark: mark) }
}

/// The answer did not come in time.
struct DeadlinePassed: Error, CustomStringConvertible {
  var description: String { "no answer in time" }
}

/// Runs a body and gives up waiting for it at a deadline, body of the answer included.
func withDeadline<Value: Sendable>(
  _ deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(until: deadline, clock: .continuous)
      throw DeadlinePassed()
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw DeadlinePassed() }
    return value
  }
}

extension TimeAmount {
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
