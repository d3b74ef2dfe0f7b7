import Logging
import NIOCore

/// A server's end of one connection: turns streams into calls of methods and their results into
/// answers.
final class ServerConnection: HTTP2Connection, HTTP2Events, @unchecked Sendable {
  private let core: ServerCore
  private let peer: PeerCredentials
  private let executor: EventLoopTaskExecutor
  private var calls: [Int32: ServerCall] = [:]
  private var incomingBytes = 0

  init(core: ServerCore, peer: PeerCredentials, eventLoop: any EventLoop) throws {
    self.core = core
    self.peer = peer
    self.executor = EventLoopTaskExecutor(eventLoop)
    try super.init(.server, eventLoop: eventLoop, logger: core.logger)
    session.events = self
  }

  // MARK: What the session says

  func headersReceived(
    _ stream: Int32, _ headers: [HeaderField], isOversized: Bool, isEnd: Bool
  ) {
    // A second header block is trailers, which a request of ours does not need.
    if calls[stream] == nil { begin(stream, headers, isOversized: isOversized) }
    if isEnd { peerEnded(stream) }
  }

  func bytesReceived(_ stream: Int32, _ bytes: UnsafeRawBufferPointer) {
    guard let call = calls[stream], !call.isAnswered else { return }
    guard call.message == nil else {
      answer(call, RPCError(.unimplemented, "\(call.context.method) takes one message, two came"))
      return
    }
    call.heldBytes += bytes.count
    incomingBytes += bytes.count
    guard incomingBytes <= HTTP2Limits.incomingBytesMax else {
      let limit = HTTP2Limits.incomingBytesMax
      let text = "this connection has more than \(limit) bytes of unfinished requests"
      answer(call, RPCError(.resourceExhausted, text))
      return
    }
    call.assembler.append(bytes)
    do {
      call.message = try call.assembler.next()
    } catch {
      answer(call, error)
      return
    }
    if call.message != nil, call.assembler.waitingBytes > 0 {
      answer(call, RPCError(.unimplemented, "\(call.context.method) takes one message, two came"))
    }
  }

  func peerEnded(_ stream: Int32) {
    guard let call = calls[stream], !call.isAnswered else { return }
    guard let message = call.message else {
      let text = "\(call.context.method) takes one message, none came whole"
      answer(call, RPCError(.unimplemented, text))
      return
    }
    release(call)
    switch call.implementation {
    case .unary(let body): runUnary(call, message, body)
    case .serverStreaming(let body): runStreaming(call, message, body)
    }
  }

  func closed(_ stream: Int32, code: UInt32, wasSent: Bool) {
    guard let call = calls.removeValue(forKey: stream) else { return }
    end(call)
  }

  func drained(_ stream: Int32) { calls[stream]?.releaseWriters(.success(())) }

  func goAwayReceived() {}

  override func connectionLost(_ reason: String) {
    core.remove(self)
    let open = calls.values
    calls = [:]
    for call in open { end(call) }
  }

  /// The stream is gone: the method is cancelled, unless it has answered.
  private func end(_ call: ServerCall) {
    release(call)
    call.deadline?.cancel()
    call.task?.cancel()
    call.isAnswered = true
    call.releaseWriters(.failure(RPCError(.cancelled, "the caller is gone")))
  }

  /// The request's bytes are no longer held here.
  private func release(_ call: ServerCall) {
    incomingBytes -= call.heldBytes
    call.heldBytes = 0
    call.message = nil
  }

  // MARK: Calls

  private func begin(_ stream: Int32, _ headers: [HeaderField], isOversized: Bool) {
    guard !isOversized else {
      let limit = HTTP2Limits.headerBytesMax
      refuse(stream, RPCError(.resourceExhausted, "the headers are above \(limit) bytes"))
      return
    }
    let head: CallHead
    do {
      head = try CallHead(headers)
    } catch {
      switch error {
      case .http(let status):
        session.submitEnd(stream, [HeaderField(name: ":status", value: String(status))])
      case .status(let error): refuse(stream, error)
      }
      return
    }
    guard let implementation = core.services[head.service]?.methods[head.method] else {
      refuse(
        stream,
        MethodRun.unimplemented(service: head.service, method: head.method, known: core.services))
      return
    }
    let timeout = head.timeout ?? implementation.timeout(core.configuration)
    let call = ServerCall(
      stream: stream, context: context(head, timeout), implementation: implementation)
    calls[stream] = call
    call.deadline = eventLoop.scheduleTask(in: TimeAmount(timeout)) { self.expire(stream) }
  }

  private func context(_ head: CallHead, _ timeout: Duration) -> CallContext {
    let requestID = head.metadata[MetadataName.requestID] ?? MethodRun.newRequestID()
    var logger = core.logger
    logger[metadataKey: "request"] = .string(requestID)
    return CallContext(
      service: head.service, method: head.method, metadata: head.metadata, peer: peer,
      requestID: requestID, deadline: .now + timeout, logger: logger)
  }

  private func expire(_ stream: Int32) {
    guard let call = calls[stream] else { return }
    if call.isAnswered {
      // The peer has its answer, and keeps its own half open for no reason.
      session.reset(stream, HTTP2Code.cancel)
      flushSoon()
    } else {
      call.task?.cancel()
      answer(call, MethodRun.deadlineExceeded(call.context))
    }
  }

  private func runUnary(
    _ call: ServerCall, _ message: ByteBuffer,
    _ body: @escaping @Sendable (ByteBuffer, CallContext) async throws -> ByteBuffer
  ) {
    guard enter(call) else { return }
    let context = call.context
    call.task = Task(executorPreference: executor) {
      let result: Result<ByteBuffer, RPCError>
      do {
        result = .success(try await body(message, context))
      } catch {
        result = .failure(MethodRun.status(error, context))
      }
      self.core.leaveCall()
      self.onLoop {
        switch result {
        case .success(let message): self.answer(call, message)
        case .failure(let error): self.answer(call, error)
        }
      }
    }
  }

  private func runStreaming(
    _ call: ServerCall, _ message: ByteBuffer,
    _ body: @escaping @Sendable (ByteBuffer, CallContext, ResponseWriter) async throws -> Void
  ) {
    guard enter(call) else { return }
    let context = call.context
    call.task = Task {
      var failure: RPCError?
      do {
        try await body(message, context, ResponseWriter { try await self.write(call, $0) })
      } catch {
        failure = MethodRun.status(error, context)
      }
      self.core.leaveCall()
      self.onLoop { [failure] in self.finish(call, failure) }
    }
  }

  private func enter(_ call: ServerCall) -> Bool {
    if core.enterCall() { return true }
    answer(
      call,
      RPCError(
        .resourceExhausted,
        "this service answers \(core.configuration.callsInFlightMax) calls already; ask again later",
        reason: ErrorReason(code: "OVERLOADED")))
    return false
  }

  // MARK: Answers

  private static let okHead = [
    HeaderField(name: ":status", value: "200"),
    HeaderField(name: "content-type", value: "application/grpc"),
  ]

  private func answer(_ call: ServerCall, _ message: ByteBuffer) {
    guard !call.isAnswered else { return }
    guard message.readableBytes <= GRPCFraming.messageBytesMax else {
      let limit = GRPCFraming.messageBytesMax
      answer(
        call,
        RPCError(
          .resourceExhausted, "the answer of \(message.readableBytes) bytes is above \(limit)"))
      return
    }
    settle(call, .ok)
    session.submitResponse(
      call.stream, Self.okHead, body: GRPCFraming.framed(message), isEnded: true,
      trailers: GRPCStatus.ok)
    guardOutgoing()
    flushSoon()
  }

  private func answer(_ call: ServerCall, _ error: RPCError) {
    guard !call.isAnswered else { return }
    if call.hasBegun {
      finish(call, error)
      return
    }
    settle(call, error.code)
    refuse(call.stream, error)
  }

  /// Ends a streamed answer.
  private func finish(_ call: ServerCall, _ error: RPCError?) {
    guard !call.isAnswered else { return }
    if !call.hasBegun {
      if let error {
        answer(call, error)
        return
      }
      begin(call)
    }
    settle(call, error?.code ?? .ok)
    call.releaseWriters(.failure(RPCError(.cancelled, "the call is over")))
    session.end(call.stream, trailers: error.map(GRPCStatus.trailers) ?? GRPCStatus.ok)
    flushSoon()
  }

  private func begin(_ call: ServerCall) {
    call.hasBegun = true
    session.submitResponse(call.stream, Self.okHead, body: ByteBuffer(), isEnded: false)
  }

  private func refuse(_ stream: Int32, _ error: RPCError) {
    session.submitEnd(stream, Self.okHead + GRPCStatus.trailers(error))
    flushSoon()
  }

  private func settle(_ call: ServerCall, _ code: StatusCode) {
    call.isAnswered = true
    call.context.logger.debug(
      "call answered",
      metadata: ["method": .string(call.context.method), "status": .string(code.description)])
  }

  private func write(_ call: ServerCall, _ message: ByteBuffer) async throws {
    try Task.checkCancellation()
    guard message.readableBytes <= GRPCFraming.messageBytesMax else {
      let limit = GRPCFraming.messageBytesMax
      throw RPCError(
        .resourceExhausted, "an answer of \(message.readableBytes) bytes is above \(limit)")
    }
    try await withCheckedThrowingContinuation { (writer: CheckedContinuation<Void, any Error>) in
      onLoop { self.enqueue(call, message, writer) }
    }
  }

  private func enqueue(
    _ call: ServerCall, _ message: ByteBuffer, _ writer: CheckedContinuation<Void, any Error>
  ) {
    guard !call.isAnswered else {
      writer.resume(throwing: RPCError(.cancelled, "the caller is gone"))
      return
    }
    if !call.hasBegun { begin(call) }
    let waiting = session.send(call.stream, GRPCFraming.framed(message)) ?? 0
    if waiting > HTTP2Limits.streamOutgoingBytesMax {
      call.writers.append(writer)
    } else {
      writer.resume()
    }
    flushSoon()
  }

  /// A peer that asks and does not fetch fills memory: its connection is closed.
  private func guardOutgoing() {
    guard session.outgoingBytes > HTTP2Limits.outgoingBytesMax else { return }
    let limit = HTTP2Limits.outgoingBytesMax
    logger.warning("peer does not fetch its answers; closing its connection")
    eventLoop.execute { self.close("more than \(limit) bytes of answers were not fetched") }
  }

  // MARK: Drain

  /// Takes no new calls; the connection closes itself after the last open one.
  func goAway() {
    onLoop {
      guard !self.isClosed else { return }
      self.session.goAway()
      self.flushSoon()
    }
  }

  /// Cancels what is still open, and closes.
  func abort() {
    onLoop { self.close("the service stopped") }
  }
}

extension MethodImplementation {
  /// The time for a call whose caller set none.
  func timeout(_ configuration: RPCServer.Configuration) -> Duration {
    switch self {
    case .unary: configuration.timeout
    case .serverStreaming: RPCDefaults.streamTimeout
    }
  }
}
