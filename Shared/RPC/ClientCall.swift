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
  let head: CallHead
  let request: ByteBuffer
  var stream: Int32?
  var assembler = MessageAssembler()
  var hasHead = false
  /// The status that came; the call ends with it when its stream closes.
  var end: CallEnd?
  var isOver = false
  var deadline = NIODeadline.distantFuture

  private let onMessage: (ByteBuffer) -> Void
  private let onEnd: (CallEnd) -> Void
  /// True when somebody still has to read what came: the window stays closed for so long.
  let holdsWindow: () -> Bool
  var owedBytes = 0

  init(
    head: CallHead, request: ByteBuffer, holdsWindow: @escaping () -> Bool = { false },
    onMessage: @escaping (ByteBuffer) -> Void, onEnd: @escaping (CallEnd) -> Void
  ) {
    self.head = head
    self.request = request
    self.holdsWindow = holdsWindow
    self.onMessage = onMessage
    self.onEnd = onEnd
  }

  /// Takes bytes of the answer.
  func receive(_ bytes: UnsafeRawBufferPointer) throws(RPCError) {
    assembler.append(bytes)
    while let message = try assembler.next() { onMessage(message) }
  }

  /// Ends the call, once.
  func finish(_ end: CallEnd) {
    guard !isOver else { return }
    isOver = true
    onEnd(end)
  }
}
