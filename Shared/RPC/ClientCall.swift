import NIOCore

/// How a call ended for the client.
enum CallEnd: Sendable {
  /// With the status OK.
  case ok
  /// With another status, from the server or from the client's own deadline.
  case failed(RPCError)
  /// It certainly never reached a method.
  case refused(String)
  /// The connection went away: it may have run.
  case lost(String)

  /// The status that the caller sees.
  var code: StatusCode {
    switch self {
    case .ok: .ok
    case .failed(let error): error.code
    case .refused, .lost: .unavailable
    }
  }
}

/// One call over a connection: what was asked, and where its answers go.
///
/// `@unchecked Sendable`: everything mutable is touched on the connection's event loop alone.
final class ClientCall: @unchecked Sendable {
  /// Waits for the end of a call with one answer.
  typealias Caller = CheckedContinuation<(CallEnd, ByteBuffer?), Never>

  /// Where messages and the end go.
  enum Target {
    case caller(Caller)
    /// The window stays closed while messages in it wait to be read.
    case reader(StreamQueue, MethodStatistics, since: NIODeadline)
  }

  let head: CallHead
  let request: ByteBuffer
  var stream: Int32?
  var assembler = MessageAssembler(isRequest: false)
  /// Called when the head of the answer comes.
  let onBegin: (@Sendable () -> Void)?
  var hasHead = false
  /// The status that came; the call ends with it when its stream closes.
  var end: CallEnd?
  var isOver: Bool { ended != nil }
  var deadline = NIODeadline.distantFuture
  var owedBytes = 0
  private var answer: ByteBuffer?
  private var ended: CallEnd?
  private var target: Target?

  init(head: CallHead, request: ByteBuffer, onBegin: (@Sendable () -> Void)? = nil) {
    self.head = head
    self.request = request
    self.onBegin = onBegin
  }

  /// Says where the messages and the end go. Also after the call was cancelled: the end goes there
  /// at once.
  func send(to target: Target) {
    self.target = target
    if let ended { tell(ended) }
  }

  /// True when somebody still has to read what came.
  var holdsWindow: Bool {
    if case .reader(let queue, _, _)? = target { !queue.isEmpty } else { false }
  }

  /// Takes bytes of the answer.
  func receive(_ bytes: UnsafeRawBufferPointer) throws(RPCError) {
    if let message = assembler.whole(bytes) {
      take(message)
      return
    }
    assembler.append(bytes)
    while let message = try assembler.next() { take(message) }
  }

  private func take(_ message: ByteBuffer) {
    guard case .reader(let queue, let statistics, _)? = target else {
      answer = message
      return
    }
    statistics.received(GRPCFraming.prefixBytes + message.readableBytes)
    queue.add(message)
  }

  /// Ends the call, once.
  func finish(_ end: CallEnd) {
    guard ended == nil else { return }
    ended = end
    tell(end)
  }

  private func tell(_ end: CallEnd) {
    switch target {
    case .caller(let caller): caller.resume(returning: (end, answer))
    case .reader(let queue, let statistics, let begin):
      statistics.ended(end.code, since: begin)
      queue.end(end)
    case nil: break
    }
  }
}
