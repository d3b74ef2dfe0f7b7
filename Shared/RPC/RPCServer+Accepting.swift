import Foundation
import NIOCore

/// From a new connection to a peer with a role, before the first byte is read.
extension RPCServer {
  static func accept(_ channel: any Channel, _ core: ServerCore) -> EventLoopFuture<Void> {
    guard let socket = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(PeerRefused())
    }
    let found: EventLoopFuture<KernelCredentials> = socket.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    return found.flatMapThrowing { found in
      let identity = Peer.Identity.local(
        PeerCredentials(uid: found.uid, gid: found.gid, pid: found.pid))
      try admit(channel, identity, core)
    }
  }

  /// Puts the connection of a peer with a role into a channel. On the channel's event loop.
  static func admit(_ channel: any Channel, _ identity: Peer.Identity, _ core: ServerCore) throws {
    guard let admission = core.roles.admit(identity) else {
      core.notices.stranger(identity)
      core.statistics.connectionsRefused.add()
      throw PeerRefused()
    }
    let connection = try ServerConnection(
      core: core, admission: admission, eventLoop: channel.eventLoop)
    guard core.add(connection) else {
      core.notices.turnedAway(connection.peer, core.configuration.connectionsMax)
      core.statistics.connectionsRefused.add()
      throw PeerRefused()
    }
    core.statistics.connectionsAccepted.add()
    try channel.pipeline.syncOperations.addHandler(connection)
  }
}

/// A connection that is not let in; the log says why.
struct PeerRefused: Error {}

/// `struct ucred` of the Linux kernel.
struct KernelCredentials: Sendable {
  var pid: Int32
  var uid: UInt32
  var gid: UInt32
}
