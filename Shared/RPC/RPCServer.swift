import Foundation
public import Logging
import NIOCore
import NIOPosix

/// Serves services at a Unix domain socket, as real gRPC.
///
/// Only peers to whom the policy gives a role are let in; the kernel says who they are
/// (SO_PEERCRED). The health and reflection services of gRPC are always there, for all of them.
public final class RPCServer: Sendable {
  public struct Configuration: Sendable {
    /// Time for a call whose caller set none.
    public var timeout: Duration = RPCDefaults.timeout
    /// Calls that run at once; above it the answer is RESOURCE_EXHAUSTED.
    public var callsInFlightMax = 4096
    /// Open connections; above it peers are turned away, with a line in the log.
    public var connectionsMax = 4096
    /// Time for a new peer to say its HTTP/2 preface and settings.
    public var setupTimeout = Duration.seconds(10)
    /// Bytes of requests that are not whole and of answers that were not fetched, over all
    /// connections. Above it, those who hold more than their share are refused.
    public var heldBytesMax = 256 * 1024 * 1024
    public var policy = PeerPolicy.sameUser()
    /// Who may connect at all, as the mode of a socket file made here: the door before the policy.
    public var socketMode: UInt32 = 0o600
    /// A second listener, for peers on other machines.
    public var tls: TLSListening?
    /// The .proto files of the services, each an encoded google.protobuf.FileDescriptorProto: what
    /// reflection hands out, besides those of health and of itself.
    public var fileDescriptors: [[UInt8]] = []

    public init() {}
  }

  /// The server cannot listen; the text says why and what would be right.
  public struct StartFailure: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) { self.description = description }
  }

  let core: ServerCore
  private let listener: any Channel
  private let tls: TLSListener?
  /// The socket file that was made here, and goes with the server.
  private let ownFile: (path: String, identity: SocketPath.Identity?)?

  private init(core: ServerCore, listener: any Channel, ownPath: String?) {
    self.core = core
    self.listener = listener
    tls = nil
    ownFile = ownPath.map { ($0, SocketPath.identity($0)) }
  }

  /// The same server with a second listener.
  private init(_ server: RPCServer, _ tls: TLSListener) {
    core = server.core
    listener = server.listener
    ownFile = server.ownFile
    self.tls = tls
  }

  /// The port of the second listener; nil without one.
  public var tlsPort: Int? { tls?.channel.localAddress?.port }

  /// Listens. A socket file that a dead process left is replaced; the new one has the mode of the
  /// configuration.
  ///
  /// - Throws: `StartFailure`.
  public static func start(
    socketPath: String, services: [RPCService], configuration: Configuration = .init(),
    logger: Logger
  ) async throws -> RPCServer {
    let core = try core(services, configuration, logger)
    let server = try await SocketPath.claim(socketPath) {
      do {
        let file = try UnixSocket.listening(
          socketPath, mode: configuration.socketMode, backlog: backlog)
        let listener = try await listen(file, core)
        return RPCServer(core: core, listener: listener, ownPath: socketPath)
      } catch {
        throw StartFailure("cannot listen at \(socketPath): \(error)")
      }
    }
    return try await server.openToOthers()
  }

  /// Serves at a socket that listens already, made by whoever started the process, who keeps it:
  /// peers that come while no server runs wait for the next one instead of being refused. The
  /// socket's file and its mode are left alone, also in the end.
  ///
  /// - Parameter file: the descriptor; the server's from here on.
  /// - Throws: `StartFailure`.
  public static func start(
    listeningAt file: Int32, services: [RPCService], configuration: Configuration = .init(),
    logger: Logger
  ) async throws -> RPCServer {
    let core = try core(services, configuration, logger)
    let server: RPCServer
    do {
      try UnixSocket.adopt(file)
      server = RPCServer(core: core, listener: try await listen(file, core), ownPath: nil)
    } catch {
      throw StartFailure("cannot serve at the descriptor \(file) that was passed: \(error)")
    }
    return try await server.openToOthers()
  }

  /// Adds the second listener, if there is to be one.
  private func openToOthers() async throws -> RPCServer {
    guard let listening = core.configuration.tls else { return self }
    do {
      return RPCServer(self, try await TLSListener(listening, core))
    } catch {
      await drain(within: .zero)
      throw error
    }
  }

  private static func core(
    _ services: [RPCService], _ configuration: Configuration, _ logger: Logger
  ) throws(StartFailure) -> ServerCore {
    let health = HealthState(services: services.map(\.name))
    let served = services + [health.service]
    return try ServerCore(
      services: services,
      open: [health.service] + Reflection.services(of: served, configuration.fileDescriptors),
      configuration: configuration, health: health, logger: logger)
  }

  private static func listen(_ file: Int32, _ core: ServerCore) async throws -> any Channel {
    try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      // The bootstrap listens once more, with this.
      .serverChannelOption(ChannelOptions.backlog, value: backlog)
      .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 4)
      .childChannelInitializer { channel in accept(channel, core) }
      .withBoundSocket(file).get()
  }

  /// Connections that wait to be accepted; the kernel may lower it.
  static let backlog: Int32 = 1024

  /// What was counted since the start.
  public var figures: ServerFigures { core.figures }

  /// What the health service says from now on; SERVING after the start.
  public func setServing(_ isServing: Bool) { core.health.setServing(isServing) }

  /// Takes no new calls, lets the open ones end, cancels those that are left after `time`, and
  /// removes the socket file it made. Callers of refused calls know that these never ran.
  public func drain(within time: Duration) async {
    core.health.end()
    // The file first: a successor may listen while the last calls end.
    if let ownFile { SocketPath.remove(ownFile.path, ifStill: ownFile.identity) }
    await tls?.close()
    try? await listener.close()
    for connection in core.beginDrain() { connection.goAway() }
    let end = ContinuousClock.now + time
    while !core.openConnections.isEmpty, .now < end {
      try? await Task.sleep(for: .milliseconds(5))
    }
    let left = core.openConnections
    guard !left.isEmpty else { return }
    core.logger.warning(
      "calls were cancelled at the end of the drain", metadata: ["connections": "\(left.count)"])
    for connection in left { connection.abort() }
  }
}
