import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Connects to a server, here or on another machine.
final class Dialler: Sendable {
  /// Nobody answered.
  struct Unreached: Error {
    let reason: String
  }

  private let target: RPCTarget
  private let logger: Logger
  /// Made by the first connection over TLS.
  private let source = Mutex<TLSSource?>(nil)

  init(_ target: RPCTarget, logger: Logger) {
    self.target = target
    self.logger = logger
  }

  /// A channel that `fill` has filled. Over TLS the handshake may still go on: what is written waits
  /// for it, and its failure comes as an error through the pipeline.
  ///
  /// - Throws: `Unreached`, `TLSFiles.Unusable`, and what `fill` throws.
  func dial(
    on eventLoop: any EventLoop, _ fill: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> any Channel {
    switch target {
    case .socket(let path): try await dial(path, eventLoop, fill)
    case .tls(let target): try await dial(target, eventLoop, fill)
    }
  }

  private func dial(
    _ path: String, _ eventLoop: any EventLoop,
    _ fill: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> any Channel {
    guard path.utf8.count <= UnixSocket.pathBytesMax else {
      throw Unreached(reason: "the path is above the limit of \(UnixSocket.pathBytesMax) bytes")
    }
    let file: Int32
    do throws(UnixSocket.Failure) {
      file = try UnixSocket.connected(path)
    } catch {
      throw Unreached(reason: "\(error)")
    }
    return try await ClientBootstrap(group: eventLoop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try fill(channel) }
      }
      .withConnectedSocket(file).get()
  }

  private func dial(
    _ target: TLSTarget, _ eventLoop: any EventLoop,
    _ fill: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> any Channel {
    let context = try context(target)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(TLSLimits.connectTimeout)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          let name = target.serverName
          try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
          try pipeline.addHandler(TLSOpening())
          try fill(channel)
        }
      }
    do {
      return try await TLSLimits.socketOptions.reduce(bootstrap) {
        $0.channelOption($1.option, value: $1.value)
      }.connect(host: target.host, port: target.port).get()
    } catch {
      throw Unreached(reason: Self.reason(error))
    }
  }

  /// In one line, of the first address that was tried.
  private static func reason(_ error: any Error) -> String {
    guard let failure = error as? NIOConnectionError else { return "\(error)" }
    let first = failure.connectionErrors.first?.error
    return (first ?? failure.dnsAError ?? failure.dnsAAAAError).map { "\($0)" } ?? "\(error)"
  }

  private func context(_ target: TLSTarget) throws -> NIOSSLContext {
    try source.withLock { source in
      if let source {
        source.refresh(isPatient: false)
        return source.context
      }
      let first = try TLSSource(target.files, .client, logger: logger)
      source = first
      return first.context
    }
  }
}
