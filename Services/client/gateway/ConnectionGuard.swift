import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Watches over one connection below the requests: answers what is no HTTP with a problem, and cuts
/// off who takes nothing or does not end.
///
/// **Invariant:** an answer is never torn: a problem is written between answers alone.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: DoorLimits
  private let security: SecurityHeaders
  private let logger: Logger

  /// A request has begun and not ended.
  private var isReading = false
  /// Requests that have no whole answer yet.
  private var unanswered = 0
  /// What the connection ends with, once the requests before it are answered.
  private var refusal: Problem?
  private var hasRefused = false
  private var cutOff: Scheduled<Void>?

  init(limits: DoorLimits, security: SecurityHeaders, logger: Logger) {
    self.limits = limits
    self.security = security
    self.logger = logger
  }

  func handlerRemoved(context: ChannelHandlerContext) { cutOff?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    cutOff?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard refusal == nil else { return }
    switch unwrapInboundIn(data) {
    case .head:
      isReading = true
      unanswered += 1
    case .body: break
    case .end:
      isReading = false
      if unanswered == 0 { cancelCutOff() }
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !hasRefused else {
      promise?.fail(ChannelError.outputClosed)
      return
    }
    var isEnd = false
    if case .end = unwrapOutboundIn(data) { isEnd = true }
    context.write(data, promise: promise)
    guard isEnd else { return }
    unanswered -= 1
    guard unanswered == 0 else { return }
    if refusal != nil {
      refuse(context)
    } else if isReading {
      // The rest of a request whose answer did not need it.
      cut(context, after: limits.restSeconds)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard refusal == nil else { return }
    guard !(error is IOError), !(error is ChannelError), !(isReading && unanswered > 0) else {
      // Whoever reads the body is told.
      context.fireErrorCaught(error)
      return
    }
    guard !isReading else {
      context.close(promise: nil)
      return
    }
    refusal = Problem(DoorError(parsing: error, limits))
    if unanswered == 0 { refuse(context) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      cancelCutOff()
    } else {
      cut(context, after: limits.stallSeconds)
    }
    context.fireChannelWritabilityChanged()
  }

  /// Writes the problem and closes, so that the peer can read it before the connection is reset.
  private func refuse(_ context: ChannelHandlerContext) {
    guard let refusal, !hasRefused else { return }
    hasRefused = true
    let trail = Trail([:])
    logger.debug(
      "connection refused",
      metadata: [
        "request": .string(trail.requestID), "status": "\(refusal.status)",
        "reason": .string(refusal.reason),
      ])
    let body = ByteBuffer(string: refusal.body(trail.requestID))
    var head = HTTPResponse(
      status: .init(code: refusal.status),
      headerFields: [
        .contentType: "application/problem+json", .contentLength: "\(body.readableBytes)",
        .connection: "close",
      ])
    security.add(to: &head.headerFields, trail.requestID)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(body)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(mode: .output, promise: nil)
    cut(context, after: limits.lingerSeconds)
  }

  private func cut(_ context: ChannelHandlerContext, after seconds: Int) {
    cutOff?.cancel()
    let channel = context.channel
    cutOff = context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
      channel.close(promise: nil)
    }
  }

  /// Nothing cuts a connection off any more, unless it was refused.
  private func cancelCutOff() {
    guard !hasRefused else { return }
    cutOff?.cancel()
    cutOff = nil
  }
}

extension DoorError {
  /// What is wrong with bytes that are no request.
  fileprivate init(parsing error: any Error, _ limits: DoorLimits) {
    if let error = error as? HTTPParserError, case .headerOverflow = error {
      self = .headersTooLarge(bytesMax: limits.headerBytesMax, countMax: limits.headersMax)
    } else {
      self = .malformed
    }
  }
}
