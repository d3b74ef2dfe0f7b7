import Contract
import Logging
import Outside
import RPC
import Runtime
import Store

/// The process `purchasing`: buys from the supplier, and keeps the resellers' credentials.
@main struct PurchasingMain {
  static func main() async {
    var settings = Settings(
      service: "purchasing",
      summary: "Buys from the supplier, once, and keeps the resellers' credentials sealed.")
    let common = settings.common()
    var outside = OutsideSettings()
    settings.aliExpress(into: &outside)
    let http = settings.outsideHTTP()
    let repeats = PurchaseWork.RepeatPolicy(
      sandbox: settings.repeatIsIdempotent("SANDBOX", default: true),
      production: settings.repeatIsIdempotent("PRODUCTION", default: false))
    let keyFile = settings.masterKeyFile()
    settings.listSteps(PurchasingStep.self)
    settings.finish()
    guard let keyFile else { return }
    do {
      let key = try MasterKey(file: keyFile.path, isHandedOver: keyFile.isHandedOver)
      try await run(common, outside, http, repeats, CredentialSeal(masterKey: key))
    } catch {
      failToStart("purchasing", error)
    }
  }

  private static func run(
    _ common: ServiceSettings, _ outside: OutsideSettings, _ http: OutsideHTTP.Configuration,
    _ repeats: PurchaseWork.RepeatPolicy, _ seal: CredentialSeal
  ) async throws {
    let host = try ServiceHost(settings: common)
    let store = try Store(
      .file(common.databasePath), applicationID: Schema.applicationID,
      migrations: Schema.migrations, logger: host.logger)
    let http = OutsideHTTP(configuration: http, logger: host.logger)
    let supplier = AliExpressSupplier(
      sandboxURL: outside.sandbox.aliExpressURL, productionURL: outside.production.aliExpressURL,
      http: http)
    let waiters = PurchaseWaiters()
    let work = PurchaseWork(
      store: store, supplier: supplier, seal: seal, repeats: repeats, waiters: waiters,
      logger: host.logger)
    let runner = IntentRunner(
      store: store, logger: host.logger, handlers: work.handlers,
      concurrency: PurchaseWork.concurrency)
    let purchasing = PurchasingService(
      store: store, supplier: supplier, seal: seal, repeats: repeats, waiters: waiters,
      logger: host.logger)
    let credentials = CredentialsService(store: store, seal: seal)
    try await host.run(
      services: [purchasing.rpcService(), credentials.rpcService()],
      access: PurchasingAccess.table,
      sources: .init(store: store, outside: http),
      background: [{ await runner.run() }],
      draining: { waiters.endAll() },
      stop: {
        try store.close()
        try await http.shutdown()
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

  /// The file of the master key; a problem when none is named.
  fileprivate mutating func masterKeyFile() -> (path: String, isHandedOver: Bool)? {
    let path = optionalText(
      "DROPWIRE_MASTER_KEY_FILE",
      help:
        "File with the key that seals credentials: 32 bytes, or 64 hexadecimal digits, readable "
        + "by its owner alone. Required, unless $CREDENTIALS_DIRECTORY/master.key is there.")
    if let path { return (path, false) }
    let directory = optionalText(
      "CREDENTIALS_DIRECTORY", help: "Set by systemd; its file master.key is the master key.")
    if let directory { return ("\(directory)/master.key", true) }
    reject(
      "DROPWIRE_MASTER_KEY_FILE is not set; name a file with 32 random bytes, such as one made with "
        + "(umask 077; head -c 32 /dev/urandom > master.key)")
    return nil
  }
}
