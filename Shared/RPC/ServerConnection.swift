import Logging
import NIOCore

/// A server's end of one connection: turns streams into calls of methods and their results into
/// answers.
///
/// `@unchecked Sendable`: as `HTTP2Connection`, touched on its event loop alone.
final class ServerConnection: HTTP2Connection, HTTP2Events, @unchecked Sendable {
  let core: ServerCore
  let peer: Peer
  let role: RoleSet
  var calls = StreamMap<ServerCall>()
  private(set) var isDraining = false
  /// The peer was told, or is being told, that the connection ends.
  private var isLeaving = false
  private var notice: Scheduled<Void>?
  /// Bytes of requests that are not whole yet, over all streams.
  var incomingBytes = 0
  /// What the server knows of the bytes held here.
  var accountedBytes = 0
  /// Methods that run, also those whose callers are gone.
  var running = 0

  init(core: ServerCore, admission: PeerRoles.Admission, eventLoop: any EventLoop) throws {
    self.core = core
    self.peer = admission.peer
    self.role = admission.role
    try super.init(
      .server, setupTimeout: core.configuration.setupTimeout,
      executor: EventLoopTaskExecutor(eventLoop), logger: core.logger)
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
      refuseSecondMessage(call)
      return
    }
    call.statistics.received(bytes.count)
    if let refusal = hold(call, bytes.count) {
      answer(call, refusal)
      return
    }
    if call.requests == nil, let message = call.assembler.whole(bytes) {
      call.message = message
      return
    }
    call.assembler.append(bytes)
    do {
      if let requests = call.requests {
        try queue(call, requests)
        return
      }
      call.message = try call.assembler.next()
    } catch {
      answer(call, error)
      return
    }
    if call.message != nil, call.assembler.waitingBytes > 0 { refuseSecondMessage(call) }
  }

  private func refuseSecondMessage(_ call: ServerCall) {
    answer(call, RPCError(.unimplemented, "\(call.context.method) takes one message, two came"))
  }

  func peerEnded(_ stream: Int32) {
    guard let call = calls[stream], !call.isAnswered else { return }
    if let requests = call.requests, call.assembler.waitingBytes == 0 {
      requests.end(.ok)
      return
    }
    guard let message = call.message else {
      let what = call.requests == nil ? "one message, none" : "messages, the last never"
      let text = "\(call.context.method) takes \(what) came whole"
      answer(call, RPCError(.unimplemented, text))
      return
    }
    release(call)
    run(call, message)
  }

  func closed(_ stream: Int32, code: UInt32, wasSent: Bool) {
    guard let call = calls.removeValue(for: stream) else { return }
    end(call)
  }

  func drained(_ stream: Int32) { calls[stream]?.releaseWriters(.success(())) }

  func settingsReceived() {}

  func goAwayReceived() {}

  override func peerCutOff(_ reason: String) { core.notices.cutOff(peer, reason) }

  override func flushed() { account() }

  override func connectionLost(_ reason: String) {
    core.remove(self)
    notice?.cancel()
    forgetBytes()
    let open = calls.values
    calls = StreamMap()
    for call in open { end(call) }
  }

  override func expireCalls(_ now: NIODeadline) -> NIODeadline? {
    let open = calls.values
    for call in open where call.deadline <= now { expire(call, now) }
    return open.lazy.map(\.deadline).filter { $0 > now }.min()
  }

  /// The stream is gone: the method is cancelled, unless it has answered.
  private func end(_ call: ServerCall) {
    release(call)
    call.task?.cancel()
    if !call.isAnswered {
      core.statistics.callsAbandoned.add()
      call.statistics.ended(.cancelled, since: call.startedAt)
    }
    call.isAnswered = true
    call.requests?.end(.failed(RPCError(.cancelled, "the caller is gone")))
    call.releaseWriters(.failure(RPCError(.cancelled, "the caller is gone")))
  }

  /// Gives a method the messages of its request that came whole.
  private func queue(_ call: ServerCall, _ requests: StreamQueue) throws(RPCError) {
    while let message = try call.assembler.next() {
      guard requests.count < HTTP2Limits.streamRequestsMax else {
        throw RPCError(
          .resourceExhausted,
          "\(call.context.method) has \(requests.count) messages to answer; wait for answers")
      }
      requests.add(message)
    }
  }

  /// A method has read one message of its request.
  func taken(_ call: ServerCall, _ message: ByteBuffer) {
    let bytes = min(call.heldBytes, GRPCFraming.prefixBytes + message.readableBytes)
    call.heldBytes -= bytes
    incomingBytes -= bytes
  }

  /// The request's bytes are no longer held here.
  func release(_ call: ServerCall) {
    incomingBytes -= call.heldBytes
    call.heldBytes = 0
    call.message = nil
    call.assembler = MessageAssembler(isRequest: true)
  }

  // MARK: Drain

  /// Takes no new calls; the connection closes itself after the last open one.
  ///
  /// While calls are open the peer is told first, and new calls are refused only once it knows: a
  /// stock client that had made streams which it cannot send any more cancels them in a way that ends
  /// the connection for the others.
  func goAway() {
    onLoop {
      guard !self.isClosed, !self.isLeaving else { return }
      self.isLeaving = true
      guard !self.calls.isEmpty else {
        self.refuseNewCalls()
        return
      }
      self.endRequests()
      self.session.announceGoAway()
      self.flushSoon()
      self.notice = self.after(HTTP2Limits.noticeTime) { _ in self.refuseNewCalls() }
    }
  }

  func pingAnswered() {
    if isLeaving { refuseNewCalls() }
  }

  private func refuseNewCalls() {
    guard !isClosed, !isDraining else { return }
    notice?.cancel()
    // From here on new streams are refused, so that none runs that the peer believes refused.
    isDraining = true
    endRequests()
    session.goAway()
    flushSoon()
  }

  /// A stream of requests may stay open for long: its method answers what it has, and ends.
  private func endRequests() {
    for call in calls.values { call.requests?.end(.ok) }
  }

  /// Cancels what is still open, and closes.
  func abort() {
    onLoop { self.close("the service stopped") }
  }
}
