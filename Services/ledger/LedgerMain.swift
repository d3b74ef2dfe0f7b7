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
    let pause = settings.int(
      "DROPWIRE_CHECK_PAUSE_SECONDS", default: 15, in: 1...86_400,
      help: "Between two passes of the background check of the books.")
    settings.listSteps(LedgerStep.self)
    await settings.restore(common, .books)
    settings.finish()
    do {
      try await run(
        common, outside, http, .init(pollMilliseconds: Int64(poll), itemsMax: items),
        checkPause: .seconds(pause))
    } catch {
      failToStart("ledger", error)
    }
  }

  /// How often and how many.
  private struct PayoutPace {
    let pollMilliseconds: Int64
    let itemsMax: Int
  }

  private static func run(
    _ common: ServiceSettings, _ outside: OutsideSettings, _ http: OutsideHTTP.Configuration,
    _ pace: PayoutPace, checkPause: Duration
  ) async throws {
    let host = try ServiceHost(settings: common)
    let store = try Store(
      .file(common.databasePath), applicationID: Schema.applicationID,
      migrations: Schema.migrations, logger: host.logger)
    let http = OutsideHTTP(configuration: http, logger: host.logger)
    let payPal = PayPalPayouts(
      sandbox: client(outside.sandbox.payPal, http),
      production: client(outside.production.payPal, http))
    let work = PayoutWork(
      store: store, gateway: payPal,
      pollMilliseconds: pace.pollMilliseconds, itemsMax: pace.itemsMax, logger: host.logger)
    try await work.takeOver()
    let runner = IntentRunner(store: store, logger: host.logger, handlers: work.handlers)
    let checker = BookChecker(store: store, logger: host.logger, pause: checkPause)
    let service = LedgerService(store: store, logger: host.logger, activity: payPal)
    try await host.run(
      services: [service.rpcService()], access: LedgerAccess.table,
      sources: .init(store: store, outside: http),
      background: [{ await runner.run() }, { await checker.run() }],
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

extension RestorePlan {
  fileprivate static let books = RestorePlan(
    applicationID: Schema.applicationID, migrations: Schema.migrations,
    unknown: [
      "The ledger knows nothing of what was booked after the backup.",
      "dropwire check names captures and sales that orders has told and the ledger lacks; the same "
        + "RecordCapture and RecordSale, sent with dropwire call by a developer, book them again.",
      "Payouts that were sent after the backup would be sent again, so none is sent now: compare "
        + "dropwire payouts with PayPal's activity since then, say what was paid with "
        + "dropwire payout attest, and end the hold with dropwire ledger release-payouts.",
    ],
    checking: { try await JournalCheck(store: $0).requireWhole() },
    preparing: { store in
      try await store.write { try PayoutHold(transaction: $0).begin() }
    })
}
