public import Contract
import Foundation
import Logging
import RPC
import Synchronization

/// The three services and the outside world as real processes in a scratch directory of their own.
///
/// `Cluster.with { cluster in ... }` starts them, hands them over, and ends them in all exits. The
/// scratch directory is kept when the body throws, and its path printed.
public final class Cluster: Sendable {
  public enum ServiceName: String, Sendable, CaseIterable {
    case ledger, purchasing, orders
  }

  public let directory: String
  public let sandbox: SandboxControl
  private let logger: Logger
  private let sandboxProgram: Program
  private let running = Mutex<[ServiceName: Program]>([:])
  private let extraEnvironment: [String: String]
  private let channels: [ServiceName: RPCClient]

  public var orders: OrdersClient { OrdersClient(channel(.orders)) }
  public var purchasing: PurchasingClient { PurchasingClient(channel(.purchasing)) }
  public var credentials: CredentialsClient { CredentialsClient(channel(.purchasing)) }
  public var ledger: LedgerClient { LedgerClient(channel(.ledger)) }

  public var runDirectory: String { "\(directory)/run" }
  public var stateDirectory: String { "\(directory)/state" }

  /// Runs a body with a fresh cluster. `environment` is given to every service.
  public static func with<Value>(
    environment: [String: String] = [:], start services: [ServiceName] = ServiceName.allCases,
    isolation: isolated (any _Concurrency.Actor)? = #isolation,
    _ body: (Cluster) async throws -> Value
  ) async throws -> Value {
    let cluster = try await Cluster(environment: environment)
    do {
      for service in services { try await cluster.start(service) }
      let value = try await body(cluster)
      await cluster.endAll()
      try? FileManager.default.removeItem(atPath: cluster.directory)
      return value
    } catch {
      await cluster.endAll()
      print("the scratch directory of the failed test is kept: \(cluster.directory)")
      throw error
    }
  }

  private init(environment: [String: String]) async throws {
    directory = "/tmp/dropwire-test-\(UInt32.random(in: .min ... .max))"
    for folder in ["run", "state", "log"] {
      try FileManager.default.createDirectory(
        atPath: "\(directory)/\(folder)", withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    let key = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
    _ = FileManager.default.createFile(
      atPath: "\(directory)/master.key", contents: Data(key), attributes: [.posixPermissions: 0o600]
    )
    logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    sandboxProgram = try Program(
      "sandbox", arguments: ["--port", "0"], environment: Self.inherited,
      logPath: "\(directory)/log/sandbox.log")
    sandbox = SandboxControl(url: try await sandboxProgram.ready())
    extraEnvironment = environment
    var channels: [ServiceName: RPCClient] = [:]
    for service in ServiceName.allCases {
      channels[service] = RPCClient(
        socketPath: "\(directory)/run/\(service.rawValue).sock", logger: logger)
    }
    self.channels = channels
  }

  /// The environment without anything of ours.
  private static var inherited: [String: String] {
    ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("DROPWIRE_") }
  }

  private func channel(_ service: ServiceName) -> RPCClient {
    guard let channel = channels[service] else { preconditionFailure("no channel") }
    return channel
  }

  /// The settings that the services are started with.
  public var environment: [String: String] {
    var all = Self.inherited
    all["DROPWIRE_RUN_DIR"] = runDirectory
    all["DROPWIRE_STATE_DIR"] = stateDirectory
    all["DROPWIRE_MASTER_KEY_FILE"] = "\(directory)/master.key"
    all["DROPWIRE_SANDBOX_ALIEXPRESS_URL"] = "\(sandbox.url)/aliexpress"
    all["DROPWIRE_SANDBOX_PAYPAL_URL"] = "\(sandbox.url)/paypal"
    all["DROPWIRE_SANDBOX_PAYPAL_CLIENT_ID"] = "sandbox-client"
    all["DROPWIRE_SANDBOX_PAYPAL_CLIENT_SECRET"] = "sandbox-secret"
    all["DROPWIRE_PAYOUT_POLL_MILLISECONDS"] = "50"
    all["DROPWIRE_OUTSIDE_RATE_PER_SECOND"] = "10000"
    return all.merging(extraEnvironment) { _, new in new }
  }

  /// What purchasing needs besides to buy in the sandbox's shop with a browser.
  public var shopSettings: [String: String] {
    [
      "DROPWIRE_SANDBOX_SHOP_URL": "\(sandbox.url)/shop",
      "DROPWIRE_SANDBOX_SHOP_EMAIL": "buyer@platform.example",
      "DROPWIRE_SANDBOX_SHOP_PASSWORD": "sandbox-shop-password",
    ]
  }

  /// Starts a service, as another user if one is named, and waits until it says that it is ready.
  @discardableResult
  public func start(
    _ service: ServiceName, as user: OtherUser? = nil, environment more: [String: String] = [:]
  ) async throws -> Program {
    let program = try spawn(service, as: user, environment: more)
    _ = try await program.ready()
    return program
  }

  /// Starts a service without waiting. A start that is meant to fail is observed by its exit.
  public func spawn(
    _ service: ServiceName, as user: OtherUser? = nil, environment more: [String: String] = [:]
  ) throws -> Program {
    let program = try Program(
      service.rawValue, as: user, environment: environment.merging(more) { _, new in new },
      logPath: "\(directory)/log/\(service.rawValue).log")
    running.withLock { $0[service] = program }
    return program
  }

  /// The process of the outside world.
  public var sandboxProcessID: Int32 { sandboxProgram.processID }

  /// The running process of a service.
  public func program(_ service: ServiceName) -> Program? {
    running.withLock { $0[service] }
  }

  /// kill -9.
  public func kill(_ service: ServiceName) async {
    let program = running.withLock { $0.removeValue(forKey: service) }
    await program?.killNow()
  }

  /// SIGTERM; answers how it ended and how long that took.
  @discardableResult
  public func stop(_ service: ServiceName) async -> (exit: Program.Exit, took: Duration)? {
    guard let program = running.withLock({ $0.removeValue(forKey: service) }) else { return nil }
    let begin = ContinuousClock.now
    program.signal(SIGTERM)
    let exit = await program.waitForExit()
    return (exit, ContinuousClock.now - begin)
  }

  /// Everything that the services printed and logged.
  public func logs() -> String {
    ServiceName.allCases.map { service in
      (try? String(contentsOfFile: "\(directory)/log/\(service.rawValue).log", encoding: .utf8))
        ?? ""
    }.joined()
  }

  private func endAll() async {
    for service in ServiceName.allCases { await kill(service) }
    await sandboxProgram.killNow()
    for channel in channels.values { await channel.close() }
  }
}
