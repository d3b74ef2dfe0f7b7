import AsyncHTTPClient
import Contract
import Foundation
import Gateway
import Logging
import Runtime
import Support

@testable import Purchasing

/// The console as a person meets it: the services, the simulated world and the gateway as real
/// processes, a shop that is open, and a browser.
///
/// Buyers approve on PayPal's page; the supplier ships and delivers when the test says so.
struct ConsoleWorld: Sendable {
  let cluster: Cluster
  let shop: Shop
  let visitor: Visitor

  /// Runs a body in such a world.
  static func with(_ body: (ConsoleWorld) async throws -> Void) async throws {
    let quick = [
      "DROPWIRE_TRACKING_POLL_MILLISECONDS": "50", "DROPWIRE_TRACKING_AGE_MILLISECONDS": "0",
      "DROPWIRE_SANDBOX_ALIEXPRESS_APP_KEY": "500001",
      "DROPWIRE_SANDBOX_ALIEXPRESS_APP_SECRET": "sandbox-app-secret",
    ]
    try await Cluster.with(environment: quick, start: [.ledger, .orders]) { cluster in
      try await cluster.start(.purchasing, environment: cluster.shopSettings)
      try await cluster.sandbox.settings(["autoApprove": false])
      let shop = try await Shop(in: cluster)
      // The gateway's own address is one of its settings, so it must be known before it starts.
      let port = try ReservedPort()
      defer { port.release() }
      let (gateway, url) = try await cluster.startGateway(
        port: port.number,
        environment: ["DROPWIRE_GATEWAY_PUBLIC_URL": "http://127.0.0.1:\(port.number)"])
      do {
        try await withBrowser(launcher(cluster)) { session in
          let visitor = Visitor(session: session, url: url)
          try await visitor.use(.desk)
          try await body(ConsoleWorld(cluster: cluster, shop: shop, visitor: visitor))
        }
        await gateway.killNow()
      } catch {
        await gateway.killNow()
        throw error
      }
    }
  }

  /// A browser may fail to start where much else goes on; then another one is taken, once.
  private static func withBrowser(
    _ launcher: BrowserLauncher, _ body: (WebDriverSession) async throws -> Void
  ) async throws {
    var hasStarted = false
    func look(_ session: WebDriverSession) async throws {
      hasStarted = true
      try await body(session)
    }
    do {
      try await launcher.withBrowser(look)
    } catch is BrowserFailure where !hasStarted {
      try await launcher.withBrowser(look)
    }
  }

  private static func launcher(_ cluster: Cluster) -> BrowserLauncher {
    BrowserLauncher(
      source: .local(driver: Chromium.driver, browser: Chromium.browser),
      directory: "\(cluster.directory)/b", http: HTTPClient.shared,
      logger: Logger(label: "console-tests") { _ in SwiftLogNoOpLogHandler() })
  }

  static func token(_ actor: Runtime.Actor) async throws -> String {
    try await LoginToken.signed(
      for: actor, secret: Array(Cluster.gatewaySecret.utf8), keyID: "dropwire",
      issuer: "dropwire", audience: "dropwire", seconds: 600)
  }
}
