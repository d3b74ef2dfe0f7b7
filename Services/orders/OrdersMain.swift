import Contract
import Foundation
import Logging
import Outside
import PayPal
import RPC
import Runtime
import Store

/// The process `orders`: takes orders from checkout to booking, and conducts the others.
@main struct OrdersMain {
  /// Orders that are worked on at a time. A purchase may take many seconds.
  private static let concurrency = 256

  static func main() async {
    var settings = Settings(
      service: "orders",
      summary: "Takes orders from checkout to delivery: payment, purchase and booking.")
    let common = settings.common()
    let targets = settings.targets(
      of: ["purchasing", "ledger"], runDirectory: common.runDirectory, common.tlsIdentity)
    var outside = OutsideSettings()
    settings.payPal(into: &outside)
    let http = settings.outsideHTTP()
    let margin = settings.int(
      "DROPWIRE_MINIMUM_MARGIN_BASIS_POINTS", default: 500, in: 0...10_000,
      help: "What must be left of the price after PayPal's fee and the supplier's charge, in "
        + "hundredths of a percent of the price; a dearer purchase is not made.")
    let poll = settings.int(
      "DROPWIRE_PAYMENT_POLL_MILLISECONDS", default: Int(PaymentRules.pollMilliseconds),
      in: 10...3_600_000,
      help: "Pause before PayPal is asked again about a payment that it holds; longer as it gets "
        + "older. Its events come sooner.")
    let pace = settings.shipmentPace()
    settings.listSteps(OrdersStep.self)
    await settings.restore(common, .orders)
    settings.finish()
    do {
      try await run(
        common, targets, outside, http, marginBasisPoints: margin, pollMilliseconds: Int64(poll),
        pace)
    } catch {
      failToStart("orders", error)
    }
  }

  private static func run(
    _ common: ServiceSettings, _ targets: [String: RPCTarget], _ outside: OutsideSettings,
    _ configuration: OutsideHTTP.Configuration, marginBasisPoints: Int, pollMilliseconds: Int64,
    _ pace: ShipmentPace
  ) async throws {
    let host = try ServiceHost(settings: common)
    let store = try Store(
      .file(common.databasePath), applicationID: Schema.applicationID,
      migrations: Schema.migrations, logger: host.logger)
    let http = OutsideHTTP(configuration: configuration, logger: host.logger)
    let channels = ["purchasing", "ledger"].map {
      RPCClient(
        target: targets[$0] ?? .socket(path: common.socketPath(of: $0)), logger: host.logger)
    }
    let gateway = PayPalPayments(
      sandbox: client(outside.sandbox.payPal, http),
      production: client(outside.production.payPal, http))
    let bell = OrderBell()
    let book = OrderBook(store: store, bell: bell, trackingPause: pace.pauseMin)
    let payments = PaymentWork(
      book: book, gateway: gateway,
      startedAt: Int64(Date().timeIntervalSince1970 * 1000), logger: host.logger,
      pollMilliseconds: pollMilliseconds)
    let purchases = PurchaseWork(
      book: book, purchasing: PurchasingClient(channels[0]),
      marginBasisPoints: marginBasisPoints, logger: host.logger)
    let bookings = BookingWork(
      book: book, ledger: LedgerClient(channels[1]), logger: host.logger)
    let checks = PaymentCheck(book: book, gateway: gateway, logger: host.logger)
    let refunds = RefundWork(book: book, gateway: gateway, logger: host.logger)
    let shipments = ShipmentWork(
      book: book, purchasing: PurchasingClient(channels[0]), pace: pace, logger: host.logger)
    let handlers = [
      payments.handlers, purchases.handlers, bookings.handlers, refunds.handlers,
      shipments.handlers, checks.handlers,
    ]
    let runner = IntentRunner(
      store: store, logger: host.logger,
      handlers: handlers.reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } },
      concurrency: concurrency)
    let service = OrdersService(book: book, gateway: gateway, logger: host.logger)
    try await host.run(
      services: [service.rpcService()], access: OrdersAccess.table,
      sources: .init(store: store, outside: http, clients: channels, lags: shipments.lags.all),
      background: [{ await runner.run() }],
      draining: { bell.endAll() },
      stop: {
        for channel in channels { await channel.close() }
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
  fileprivate static let orders = RestorePlan(
    applicationID: Schema.applicationID, migrations: Schema.migrations,
    unknown: [
      "Orders that were made after the backup are unknown: look for their payments, with the order "
        + "id as custom_id, in PayPal's activity.",
      "What was done for the others after it is asked for again under the same ids: captures, "
        + "purchases and bookings answer as the first time.",
    ])
}
