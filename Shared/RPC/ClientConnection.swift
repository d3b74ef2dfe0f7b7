import Logging
import NIOCore

/// A client's end of one connection.
///
/// **Invariant:** no call is sent before the server has said its settings, so that one that meets a
/// server which closes at once has certainly not run.
///
/// `@unchecked Sendable`: as `HTTP2Connection`, touched on its event loop alone.
final class ClientConnection: HTTP2Connection, HTTP2Events, @unchecked Sendable {
  private var calls = StreamMap<ClientCall>()
  /// Calls that wait for the server's settings; nil once these came.
  private var waiting: [ClientCall]? = []
  /// Why the connection takes no calls, once it is closed.
  private(set) var lossReason = "the connection was closed"
  /// Whether a server that had said its settings ended it: calls that it did not take may try another
  /// connection at once.
  private(set) var endedByServer = false
  /// The end came from this side.
  private var isCutOff = false
  private let onGone: @Sendable (ClientConnection) -> Void

  /// - Parameter onGone: called once, when the connection takes no more calls.
  init(
    setupTimeout: Duration, executor: EventLoopTaskExecutor, logger: Logger,
    onGone: @escaping @Sendable (ClientConnection) -> Void
  ) throws {
    self.onGone = onGone
    try super.init(
      .client, setupTimeout: setupTimeout, executor: executor, logger: logger)
    session.events = self
  }

  // MARK: Calls

  /// Sends a call's request. The call always ends.
  func start(_ call: ClientCall, _ target: ClientCall.Target) {
    if eventLoop.inEventLoop {
      begin(call, target)
    } else {
      eventLoop.execute { self.begin(call, target) }
    }
  }

  private func begin(_ call: ClientCall, _ target: ClientCall.Target) {
    call.send(to: target)
    guard !call.isOver else { return }
    guard !isClosed else {
      onGone(self)
      call.finish(.refused(lossReason))
      return
    }
    call.deadline = .now() + TimeAmount(call.head.timeout ?? .zero)
    watchDeadline(call.deadline)
    if waiting == nil { send(call) } else { waiting?.append(call) }
  }

  private func send(_ call: ClientCall) {
    do {
      let stream = try session.submitRequest(
        path: call.head.path, call.head.fields, message: call.request)
      call.stream = stream
      calls[stream] = call
      flushSoon()
    } catch {
      call.finish(.refused("\(error)"))
      onGone(self)
    }
  }

  override func expireCalls(_ now: NIODeadline) -> NIODeadline? {
    let open = calls.values + (waiting ?? []).filter { !$0.isOver }
    for call in open where call.deadline <= now {
      cancel(call, MethodTexts.clientDeadline(call.head))
    }
    return open.lazy.filter { !$0.isOver }.map(\.deadline).min()
  }

  /// Ends a call from this side, and tells the server.
  func cancel(_ call: ClientCall, _ error: RPCError) {
    onLoop {
      guard !call.isOver else { return }
      call.finish(.failed(error))
      guard let stream = call.stream, self.calls.removeValue(for: stream) != nil else { return }
      self.session.reset(stream, HTTP2Code.cancel)
      self.flushSoon()
    }
  }

  /// What a reader had not read is read: the server may send more.
  func openWindow(_ call: ClientCall) {
    onLoop {
      guard let stream = call.stream, call.owedBytes > 0, !self.isClosed else { return }
      self.session.consumed(stream, connectionBytes: 0, streamBytes: call.owedBytes)
      call.owedBytes = 0
      self.flushSoon()
    }
  }

  /// Takes no more calls; closes after the last open one.
  func retire() {
    onLoop {
      guard !self.isClosed else { return }
      self.session.goAway()
      self.flushSoon()
    }
  }

  // MARK: What the session says

  func headersReceived(
    _ stream: Int32, _ headers: [HeaderField], isOversized: Bool, isEnd: Bool
  ) {
    guard let call = calls[stream] else { return }
    if isOversized {
      let limit = HTTP2Limits.headerBytesMax
      cancel(call, RPCError(.internalError, "the answer's headers are above \(limit) bytes"))
    } else if isEnd {
      call.end = Self.end(headers, isFirst: !call.hasHead)
    } else if !call.hasHead, !Self.isInformational(headers) {
      call.hasHead = true
      call.assembler.encoding = headers.first { $0.name == GRPCEncoding.name }
        .flatMap { GRPCEncoding.known($0.value) }
      if let error = Self.httpFailure(headers) {
        cancel(call, error)
      } else {
        call.onBegin?()
      }
    }
  }

  func bytesReceived(_ stream: Int32, _ bytes: UnsafeRawBufferPointer) {
    guard let call = calls[stream] else {
      session.consumed(stream, connectionBytes: bytes.count, streamBytes: 0)
      return
    }
    do {
      try call.receive(bytes)
    } catch {
      cancel(call, error)
    }
    let isHeld = call.holdsWindow
    if isHeld { call.owedBytes += bytes.count }
    session.consumed(
      stream, connectionBytes: bytes.count, streamBytes: isHeld ? 0 : bytes.count)
  }

  func peerEnded(_ stream: Int32) {}

  func closed(_ stream: Int32, code: UInt32, wasSent: Bool) {
    guard let call = calls.removeValue(for: stream) else { return }
    if !wasSent || code == HTTP2Code.refusedStream {
      call.finish(.refused("the server takes no new calls on this connection"))
    } else if let end = call.end {
      call.finish(end)
    } else if code == HTTP2Code.cancel, call.deadline <= .now() {
      // The server's clock was first.
      call.finish(.failed(MethodTexts.clientDeadline(call.head)))
    } else {
      call.finish(Self.end(resetWith: code))
    }
  }

  func drained(_ stream: Int32) {}

  func settingsReceived() {
    let ready = waiting.take() ?? []
    for call in ready where !call.isOver { send(call) }
  }

  /// Each reset ends a call that was made here.
  func isResetFair(_ stream: Int32) -> Bool { true }

  func goAwayReceived() { onGone(self) }

  func pingAnswered() {}

  override func peerCutOff(_ reason: String) { isCutOff = true }

  override func connectionLost(_ reason: String) {
    onGone(self)
    lossReason = waiting == nil || isCutOff ? reason : Self.unheard
    endedByServer = waiting == nil && !isCutOff
    let (open, unsent) = (calls.values, waiting ?? [])
    calls = StreamMap()
    waiting = []
    for call in unsent { call.finish(.refused(lossReason)) }
    for call in open {
      let wasSent = call.stream.map(session.wasSent) ?? false
      call.finish(call.end ?? (wasSent ? .lost(reason) : .refused(reason)))
    }
  }

  /// What a server does to a peer that it does not let in.
  static let unheard =
    "the server closed the connection without a word; it may not let us in"

  // MARK: Statuses

  /// The answer itself is still to come.
  private static func isInformational(_ headers: [HeaderField]) -> Bool {
    headers.first { $0.name == ":status" }?.value.utf8.first == UInt8(ascii: "1")
  }

  private static func end(_ trailers: [HeaderField], isFirst: Bool) -> CallEnd {
    if isFirst, let error = httpFailure(trailers) { return .failed(error) }
    return GRPCStatus.error(trailers).map { .failed($0) } ?? .ok
  }

  /// An answer that is not gRPC's. Source of the mapping:
  /// https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
  private static func httpFailure(_ headers: [HeaderField]) -> RPCError? {
    let status = headers.first { $0.name == ":status" }?.value ?? "none"
    if status == "200" { return nil }
    let code: StatusCode =
      switch status {
      case "400": .internalError
      case "401": .unauthenticated
      case "403": .permissionDenied
      case "404": .unimplemented
      case "429", "502", "503", "504": .unavailable
      default: .unknown
      }
    return RPCError(code, "the server answered with the HTTP status \(status)")
  }

  private static func end(resetWith code: UInt32) -> CallEnd {
    switch code {
    case HTTP2Code.cancel: .failed(RPCError(.cancelled, "the server cancelled the call"))
    case HTTP2Code.enhanceYourCalm:
      .failed(RPCError(.resourceExhausted, "the server asks for fewer calls"))
    default: .failed(RPCError(.internalError, "the call's stream ended with HTTP/2 code \(code)"))
    }
  }
}

/// Texts of the client's own statuses.
enum MethodTexts {
  static func clientDeadline(_ head: CallHead) -> RPCError {
    RPCError(
      .deadlineExceeded,
      "\(head.path) did not answer within \(head.timeout ?? .zero); "
        + "it may or may not have happened, ask again with the same id")
  }
}
