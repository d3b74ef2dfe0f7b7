import Logging
import NIOCore

/// What both ends of a connection share: bytes between the channel and the session, with all
/// writes of one event-loop tick flushed together.
///
/// `@unchecked Sendable`: all mutable state is touched on `eventLoop` alone; other threads come in
/// through `eventLoop.execute`.
class HTTP2Connection: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let eventLoop: any EventLoop
  /// Runs the tasks of this connection's calls.
  let executor: EventLoopTaskExecutor
  let logger: Logger
  let session: HTTP2Session
  private let setupTimeout: Duration
  private var context: ChannelHandlerContext?
  private var isFlushDue = false
  private var isReading = false
  private var isEnding = false
  private(set) var isClosed = false
  private let isServer: Bool
  private var alarm: (deadline: NIODeadline, timer: Scheduled<Void>)?
  /// For the connection's first words, and for its last.
  private var phaseTimer: Scheduled<Void>?
  private var stallTimer: Scheduled<Void>?
  /// Bytes on their way to the channel; kept between flushes so that most need no new memory.
  private var writing = ByteBuffer()

  init(
    _ role: HTTP2Session.Role, setupTimeout: Duration,
    executor: EventLoopTaskExecutor, logger: Logger
  ) throws {
    self.setupTimeout = setupTimeout
    self.eventLoop = executor.eventLoop
    self.executor = executor
    self.logger = logger
    self.session = try HTTP2Session(role)
    self.isServer = role == .server
  }

  /// The peer broke the rules, and its connection ends for that. Called once, before
  /// `connectionLost`.
  func peerCutOff(_ reason: String) {}

  /// All that could be handed to the channel was.
  func flushed() {}

  /// The channel is gone, or the session cannot go on: end what was open. Called once.
  func connectionLost(_ reason: String) {}

  /// Ends the calls whose deadline is not after `now`. Returns the earliest deadline of the others.
  func expireCalls(_ now: NIODeadline) -> NIODeadline? { nil }

  // MARK: Deadlines

  /// Sees to it that `expireCalls` runs at a deadline. There is one timer for all calls, for the
  /// earliest deadline known: most calls end long before theirs, and need no timer of their own.
  func watchDeadline(_ deadline: NIODeadline) {
    if let alarm, alarm.deadline <= deadline { return }
    alarm?.timer.cancel()
    let timer = eventLoop.scheduleTask(deadline: deadline) {
      self.alarm = nil
      if let next = self.expireCalls(.now()) { self.watchDeadline(next) }
    }
    alarm = (deadline, timer)
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    phaseTimer = expectSetup(within: setupTimeout)
  }

  /// Also comes for a channel that was closed before it became active.
  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    close("the connection was lost")
  }

  func channelActive(context: ChannelHandlerContext) { flush() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosed, !isEnding else { return }
    isReading = true
    executor.hold()
    let bytes = unwrapInboundIn(data)
    do {
      try bytes.withUnsafeReadableBytes { try session.receive($0) }
    } catch {
      isReading = false
      cutOff(error)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    executor.run { flush() }
    isReading = false
    flush()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    stallTimer?.cancel()
    stallTimer = nil
    if context.channel.isWritable {
      flush()
    } else {
      stallTimer = after(HTTP2Limits.stallTimeout) { connection in
        connection.cutOff(HTTP2Failure(description: "the peer takes nothing from its socket"))
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) { close("the connection was lost") }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { close("\(error)") }

  // MARK: Writing

  /// Asks for a flush at the end of this tick. Within a read it comes by itself.
  func flushSoon() {
    guard !isFlushDue, !isReading, !isClosed else { return }
    isFlushDue = true
    eventLoop.execute {
      self.isFlushDue = false
      self.flush()
    }
  }

  func flush() {
    guard let context, !isClosed else { return }
    do {
      var hasWritten = false
      while context.channel.isWritable {
        writing.clear()
        try session.pull(into: &writing, bytesMax: HTTP2Limits.writeBytesMax)
        if writing.readableBytes == 0 { break }
        context.write(wrapOutboundOut(writing), promise: nil)
        hasWritten = true
      }
      if hasWritten { context.flush() }
    } catch {
      close("\(error)")
      return
    }
    flushed()
    if session.outgoingFrames > HTTP2Limits.outgoingFramesMax {
      cutOff(
        HTTP2Failure(
          description: "the peer lets too many frames wait", code: HTTP2Code.enhanceYourCalm))
    }
    if session.isFinished { closeAfterWrites(context) }
  }

  /// Writes bytes that are not the session's.
  func say(_ bytes: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }

  /// Closes once the socket has taken what was written: the last answers must not be lost.
  ///
  /// A server ends its own half alone, and waits for the peer to end the other: a stock client that
  /// finds the connection gone when it writes does not read what is still there for it.
  private func closeAfterWrites(_ context: ChannelHandlerContext) {
    guard !isEnding, !isClosed else { return }
    isEnding = true
    let reason = session.complaint.map { "the connection was ended: \($0)" }
    phaseTimer?.cancel()
    let time =
      session.complaint == nil ? HTTP2Limits.stallTimeout : HTTP2Limits.farewellTimeout
    phaseTimer = after(time) { $0.close("the peer does not read the end") }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { result in
      let reason = reason ?? "the connection was ended"
      guard self.isServer, !self.isClosed, case .success = result else {
        self.close(reason)
        return
      }
      self.phaseTimer?.cancel()
      self.phaseTimer = self.after(HTTP2Limits.lingerTime) { $0.close(reason) }
      self.context?.close(mode: .output, promise: nil)
    }
  }

  /// Closes the channel and ends what was open.
  func close(_ reason: String) {
    guard !isClosed else { return }
    isClosed = true
    executor.letGo()
    let context = context
    self.context = nil
    for timer in [alarm?.timer, phaseTimer, stallTimer] { timer?.cancel() }
    (alarm, phaseTimer, stallTimer) = (nil, nil, nil)
    connectionLost(reason)
    context?.close(promise: nil)
  }

  /// Runs `body` on the event loop, at once when already there.
  func onLoop(_ body: @escaping @Sendable () -> Void) {
    if eventLoop.inEventLoop { body() } else { eventLoop.execute(body) }
  }
}
