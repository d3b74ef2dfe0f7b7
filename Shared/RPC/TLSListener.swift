import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Where a server listens for other machines, and what it shows them.
public struct TLSListening: Sendable, Hashable {
  public let host: String
  /// 0 takes a free one.
  public let port: Int
  public let files: TLSFiles

  public init(host: String, port: Int, files: TLSFiles) {
    self.host = host
    self.port = port
    self.files = files
  }
}

/// A TCP port with mutual TLS: the second listener of a server.
struct TLSListener: Sendable {
  let channel: any Channel
  private let watch: Task<Void, Never>

  /// - Throws: `RPCServer.StartFailure`.
  init(_ listening: TLSListening, _ core: ServerCore) async throws {
    let address = "\(listening.host):\(listening.port)"
    let source: TLSSource
    do throws(TLSFiles.Unusable) {
      source = try TLSSource(listening.files, .server, logger: core.logger)
    } catch {
      throw RPCServer.StartFailure("cannot listen at \(address) with TLS: \(error)")
    }
    let pending = PendingHandshakes()
    do {
      channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(ChannelOptions.backlog, value: RPCServer.backlog)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 4)
        .watchingPeers()
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            guard pending.haveRoom else { throw PeerRefused() }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: source.context))
            try pipeline.addHandler(TLSDoor(core, pending))
          }
        }
        .bind(host: listening.host, port: listening.port).get()
    } catch {
      throw RPCServer.StartFailure("cannot listen at \(address): \(error)")
    }
    watch = Task {
      while (try? await Task.sleep(for: TLSLimits.filesInterval)) != nil {
        source.refresh(isPatient: true)
      }
    }
  }

  func close() async {
    watch.cancel()
    try? await channel.close()
  }
}

/// Counts the peers who are not known yet.
final class PendingHandshakes: Sendable {
  private let count = Atomic<Int>(0)

  var haveRoom: Bool { count.load(ordering: .relaxed) < TLSLimits.handshakesMax }

  func enter() { count.add(1, ordering: .relaxed) }

  func leave() { count.subtract(1, ordering: .relaxed) }
}

extension ServerBootstrap {
  fileprivate func watchingPeers() -> ServerBootstrap {
    TLSLimits.socketOptions.reduce(self) { $0.childChannelOption($1.option, value: $1.value) }
  }
}

extension TLSLimits {
  /// So that a machine that is gone is noticed.
  static let socketOptions: [(option: ChannelOptions.Types.SocketOption, value: Int)] = [
    (.init(level: .socket, name: .so_keepalive), 1),
    (.init(level: .tcp, name: .init(rawValue: TCP_KEEPIDLE)), keepAliveSeconds),
    (.init(level: .tcp, name: .init(rawValue: TCP_KEEPINTVL)), keepAliveSeconds / 3),
    (.init(level: .tcp, name: .init(rawValue: TCP_KEEPCNT)), 3),
    (.init(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT)), unansweredMilliseconds),
  ]
}
