public import Foundation
import Logging
public import RPC

/// What a client on the command line takes from its environment: where the sockets are, and who
/// calls.
public struct ClientEnvironment: Sendable {
  /// Directory of the sockets, one per service.
  public let runDirectory: String
  /// The person at the command line.
  public let userName: String

  /// Reads `DROPWIRE_RUN_DIR`, and `USER` for the name.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    var settings = Settings(
      service: "dropwire", summary: "", arguments: [], environment: environment)
    runDirectory = settings.runDirectorySetting()
    let name = settings.ambient("USER") ?? ""
    userName = name.isEmpty ? NSUserName() : name
  }

  /// Path of a service's socket.
  public func socketPath(of service: String) -> String { "\(runDirectory)/\(service).sock" }

  /// A way to call the service. It tells its problems by the errors of its calls and logs nothing.
  public func channel(to service: String) -> any RPCChannel {
    RPCClient(
      socketPath: socketPath(of: service),
      logger: Logger(label: "dropwire") { _ in SwiftLogNoOpLogHandler() })
  }
}
