import Contract
import Logging
import Outside
import PayPal
import RPC
import Runtime
import Store

/// The process `ledger`: sales, commissions, payouts, and the journal behind them.
@main struct LedgerMain {
  static func main() async {
    var settings = Settings(
      service: "ledger",
      summary: "Keeps the books: captures, sales, commissions and payouts, in double entry.")
    let common = settings.common()
    var outside = OutsideSettings()
    settings.payPal(into: &outside)
    let poll = settings.int(
      "DROPWIRE_PAYOUT_POLL_MILLISECONDS", default: 1000, in: 10...3_600_000,
      help: "Pause before PayPal is asked what became of a payout; longer as it gets older.")
    let items = settings.int(
      "DROPWIRE_PAYOUT_BATCH_ITEMS", default: 1000, in: 1...NewPayoutBatch.itemsMax,
      help: "Most payouts that one call to PayPal carries.")
    let http = settings.outsideHTTP()
    settings.listSteps(LedgerStep.self)
    settings.finish()
    do {
      try await run(common, outside, http, pollMilliseconds: Int64(poll), itemsMax: items)
    } catch {
      failToStart("ledger", error)
    }
  }

  private static func run(
    _ common: ServiceSettings, _ outside: OutsideSettings, _ http: OutsideHTTP.Configuration,
    pollMilliseconds: Int64, itemsMax: Int
  ) async throws {
    let host = try ServiceHost(settings: common)
    let store = try Store(
      .file(common.databasePath), applicationID: Schema.applicationID,
      migrations: Schema.migrations, logger: host.logger)
    let http = OutsideHTTP(configuration: http, logger: host.logger)
    let work = PayoutWork(
      store: store,
      gateway: PayPalPayouts(
        sandbox: client(outside.sandbox.payPal, http),
        production: client(outside.production.payPal, http)),
      pollMilliseconds: pollMilliseconds, itemsMax: itemsMax, logger: host.logger)
    try await work.takeOver()
    let runner = IntentRunner(store: store, logger: host.logger, handlers: work.handlers)
    let service = LedgerService(store: store, logger: host.logger)
    try await host.run(
      services: [service.rpcService()], access: LedgerAccess.table,
      sources: .init(store: store, outside: http),
      background: [{ await runner.run() }],
      stop: {
        try store.close()
        try await http.shutdown()
      })
  }

  private static func client(_ account: ProviderSettings.PayPalAccount?, _ http: OutsideHTTP)
    -> PayPalClient?
  {
    account.map {
      PayPalClient(
        baseURL: $0.url, clientID: $0.clientID, secret: $0.clientSecret, http: http)
    }
  }
}
