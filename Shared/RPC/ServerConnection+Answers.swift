import Logging
import NIOCore

/// From a method's result to the wire. A call is answered once; whatever comes later is dropped.
extension ServerConnection {
  /// The one message of a unary call.
  func answer(_ call: ServerCall, _ message: ByteBuffer) {
    guard !call.isAnswered else { return }
    do {
      try GRPCFraming.checkSize(message, "answer")
    } catch {
      answer(call, error)
      return
    }
    settle(call, .ok)
    call.statistics.sent(GRPCFraming.prefixBytes + message.readableBytes)
    session.submitResponse(call.stream, message: message, .ok)
    guardOutgoing()
    flushSoon()
  }

  func answer(_ call: ServerCall, _ error: RPCError) {
    guard !call.isAnswered else { return }
    if call.hasBegun {
      finish(call, error)
      return
    }
    settle(call, error.code)
    refuse(call.stream, error, saysEncoding: call.encoding != nil)
  }

  /// Ends a streamed answer.
  func finish(_ call: ServerCall, _ error: RPCError?) {
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
    session.end(call.stream, error.map { .status(GRPCStatus.trailers($0)) } ?? .ok)
    flushSoon()
  }

  private func begin(_ call: ServerCall) {
    call.hasBegun = true
    session.submitResponse(call.stream, message: nil, .later)
  }

  /// Begins a streamed answer before its first message.
  func beginEarly(_ call: ServerCall) {
    guard !call.isAnswered, !call.hasBegun else { return }
    begin(call)
    flushSoon()
  }

  /// Ends a stream with a status alone.
  ///
  /// - Parameter saysEncoding: also says which encodings are taken.
  func refuse(_ stream: Int32, _ error: RPCError, saysEncoding: Bool = false) {
    let encoding = saysEncoding ? [GRPCEncoding.accepted] : []
    session.submitEnd(stream, .answer, encoding + GRPCStatus.trailers(error))
    flushSoon()
  }

  private func settle(_ call: ServerCall, _ code: StatusCode) {
    call.isAnswered = true
    call.statistics.ended(code, since: call.startedAt)
    call.requests?.end(.failed(RPCError(.cancelled, "the call is over")))
    release(call)
    core.logger.debug(
      "call answered",
      metadata: [
        "request": .string(call.context.requestID),
        "trace": .string(call.context.trace.traceID), "method": .string(call.context.method),
        "status": .string(code.description),
      ])
  }

  /// Sends one message of a streamed answer; returns when there is room for the next.
  func write(_ call: ServerCall, _ message: ByteBuffer) async throws {
    if Task.isCancelled { throw RPCError(.cancelled, "the caller is gone") }
    try GRPCFraming.checkSize(message, "answer")
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
    call.statistics.sent(GRPCFraming.prefixBytes + message.readableBytes)
    let waiting = session.send(call.stream, message) ?? 0
    if waiting > HTTP2Limits.streamOutgoingBytesMax {
      call.writers.append(writer)
    } else {
      writer.resume()
    }
    guardOutgoing()
    flushSoon()
  }
}
