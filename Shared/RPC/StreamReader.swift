import NIOCore
import Synchronization

/// Reads a streamed answer as it comes. The server is held back while the reader does not read;
/// dropping the reader cancels the call.
final class StreamReader: Sendable {
  private let head: CallHead
  private let request: ByteBuffer
  private let connector: Connector
  private let queue = StreamQueue()
  private let handle = CallHandle()
  private let started = Mutex<(ClientCall, ClientConnection)?>(nil)

  init(head: CallHead, request: ByteBuffer, connector: Connector) {
    self.head = head
    self.request = request
    self.connector = connector
  }

  deinit { handle.cancel() }

  /// The next message; nil after the last. Called by one task at a time.
  func next() async throws -> ByteBuffer? {
    let (call, connection) = try await start()
    return try await withTaskCancellationHandler {
      let message = try await queue.next()
      if queue.isEmpty { connection.openWindow(call) }
      return message
    } onCancel: {
      handle.cancel()
    }
  }

  private func start() async throws -> (ClientCall, ClientConnection) {
    if let started = started.withLock({ $0 }) { return started }
    let connection = try await connector.connection()
    let queue = queue
    let call = ClientCall(
      head: head, request: request, holdsWindow: { !queue.isEmpty },
      onMessage: { queue.add($0) }, onEnd: { queue.end($0) })
    started.withLock { $0 = (call, connection) }
    handle.set(call, connection)
    connection.start(call)
    return (call, connection)
  }
}

/// Messages between the event loop that brings them and the task that reads them.
final class StreamQueue: Sendable {
  private struct State {
    var messages: [ByteBuffer] = []
    var end: CallEnd?
    var reader: CheckedContinuation<ByteBuffer?, any Error>?
  }

  private let state = Mutex(State())

  var isEmpty: Bool { state.withLock(\.messages.isEmpty) }

  func add(_ message: ByteBuffer) {
    let reader = state.withLock { state in
      if state.reader == nil { state.messages.append(message) }
      return state.reader.take()
    }
    reader?.resume(returning: message)
  }

  func end(_ end: CallEnd) {
    let reader = state.withLock { state in
      state.end = end
      return state.reader.take()
    }
    reader?.resume(with: Self.result(end))
  }

  func next() async throws -> ByteBuffer? {
    try await withCheckedThrowingContinuation { continuation in
      let ready: Result<ByteBuffer?, any Error>? = state.withLock { state in
        if !state.messages.isEmpty { return .success(state.messages.removeFirst()) }
        if let end = state.end { return Self.result(end) }
        state.reader = continuation
        return nil
      }
      if let ready { continuation.resume(with: ready) }
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
