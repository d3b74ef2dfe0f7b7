public import Foundation
import Logging
public import RPC

/// What a client on the command line takes from its environment: where the services are, and who
/// calls.
public struct ClientEnvironment: Sendable {
  /// The person at the command line.
  public let userName: String
  /// What is wrong with it.
  public let problems: [String]
  private let targets: [String: RPCTarget]

  /// Reads `DROPWIRE_RUN_DIR`, the targets of services that are elsewhere with what TLS needs, and
  /// `USER` for the name.
  public init(
    services: [String], environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    var settings = Settings(
      service: "dropwire", summary: "", arguments: [], environment: environment)
    let identity = settings.tlsIdentity()
    targets = settings.targets(
      of: services, runDirectory: settings.runDirectorySetting(), identity)
    let name = settings.ambient("USER") ?? ""
    userName = name.isEmpty ? NSUserName() : name
    problems = settings.allProblems
  }

  /// A way to call one of the services; nil when the environment is wrong about it. It tells its
  /// problems by the errors of its calls and logs nothing.
  public func channel(to service: String) -> (any RPCChannel)? {
    targets[service].map {
      RPCClient(
        target: $0, logger: Logger(label: "dropwire") { _ in SwiftLogNoOpLogHandler() })
    }
  }
}
