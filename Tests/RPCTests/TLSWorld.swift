import Foundation
import RPC
import Support

/// A server with a second listener, the authority behind its certificate, and clients of it.
struct TLSWorld {
  let folder: String
  let authority: Authority
  let server: RPCServer
  let log: Lines
  let port: Int

  var socketPath: String { "\(folder)/s" }

  /// All methods but `Forbidden` are open to `orders`: to this user, and to some names.
  static func with(
    _ methods: [String: MethodImplementation], _ body: (TLSWorld) async throws -> Void
  ) async throws {
    try await ScratchFolder.with { folder in
      let authority = try Authority("ca", in: folder.path)
      let own = try authority.issue("server", names: ["DNS:server.example"])
      var configuration = RPCServer.Configuration()
      configuration.tls = TLSListening(
        host: "127.0.0.1", port: 0,
        files: TLSFiles(
          certificate: own.certificate, key: own.key, authority: authority.certificate))
      let names = ["orders.example", "spiffe://shop/orders", "orders-by-common-name"]
      let marks = [PeerPolicy.Mark.user(geteuid())] + names.map { .certificate($0) }
      configuration.policy = PeerPolicy(
        rules: marks.map { .init($0, role: "orders") },
        grants: ["orders": .paths(Set(methods.keys.map { "/\(testServiceName)/\($0)" }))])
      let log = Lines()
      let served = methods.merging(["Forbidden": echo]) { own, _ in own }
      let server = try await RPCServer.start(
        socketPath: folder.socketPath, services: [testService(served)],
        configuration: configuration, logger: log.logger)
      let world = TLSWorld(
        folder: folder.path, authority: authority, server: server, log: log,
        port: server.tlsPort ?? 0)
      do {
        try await body(world)
      } catch {
        await server.drain(within: .seconds(2))
        throw error
      }
      await server.drain(within: .seconds(2))
    }
  }

  /// Runs a body with a client that shows a certificate.
  func calling(
    as peer: Authority.Issued, expecting name: String = "server.example",
    from authority: Authority? = nil, _ body: (RPCClient) async throws -> Void
  ) async throws {
    let files = TLSFiles(
      certificate: peer.certificate, key: peer.key,
      authority: (authority ?? self.authority).certificate)
    let client = RPCClient(
      target: .tls(TLSTarget(host: "127.0.0.1", port: port, serverName: name, files: files)),
      logger: Served.quiet)
    do {
      try await body(client)
    } catch {
      await client.close()
      throw error
    }
    await client.close()
  }

  /// What openssl says of a handshake with the server, and of what came after it.
  func knock(_ peer: Authority.Issued?, speaking spoken: String = "h2") throws -> String {
    let own = peer.map { ["-cert", $0.certificate, "-key", $0.key] } ?? []
    return try Authority.openssl(
      [
        "s_client", "-connect", "127.0.0.1:\(port)", "-alpn", spoken, "-CAfile",
        authority.certificate, "-ign_eof",
      ] + own, mayFail: true)
  }
}
