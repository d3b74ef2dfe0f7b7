import Logging
import NIOCore

/// From a header block to a running method.
extension ServerConnection {
  func begin(_ stream: Int32, _ headers: [HeaderField], isOversized: Bool) {
    guard !isDraining else {
      core.statistics.callsTurnedAway.add()
      session.reset(stream, HTTP2Code.refusedStream)
      return
    }
    guard !isOversized else {
      core.statistics.callsMalformed.add()
      let limit = HTTP2Limits.headerBytesMax
      refuse(stream, RPCError(.resourceExhausted, "the headers are above \(limit) bytes"))
      return
    }
    let head: CallHead
    do {
      head = try CallHead(headers)
    } catch {
      core.statistics.callsMalformed.add()
      switch error {
      case .http(let status):
        session.submitEnd(stream, .none, [HeaderField(name: ":status", value: String(status))])
      case .status(let error): refuse(stream, error)
      }
      return
    }
    guard let route = core.routes[head.path] else {
      core.statistics.callsMalformed.add()
      refuse(stream, MethodRun.unimplemented(head.path, known: core.services))
      return
    }
    guard route.callers.contains(role) else {
      deny(stream, route)
      return
    }
    let timeout = min(
      head.timeout ?? route.implementation.timeout(core.configuration), RPCDefaults.timeoutMax)
    let now = NIODeadline.now()
    let call = ServerCall(
      stream: stream, startedAt: now, deadline: now + TimeAmount(timeout),
      context: context(route, head, timeout), route: route, encoding: head.encoding)
    calls[stream] = call
    call.statistics.began()
    // The headers are held for as long as the request is not whole.
    if let refusal = hold(call, session.incomingBytes) {
      answer(call, refusal)
      return
    }
    watchDeadline(call.deadline)
    if call.requests != nil { run(call, ByteBuffer()) }
  }

  /// Refuses a call that is not this peer's to make.
  private func deny(_ stream: Int32, _ route: Route) {
    route.statistics.began()
    route.statistics.ended(.permissionDenied, since: .now())
    refuse(stream, core.roles.refusal(of: route, to: peer))
  }

  private func context(_ route: Route, _ head: CallHead, _ timeout: Duration) -> CallContext {
    CallContext(
      service: route.service, method: route.method, metadata: head.metadata, peer: peer,
      requestID: MethodRun.requestID(head.metadata), deadline: .now + timeout, logger: core.logger)
  }

  /// Ends a call whose time is over: with a status, and when the peer does not take that either, with
  /// a reset.
  func expire(_ call: ServerCall, _ now: NIODeadline) {
    if call.isAnswered {
      // The peer does not fetch its answer, or keeps its own half open for no reason.
      session.reset(call.stream, HTTP2Code.cancel)
      flushSoon()
    } else {
      core.statistics.callsExpired.add()
      call.task?.cancel()
      call.deadline = now + TimeAmount(HTTP2Limits.farewellTimeout)
      answer(call, MethodRun.deadlineExceeded(call.context))
    }
  }

  /// - Parameter message: the request; of no meaning for a method that takes a stream of them.
  func run(_ call: ServerCall, _ message: ByteBuffer) {
    if let refusal = enter() {
      answer(call, refusal)
      return
    }
    switch call.implementation {
    case .unary(let body): runUnary(call, message, body)
    case .serverStreaming(let body):
      runStreaming(call) { try await body(message, call.context, $0) }
    case .bidirectional(let body):
      let requests = RequestReader { try await self.nextRequest(call) }
      runStreaming(call) { try await body(requests, call.context, $0) }
    }
  }

  private func runUnary(
    _ call: ServerCall, _ message: ByteBuffer,
    _ body: @escaping @Sendable (ByteBuffer, CallContext) async throws -> ByteBuffer
  ) {
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
        self.running -= 1
        switch result {
        case .success(let message): self.answer(call, message)
        case .failure(let error): self.answer(call, error)
        }
      }
    }
  }

  private func nextRequest(_ call: ServerCall) async throws -> ByteBuffer? {
    guard let message = try await call.requests?.next() else { return nil }
    onLoop { self.taken(call, message) }
    return message
  }

  private func runStreaming(
    _ call: ServerCall, _ body: @escaping @Sendable (ResponseWriter) async throws -> Void
  ) {
    let context = call.context
    call.task = Task {
      var failure: RPCError?
      do {
        try await body(
          ResponseWriter(sayBegun: { self.onLoop { self.beginEarly(call) } }) {
            try await self.write(call, $0)
          })
      } catch {
        failure = MethodRun.status(error, context)
      }
      self.core.leaveCall()
      self.onLoop { [failure] in
        self.running -= 1
        self.finish(call, failure)
      }
    }
  }
}

extension MethodImplementation {
  /// The time for a call whose caller set none.
  fileprivate func timeout(_ configuration: RPCServer.Configuration) -> Duration {
    switch self {
    case .unary: configuration.timeout
    case .serverStreaming, .bidirectional: RPCDefaults.streamTimeout
    }
  }
}
