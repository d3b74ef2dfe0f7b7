import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Outside
import RPC
import Runtime
import UnixSignals

/// `dropwire gateway`: the one process with a TCP port. It keeps nothing, so that there may be
/// several, and each can be stopped at any time.
public enum GatewayProgram {
  private static let summary = """
    Serves the HTTP interface: the checkout, what resellers and administrators see and do, and the \
    webhooks of providers. --openapi prints its description.
    """

  /// Runs until SIGTERM or SIGINT; ends the process when its settings are wrong, or for --help.
  ///
  /// - Parameter arguments: those after the verb.
  public static func run(_ arguments: [String]) async {
    if arguments == ["--openapi"] {
      print(OpenAPI.document.indented, terminator: "")
      return
    }
    var declared = Settings(
      service: "dropwire gateway", summary: summary, flags: GatewaySettings.flags,
      hasDatabase: false, arguments: arguments)
    let settings = await GatewaySettings(&declared)
    declared.finish()
    let logger = ProcessStart.prepare(GatewaySettings.service, settings.logLevel)
    do {
      try await serve(settings, logger)
      logger.info("stopped")
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      failToStart(
        "dropwire gateway",
        StartProblem(
          "\(settings.host):\(settings.port) is taken; name another place with --listen HOST:PORT"))
    } catch {
      failToStart("dropwire gateway", error)
    }
  }

  private static func serve(_ settings: GatewaySettings, _ logger: Logger) async throws {
    let outside = OutsideHTTP(configuration: settings.outside, logger: logger)
    func channel(_ service: String) -> RPCClient {
      guard let target = settings.targets[service] else {
        preconditionFailure("every service has a target")
      }
      return RPCClient(target: target, logger: logger)
    }
    let channels = ["orders", "purchasing", "ledger"].map(channel)
    let door = Door(
      settings, Backends(orders: channels[0], purchasing: channels[1], ledger: channels[2]),
      feeds: OrderFeeds(viewersMax: settings.limits.viewersMax) { channel("orders") },
      certificates: CertificateChains { await Self.fetch($0, outside) },
      figures: DoorFigures(
        Routes.all.map(\.name), sources: StatisticsSources(outside: outside, clients: channels)),
      logger: logger)
    var quiet = logger
    quiet.logLevel = .critical
    let limits = settings.limits
    let application = Application(
      responder: door,
      server: .http1(
        configuration: limits.connections(guardedBy: [
          ConnectionGuard(limits: limits, security: door.security, logger: logger)
        ])),
      configuration: .init(
        address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsMax)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? settings.port
        logger.info("serving", metadata: ["host": "\(settings.host)", "port": "\(port)"])
        print("ready http://\(settings.host):\(port)")
        fflush(nil)
        settings.supervisor?.tell(.ready, logger)
      }, logger: quiet)
    do {
      try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
    } catch {
      try? await outside.shutdown()
      throw error
    }
    try await outside.shutdown()
  }

  /// The text at an address; nil when it cannot be had now.
  private static func fetch(_ url: String, _ outside: OutsideHTTP) async -> String? {
    let answer = await outside.send(
      OutsideRequest(
        provider: "paypal", account: "webhook", method: "certificate", ratePerSecond: 5, verb: .get,
        url: url, timeout: .seconds(10)))
    guard case .answer(status: 200, _, let body) = answer else { return nil }
    return String(buffer: body)
  }
}

/// Why the gateway cannot start, for people.
private struct StartProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension Door {
  init(
    _ settings: GatewaySettings, _ services: Backends, feeds: OrderFeeds,
    certificates: CertificateChains, figures: DoorFigures, logger: Logger
  ) {
    let limits = settings.limits
    let signing = SignedText(secret: settings.cookieSecret)
    let cookies = Cookies(isSecure: settings.isSecure)
    self.init(
      table: RouteTable(Routes.all + Console.routes),
      parts: DoorParts(
        services: services, environment: settings.environment,
        consent: ConsentCookie(signing: signing, cookies: cookies),
        sessions: Sessions(signing: signing, cookies: cookies), tokens: settings.tokens,
        publicURL: settings.publicURL, callbackURL: settings.callbackURL,
        viewers: Viewers(max: limits.viewersMax, maxOfOne: limits.viewersOfOneMax), feeds: feeds,
        figures: figures,
        payPal: PayPalDoor(
          worlds: settings.webhooks, certificates: certificates, logger: logger),
        aliExpressToken: settings.aliExpressToken, logger: logger),
      limits: limits, rates: RateLimits(perSecond: limits.perSecond, burst: limits.burst),
      security: SecurityHeaders(isSecure: settings.isSecure))
  }
}

extension DoorLimits {
  /// What hummingbird must know of them.
  fileprivate func connections(
    guardedBy handlers: @autoclosure @escaping @Sendable () -> [any RemovableChannelHandler]
  ) -> HTTP1Channel.Configuration {
    .init(
      additionalChannelHandlers: handlers(), idleTimeout: .seconds(Int64(idleSeconds)),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: headerBytesMax, maxHeaderListSize: headerBytesMax,
        maxHeaderFieldCount: headersMax))
  }
}
