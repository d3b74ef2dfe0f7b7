import AsyncHTTPClient
import Logging
import Runtime
import Store

/// The parts of the browser path, put together.
struct BrowserParts: Sendable {
  let path: BrowserPath
  let remains: BrowserRemains
  /// To the browsers' drivers, and to nobody else.
  let http: HTTPClient

  init(_ settings: BrowserSettings, _ host: ServiceHost, store: Store, seal: CredentialSeal) {
    let state = host.settings.stateDirectory
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.httpVersion = .http1Only
    http = HTTPClient(configuration: configuration)
    let screenshots = Screenshots(
      directory: "\(state)/screenshots", countMax: settings.screenshotsMax,
      daysMax: settings.screenshotDaysMax, logger: host.logger)
    let directory = "\(state)/browsers"
    let shop = LiveShop(
      settings: settings,
      launcher: BrowserLauncher(
        source: settings.source, directory: directory, http: http, logger: host.logger),
      sessions: ShopSessions(store: store, seal: seal), screenshots: screenshots)
    path = BrowserPath(
      shop: shop, gate: BrowserGate(placesMax: settings.browsersMax),
      settleTime: settings.settleTime.milliseconds,
      accountPause: settings.accountPause.milliseconds, screenshots: screenshots)
    remains = BrowserRemains(directory: directory, http: http, logger: host.logger)
  }
}
