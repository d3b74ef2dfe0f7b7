import NIOCore

/// A method and where it is.
struct Route: Sendable {
  var service: String
  var method: String
  var implementation: MethodImplementation
  let statistics: MethodStatistics
  /// Who may call it.
  var callers: RoleSet
}

/// One open stream of a server connection.
///
/// `@unchecked Sendable`: touched on its connection's event loop alone.
final class ServerCall: @unchecked Sendable {
  let stream: Int32
  let startedAt: NIODeadline
  /// When the call has to be answered; after that, when the answer has to be fetched.
  var deadline: NIODeadline
  let context: CallContext
  let implementation: MethodImplementation
  let statistics: MethodStatistics
  /// How the request may be compressed, which is not taken here; nil for not at all.
  let encoding: String?
  var assembler: MessageAssembler
  var message: ByteBuffer?
  /// Messages that wait for the method, when it takes a stream of them.
  let requests: StreamQueue?
  /// Bytes of the request that came and wait for the rest.
  var heldBytes = 0
  var task: Task<Void, Never>?
  /// A status was sent; what the method still does is no longer of interest.
  var isAnswered = false
  /// The header block of a streamed answer was sent.
  var hasBegun = false
  /// Writers that wait until the peer has taken what was written.
  var writers: [CheckedContinuation<Void, any Error>] = []

  init(
    stream: Int32, startedAt: NIODeadline, deadline: NIODeadline, context: CallContext,
    route: Route, encoding: String?
  ) {
    self.stream = stream
    self.startedAt = startedAt
    self.encoding = encoding
    self.assembler = MessageAssembler(isRequest: true, encoding: encoding)
    self.deadline = deadline
    self.context = context
    implementation = route.implementation
    statistics = route.statistics
    if case .bidirectional = implementation { requests = StreamQueue() } else { requests = nil }
  }

  /// Lets the writers go on.
  func releaseWriters(_ result: Result<Void, any Error>) {
    let waiting = writers
    writers = []
    for writer in waiting { writer.resume(with: result) }
  }
}
