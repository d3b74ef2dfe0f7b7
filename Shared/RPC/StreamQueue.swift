import NIOCore
import Synchronization

/// Messages between one that brings them and a task that reads them, and the end after the last.
final class StreamQueue: Sendable {
  private struct State {
    var messages = CircularBuffer<ByteBuffer>()
    var end: CallEnd?
    var reader: CheckedContinuation<ByteBuffer?, any Error>?
    /// Those who wait until all messages are read.
    var writers: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var count: Int { state.withLock(\.messages.count) }

  var isEmpty: Bool { state.withLock(\.messages.isEmpty) }

  func add(_ message: ByteBuffer) {
    let reader = state.withLock { state in
      if state.reader == nil { state.messages.append(message) }
      return state.reader.take()
    }
    reader?.resume(returning: message)
  }

  /// Ends the messages. The first end counts.
  func end(_ end: CallEnd) {
    let (reader, writers) = state.withLock { state in
      guard state.end == nil else { return (nil, []) as (Reader?, [Writer]) }
      state.end = end
      defer { state.writers = [] }
      return (state.reader.take(), state.writers)
    }
    reader?.resume(with: Self.result(end))
    for writer in writers { writer.resume() }
  }

  private typealias Reader = CheckedContinuation<ByteBuffer?, any Error>
  private typealias Writer = CheckedContinuation<Void, Never>

  /// The next message; nil after the last. Called by one task at a time.
  func next() async throws -> ByteBuffer? {
    try await withCheckedThrowingContinuation { continuation in
      let (ready, writers) = state.withLock { state in
        let ready: Result<ByteBuffer?, any Error>?
        if let message = state.messages.popFirst() {
          ready = .success(message)
        } else if let end = state.end {
          ready = Self.result(end)
        } else {
          ready = nil
          state.reader = continuation
        }
        guard state.messages.isEmpty else { return (ready, [Writer]()) }
        defer { state.writers = [] }
        return (ready, state.writers)
      }
      if let ready { continuation.resume(with: ready) }
      for writer in writers { writer.resume() }
    }
  }

  /// Returns when all messages are read, or nobody will read them.
  func waitUntilRead() async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.messages.isEmpty || state.end != nil { return true }
        state.writers.append(continuation)
        return false
      }
      if isReady { continuation.resume() }
    }
  }

  private static func result(_ end: CallEnd) -> Result<ByteBuffer?, any Error> {
    switch end {
    case .ok: .success(nil)
    case .failed(let error): .failure(error)
    case .refused(let reason), .lost(let reason):
      .failure(
        RPCError(
          .unavailable, "the stream broke off: \(reason)",
          reason: ErrorReason(code: "CONNECTION_LOST")))
    }
  }
}
