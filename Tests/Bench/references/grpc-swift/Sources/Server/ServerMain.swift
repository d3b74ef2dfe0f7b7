import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Message

/// An echo by grpc-swift-2. usage: server SOCKET
@main struct ServerMain {
  /// More than the benchmark has calls in flight; by default the 101st of a connection ends it.
  private static let streamsMax = 1000

  static func main() async throws {
    guard CommandLine.arguments.count == 2 else { exit(64) }
    var config = HTTP2ServerTransport.Posix.Config.defaults
    config.http2.maxConcurrentStreams = streamsMax
    let transport = HTTP2ServerTransport.Posix(
      address: .unixDomainSocket(path: CommandLine.arguments[1]), transportSecurity: .plaintext,
      config: config)
    let server = GRPCServer(transport: transport, services: [Echo()])
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await server.serve() }
      _ = try await transport.listeningAddress
      print("ready")
      fflush(nil)
    }
  }
}

private struct Echo: RegistrableRPCService {
  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: EchoMessage.method, deserializer: EchoCoding(), serializer: EchoCoding()
    ) { request, _ in
      let request = try await ServerRequest(stream: request)
      return StreamingServerResponse(single: ServerResponse(message: request.message))
    }
  }
}
