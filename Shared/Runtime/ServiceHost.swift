import Contract
import Foundation
public import Logging
public import RPC
import ServiceLifecycle
import UnixSignals

/// Runs one service from start to stop: directories, logging, socket, background work, signals.
///
/// SIGTERM or SIGINT: the socket accepts no more, calls under way get `drainTimeout` to end, effects
/// under way are abandoned (their intents resume at the next start), the process ends with 0.
public struct ServiceHost: Sendable {
  /// How long calls may take to end once the service was told to stop.
  public static let drainTimeout = Duration.seconds(5)

  public let settings: ServiceSettings
  public let logger: Logger
  private let startedAt = Date()

  /// Prepares the process: logging, directories (mode 0700), no core dumps, no SIGPIPE, nothing
  /// meant for it alone in the environment.
  public init(settings: ServiceSettings) throws {
    self.settings = settings
    self.logger = ProcessStart.prepare(settings.service, settings.logLevel)
    umask(0o077)
    for directory in [settings.runDirectory, settings.stateDirectory] {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
  }

  /// Serves until a signal those whom `access` and the settings let in, and answers what is counted
  /// of `sources`.
  ///
  /// `background` runs beside the server and is cancelled after it drained;
  /// `draining` runs first and lets calls that wait for something answer; `stop` runs last,
  /// also when the service could not serve.
  public func run(
    services: [RPCService], access: [ServiceAccess], sources: StatisticsSources,
    background: [@Sendable () async -> Void] = [],
    draining: @escaping @Sendable () -> Void = {},
    stop: @escaping @Sendable () async throws -> Void = {}
  ) async throws {
    let workers = background.map { BackgroundWork(work: $0) }
    let server = ServedSocket(
      settings: settings, services: services,
      policy: PeerPolicy(settings.peers, access + [StatisticsService.access]),
      statistics: StatisticsService(
        service: settings.service, startedAt: startedAt, sources: sources, server: .init()),
      draining: draining, logger: logger)
    let group = ServiceGroup(
      configuration: .init(
        services: (workers as [any Service] + [server]).map {
          .init(
            service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger)))
    do {
      try await group.run()
    } catch {
      // The reason to tell is why it could not serve.
      try? await stop()
      throw error
    }
    try await stop()
    logger.info("stopped")
  }

  /// The lifecycle library tells each of its steps; only its warnings matter here.
  private func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = .warning
    return logger
  }
}

/// Work that goes on until the service stops.
private struct BackgroundWork: Service {
  let work: @Sendable () async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown { await work() }
  }
}

/// The service's socket: open, say so, wait for the end, drain.
private struct ServedSocket: Service {
  let settings: ServiceSettings
  let services: [RPCService]
  let policy: PeerPolicy
  let statistics: StatisticsService
  let draining: @Sendable () -> Void
  let logger: Logger

  func run() async throws {
    let server = try await start((services + [statistics.rpcService()]).map(\.traced))
    statistics.server.set(server)
    // The server holds the service that holds the server.
    defer { statistics.server.set(nil) }
    server.setServing(true)
    var metadata: Logger.Metadata = [
      "socket": .string(settings.socketPath), "policy": .string(shownPolicy),
    ]
    if let listening = settings.tlsListening, let port = server.tlsPort {
      metadata["tls"] = "\(listening.host):\(port)"
    }
    logger.info("serving", metadata: metadata)
    print("ready \(settings.socketPath)")
    fflush(nil)
    settings.supervisor?.tell(.ready, logger)
    try? await gracefulShutdown()
    settings.supervisor?.tell(.stopping, logger)
    server.setServing(false)
    draining()
    await server.drain(within: ServiceHost.drainTimeout)
  }

  private var shownPolicy: String {
    settings.peers.isEmpty
      ? "every peer of this user is a developer, who may do everything"
      : settings.peers.map(\.description).joined(separator: ", ")
  }

  private func start(_ services: [RPCService]) async throws -> RPCServer {
    var configuration = RPCServer.Configuration()
    configuration.fileDescriptors = ContractCatalogue.fileDescriptors
    configuration.policy = policy
    configuration.socketMode = settings.socketMode
    configuration.tls = settings.tlsListening
    if let file = settings.listeningSocket {
      return try await RPCServer.start(
        listeningAt: file, services: services, configuration: configuration, logger: logger)
    }
    return try await RPCServer.start(
      socketPath: settings.socketPath, services: services, configuration: configuration,
      logger: logger)
  }
}

/// The id of the user who runs this process.
func userID() -> UInt32 { getuid() }

/// Ends the process after a failed start: one clear line, exit code 1.
public func failToStart(_ service: String, _ error: any Error) -> Never {
  FileHandle.standardError.write(Data("\(service): cannot start: \(error)\n".utf8))
  exit(1)
}

extension Settings {
  /// Prints the names of a service's crash points and exits, when asked with `--list-steps`.
  public func listSteps<Step: CaseIterable & RawRepresentable<String>>(_ steps: Step.Type) {
    guard wantsSteps else { return }
    for step in Step.allCases { print(step.rawValue) }
    exit(0)
  }
}
