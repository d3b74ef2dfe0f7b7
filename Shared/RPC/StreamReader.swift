import NIOCore
import Synchronization

/// Reads a streamed answer as it comes. The server is held back while the reader does not read;
/// dropping the reader cancels the call.
final class StreamReader: Sendable {
  private let head: CallHead
  private let request: ByteBuffer
  /// Kept, so that the connection stays for as long as somebody reads.
  private let client: RPCClient
  private let statistics: MethodStatistics
  private let onBegin: (@Sendable () -> Void)?
  private let queue = StreamQueue()
  private let handle = CallHandle()
  private let started = Mutex<(ClientCall, ClientConnection)?>(nil)

  init(
    head: CallHead, request: ByteBuffer, client: RPCClient, statistics: MethodStatistics,
    onBegin: (@Sendable () -> Void)?
  ) {
    self.onBegin = onBegin
    self.statistics = statistics
    self.head = head
    self.request = request
    self.client = client
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
    let (queue, statistics, begin) = (queue, statistics, NIODeadline.now())
    statistics.began()
    let connection: ClientConnection
    do {
      connection = try await client.connector.connection()
    } catch {
      statistics.ended((error as? RPCError)?.code ?? .unknown, since: begin)
      throw error
    }
    statistics.sent(GRPCFraming.prefixBytes + request.readableBytes)
    let call = ClientCall(head: head, request: request, onBegin: onBegin)
    started.withLock { $0 = (call, connection) }
    handle.set(call, connection)
    connection.start(call, .reader(queue, statistics, since: begin))
    return (call, connection)
  }
}
