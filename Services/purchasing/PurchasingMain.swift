import AsyncHTTPClient
import Contract
import Logging
import Outside
import RPC
import Runtime
import Store

/// The process `purchasing`: buys from the supplier, and keeps the resellers' credentials.
@main struct PurchasingMain {
  static func main() async {
    MasterKey.makeIfAsked(Array(CommandLine.arguments.dropFirst()))
    ShopProfile.printIfAsked(Array(CommandLine.arguments.dropFirst()))
    var settings = Settings(
      service: "purchasing",
      summary: "Buys from the supplier, once, and keeps the resellers' credentials sealed.\n"
        + "purchasing --make-key FILE makes a master key and ends.\n"
        + "purchasing --shop-profile prints the built-in selector profile and ends.")
    let common = settings.common()
    var outside = OutsideSettings()
    settings.aliExpress(into: &outside)
    let http = settings.outsideHTTP()
    let repeats = PurchaseWork.RepeatPolicy(
      sandbox: settings.repeatIsIdempotent("SANDBOX", default: true),
      production: settings.repeatIsIdempotent("PRODUCTION", default: false))
    let authorization = settings.authorization()
    let limits = settings.spendLimits()
    let pace = settings.purchasePace(outsideRate: http.ratePerSecond)
    let browser = settings.browser()
    let trackingAge = settings.int(
      "DROPWIRE_TRACKING_AGE_MILLISECONDS", default: 30_000, in: 0...86_400_000,
      help: "How old the supplier's word about goods on their way may be before it is asked again.")
    let shopTrackingAge = settings.int(
      "DROPWIRE_SHOP_TRACKING_AGE_MILLISECONDS", default: Int(PurchasingService.shopTrackingAge),
      in: 0...86_400_000,
      help: "The same where the browser reads it in the shop's order pages.")
    let keys = settings.masterKeys()
    settings.listSteps(PurchasingStep.self)
    await settings.restore(common, .purchases)
    settings.finish()
    guard let keys else { return }
    do {
      let seal = CredentialSeal(keys: try keys.ring())
      let host = try ServiceHost(settings: common)
      let http = OutsideHTTP(configuration: http, logger: host.logger)
      try await PurchasingParts(
        host: host, http: http, outside: outside, repeats: repeats, limits: limits, pace: pace,
        seal: seal, authorization: authorization, browser: browser,
        trackingAge: Int64(trackingAge), shopTrackingAge: Int64(shopTrackingAge)
      ).run()
    } catch {
      failToStart("purchasing", error)
    }
  }
}

/// The parts of the process, put together.
private struct PurchasingParts {
  let host: ServiceHost
  let http: OutsideHTTP
  let outside: OutsideSettings
  let repeats: PurchaseWork.RepeatPolicy
  let limits: SpendLimits
  let pace: PurchasePace
  let seal: CredentialSeal
  let authorization: AuthorizationSettings
  let browser: BrowserSettings
  let trackingAge: Int64
  let shopTrackingAge: Int64

  func run() async throws {
    let store = try Store(
      .file(host.settings.databasePath), applicationID: Schema.applicationID,
      migrations: Schema.migrations, logger: host.logger)
    let waiters = Waiters()
    let bans = CallBans(store: store, logger: host.logger)
    try await bans.restore()
    let supplier = AliExpressSupplier(
      sandboxURL: outside.sandbox.aliExpressURL, productionURL: outside.production.aliExpressURL,
      http: http, bans: bans)
    let browsers = BrowserParts(browser, host, store: store, seal: seal)
    await browsers.remains.clear()
    let work = PurchaseWork(
      store: store, supplier: supplier, seal: seal, repeats: repeats, limits: limits, pace: pace,
      browser: browsers.path, waiters: waiters, logger: host.logger)
    let refreshes = RefreshWork(
      store: store, source: supplier, seal: seal, waiters: waiters, logger: host.logger)
    try await refreshes.scheduleAll()
    let runner = IntentRunner(
      store: store, logger: host.logger,
      handlers: work.handlers.merging(refreshes.handlers) { one, _ in one },
      concurrency: PurchaseWork.concurrency)
    let purchasing = PurchasingService(
      store: store, supplier: supplier, seal: seal, repeats: repeats, waiters: waiters,
      trackingAge: trackingAge, shopTrackingAge: shopTrackingAge, browser: browsers.path,
      screenshots: browsers.path.screenshots, logger: host.logger)
    let credentials = CredentialsService(
      store: store, source: supplier, seal: seal, settings: authorization, waiters: waiters,
      shop: browsers.path.shop)
    try await host.run(
      services: [purchasing.rpcService(), credentials.rpcService()],
      access: PurchasingAccess.table,
      sources: .init(store: store, outside: http),
      background: [{ await runner.run() }],
      draining: { waiters.endAll() },
      stop: {
        try store.close()
        try await http.shutdown()
        try await browsers.http.shutdown()
      })
  }
}

extension Settings {
  fileprivate mutating func repeatIsIdempotent(_ environment: String, default value: Bool) -> Bool {
    flag(
      "DROPWIRE_\(environment)_ALIEXPRESS_REPEAT_IS_IDEMPOTENT", default: value,
      help:
        "Whether AliExpress is known to place nothing twice under one out_order_id. Then a lost "
        + "answer is looked up by the same request, within a day; else a person is asked.")
  }
}

extension RestorePlan {
  fileprivate static let purchases = RestorePlan(
    applicationID: Schema.applicationID, migrations: Schema.migrations,
    unknown: [
      "Purchases that were sent after the backup are unknown. Before purchasing starts, look at "
        + "dropwire orders --state purchasing: these are sent again under the same out_order_id, "
        + "which AliExpress does not promise to refuse; mark-purchased names what was bought.",
      "Credentials that were refreshed after it are spent: put them again.",
    ])
}
