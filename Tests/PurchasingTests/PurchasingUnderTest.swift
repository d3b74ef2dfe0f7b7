import Contract
import Crypto
import Logging
import Outside
import RPC
import Store
import Support
import Testing

@testable import Purchasing

/// The contract has a message of this name.
typealias Parcel = Purchasing.Parcel

/// Purchasing in memory with a scripted supplier, called through the contract.
struct PurchasingUnderTest: Sendable {
  static let asSystem = CallOptions(timeout: .seconds(15)).acting("system")
  static let asOperator = CallOptions(timeout: .seconds(15)).acting("operator:test")
  static let logger = Logger(label: "purchasing-tests") { _ in SwiftLogNoOpLogHandler() }

  let store: Store
  let supplier = ScriptedSupplier()
  let waiters = Waiters()
  let seal: CredentialSeal
  let work: PurchaseWork
  let refreshes: RefreshWork
  let service: PurchasingService
  let client: PurchasingClient
  let credentials: CredentialsClient

  init(
    _ location: Location = .memory, mayRepeat: Bool = true, limits: SpendLimits = SpendLimits(),
    pace: PurchasePace = PurchasePace(perSecond: 10_000),
    keys: MasterKeyRing = MasterKeyRing(MasterKey(SymmetricKey(size: .bits256))),
    shop: ScriptedShop? = nil, settleTime: Int64 = 500,
    gate: BrowserGate = BrowserGate(placesMax: 2), screenshots: String? = nil
  ) throws {
    store = try Store(
      location, applicationID: Schema.applicationID, migrations: Schema.migrations,
      logger: Self.logger)
    seal = CredentialSeal(keys: keys)
    let repeats = PurchaseWork.RepeatPolicy(sandbox: mayRepeat, production: false)
    let browser = shop.map { shop in
      BrowserPath(
        shop: shop, gate: gate, settleTime: settleTime,
        screenshots: Screenshots(
          directory: screenshots ?? "/nonexistent", countMax: 0, daysMax: 1,
          logger: Self.logger))
    }
    work = PurchaseWork(
      store: store, supplier: supplier, seal: seal, repeats: repeats, limits: limits,
      pace: pace, browser: browser, waiters: waiters, logger: Self.logger)
    refreshes = RefreshWork(
      store: store, source: supplier, seal: seal, waiters: waiters, logger: Self.logger)
    service = PurchasingService(
      store: store, supplier: supplier, seal: seal, repeats: repeats, waiters: waiters,
      browser: browser, logger: Self.logger)
    let keeper = CredentialsService(
      store: store, source: supplier, seal: seal, settings: Self.settings, waiters: waiters,
      shop: shop)
    let channel = InProcessChannel(
      services: [service.rpcService(), keeper.rpcService()], logger: Self.logger)
    client = PurchasingClient(channel)
    credentials = CredentialsClient(channel)
  }

  private static let settings = AuthorizationSettings(
    sandbox: .init(
      application: Application(key: "500001", secret: Secret("canary-platform-secret")),
      redirectURL: "http://localhost/callback"))

  /// Runs with the purchases moving, for a reseller 42 with credentials in both environments.
  static func running(
    mayRepeat: Bool = true, _ body: (PurchasingUnderTest) async throws -> Void
  ) async throws {
    let purchasing = try PurchasingUnderTest(mayRepeat: mayRepeat)
    try await purchasing.putCredentials(environment: .sandbox)
    try await purchasing.putCredentials(environment: .production)
    try await purchasing.moving { try await body(purchasing) }
  }

  /// Carries out intents while a body runs.
  func moving(_ body: () async throws -> Void) async throws {
    let runner = IntentRunner(
      store: store, logger: Self.logger,
      handlers: work.handlers.merging(refreshes.handlers) { one, _ in one })
    let running = Task { await runner.run() }
    do {
      try await body()
    } catch {
      running.cancel()
      await running.value
      throw error
    }
    running.cancel()
    await running.value
  }

  static let address = Address(
    fullName: "Ada Lovelace", phone: "+14155550100", line1: "1 Market Street", line2: "",
    city: "San Francisco", province: "California", postalCode: "94105", country: "US", taxID: "")

  static func request(
    _ orderID: String, generation: Int32 = 1, user: Int64 = 42,
    environment: Contract.Environment = .sandbox, sku: String = "12000000000000001",
    quantity: Int32 = 1, ceiling: Int64 = 1500, address: Address = address
  ) -> PlacePurchaseRequest {
    PlacePurchaseRequest(
      orderID: orderID, userID: user, environment: environment,
      productURL: "https://www.aliexpress.com/item/1005001000000001.html", skuID: sku,
      quantity: quantity, shipTo: address,
      costCeiling: .init(minorUnits: ceiling, currency: "USD"), generation: generation)
  }

  /// Asks for a purchase and waits for its outcome.
  @discardableResult
  func buy(_ request: PlacePurchaseRequest, timeout: Duration = .seconds(15)) async throws
    -> Contract.Purchase
  {
    var options = Self.asSystem
    options.timeout = timeout
    return try await client.placePurchase(request, options: options)
  }

  @discardableResult
  func buy(_ orderID: String) async throws -> Contract.Purchase {
    try await buy(Self.request(orderID))
  }

  /// Asks for a purchase whose outcome is waited for otherwise: again where a busy machine has not
  /// taken it in that time.
  func ask(_ request: PlacePurchaseRequest) async throws {
    _ = try await eventually("\(request.orderID) is asked for") {
      _ = try? await buy(request, timeout: .milliseconds(200))
      return try? await purchase(request.orderID)
    }
  }

  func purchase(_ orderID: String) async throws -> Contract.Purchase {
    try await client.getPurchase(.init(orderID: orderID), options: Self.asOperator)
  }

  /// Waits until a purchase has a state, and a reason when one is given.
  @discardableResult
  func wait(for orderID: String, _ state: PurchaseState, _ reason: String? = nil) async throws
    -> Contract.Purchase
  {
    try await eventually("\(orderID) is \(state.name) \(reason ?? "")", within: .seconds(15)) {
      let purchase = try? await purchase(orderID)
      let isThere =
        purchase?.state == state && (reason == nil || purchase?.reason?.code == reason)
      return isThere ? purchase : nil
    }
  }

  static func credentials(
    user: Int64 = 42, environment: Contract.Environment = .sandbox, token: String = "access-42",
    refreshToken: String = "", expiresAt: Int64 = 4_000_000_000_000
  ) -> PutCredentialsRequest {
    PutCredentialsRequest(
      userID: user, api: "aliexpress-dropshipping", environment: environment, appKey: "500001",
      appSecret: "canary-app-secret", accessToken: token, refreshToken: refreshToken,
      accessTokenExpiresAt: expiresAt == 0 ? nil : Timestamp(milliseconds: expiresAt),
      refreshTokenExpiresAt: nil, vendorAccountID: "")
  }

  @discardableResult
  func putCredentials(
    user: Int64 = 42, environment: Contract.Environment = .sandbox, token: String = "access-42",
    refreshToken: String = "", expiresAt: Int64 = 4_000_000_000_000
  ) async throws -> CredentialStatus {
    try await credentials.putCredentials(
      Self.credentials(
        user: user, environment: environment, token: token, refreshToken: refreshToken,
        expiresAt: expiresAt),
      options: Self.asOperator)
  }

  func credentialStatus(user: Int64 = 42) async throws -> CredentialStatus {
    try await credentials.getCredentialStatus(
      .init(userID: user, api: "aliexpress-dropshipping", environment: .sandbox),
      options: Self.asOperator)
  }

  /// Changes rows behind the program's back.
  func tamper(_ sql: String, _ values: [SQLValue] = []) async throws {
    _ = try await store.write { try $0.run(sql, values) }
  }

  func count(_ sql: String) async throws -> Int64 {
    try await store.read { try $0.row(sql)?.int("n") ?? 0 }
  }

  /// Expects a refusal with a code, a reason when one is given, and exactly these fields.
  func expectRefused(
    _ code: StatusCode, reason: String? = nil, fields: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
  ) async {
    do {
      try await body()
      Issue.record("expected \(code) \(fields)", sourceLocation: sourceLocation)
    } catch let error as RPCError {
      #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
      if let reason {
        #expect(error.reason?.code == reason, "\(error)", sourceLocation: sourceLocation)
      }
      #expect(
        error.violations.map(\.field) == fields, "\(error)", sourceLocation: sourceLocation)
    } catch {
      Issue.record("unexpected \(error)", sourceLocation: sourceLocation)
    }
  }
}
