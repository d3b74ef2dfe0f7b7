import NIOCore
import NIOSSL
import NIOTLS

/// Holds a new connection until its handshake is done and its certificate has a role. Until then,
/// and when it has none, nothing behind the door hears of it.
///
/// `@unchecked Sendable`: touched on its channel's event loop alone.
final class TLSDoor: ChannelInboundHandler, RemovableChannelHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer

  private let core: ServerCore
  private let pending: PendingHandshakes
  private var timer: Scheduled<Void>?
  private var isRefused = false

  init(_ core: ServerCore, _ pending: PendingHandshakes) {
    self.core = core
    self.pending = pending
  }

  func handlerAdded(context: ChannelHandlerContext) {
    pending.enter()
    let channel = context.channel
    timer = context.eventLoop.scheduleTask(in: TimeAmount(TLSLimits.handshakeTimeout)) {
      self.refuse(channel, "no handshake within \(TLSLimits.handshakeTimeout)")
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    pending.leave()
  }

  /// Told again when the door opens.
  func channelActive(context: ChannelHandlerContext) {}

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let spoken)? = event as? TLSUserEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    guard spoken == TLSLimits.applicationProtocol else {
      refuse(context.channel, "the peer does not speak \(TLSLimits.applicationProtocol)")
      return
    }
    do {
      try open(context)
    } catch {
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    refuse(context.channel, "\(error)")
  }

  private func open(_ context: ChannelHandlerContext) throws {
    let pipeline = context.pipeline.syncOperations
    let certificate = try pipeline.handler(type: NIOSSLServerHandler.self).peerCertificate
    let identity = Peer.Identity.certificate(certificate?.bearerNames ?? [])
    try RPCServer.admit(context.channel, identity, core)
    context.fireChannelActive()
    pipeline.removeHandler(self, promise: nil)
  }

  /// The end of a handshake that failed brings more errors.
  private func refuse(_ channel: any Channel, _ reason: String) {
    guard !isRefused else { return }
    isRefused = true
    core.notices.handshakeFailed(channel.remoteAddress?.description ?? "", reason)
    core.statistics.connectionsRefused.add()
    timer?.cancel()
    channel.close(promise: nil)
  }
}
