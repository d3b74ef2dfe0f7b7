import ArgumentParser
import Echo
import Foundation
import Logging
import RPC
import Runtime
import UnixSignals

/// One end of the RPC benchmark: the generated service behind a server as the services have it, with
/// peer check, deadlines, request ids and logging.
struct EchoServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo-server", abstract: "Serve the RPC benchmark's echo.", shouldDisplay: false)

  /// What idle connections cost is measured with many.
  private static let connectionsMax = 4096

  @Argument(help: "Path of the socket.") var socket: String

  func run() async throws {
    let ended = await UnixSignalsSequence(trapping: .sigterm)
    var configuration = RPCServer.Configuration()
    configuration.connectionsMax = Self.connectionsMax
    let server = try await RPCServer.start(
      socketPath: socket, services: [Echoing().rpcService().traced], configuration: configuration,
      logger: Logger(label: "echo"))
    print("ready")
    fflush(nil)
    for await _ in ended { break }
    await server.drain(within: .seconds(1))
  }
}

private struct Echoing: EchoMethods {
  func echo(_ request: EchoMessage, _ context: CallContext) async throws -> EchoMessage { request }
}
