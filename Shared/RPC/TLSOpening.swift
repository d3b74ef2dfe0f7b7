import NIOCore
import NIOTLS

/// Ends a connection whose handshake does not end, or does not lead to HTTP/2.
///
/// `@unchecked Sendable`: touched on its channel's event loop alone.
final class TLSOpening: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer

  private var timer: Scheduled<Void>?

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline
    timer = context.eventLoop.scheduleTask(in: TimeAmount(TLSLimits.handshakeTimeout)) {
      let failure = HTTP2Failure(description: "no handshake within \(TLSLimits.handshakeTimeout)")
      pipeline.fireErrorCaught(failure)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  /// What TLS says is why; nothing that comes after it is.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let connection = try? context.pipeline.syncOperations.handler(type: ClientConnection.self)
    connection?.peerCutOff("\(error)")
    context.fireErrorCaught(error)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let spoken)? = event as? TLSUserEvent {
      timer?.cancel()
      if spoken != TLSLimits.applicationProtocol {
        let failure = HTTP2Failure(description: "the server does not speak HTTP/2 over TLS")
        errorCaught(context: context, error: failure)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }
}
