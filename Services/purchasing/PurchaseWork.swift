import Contract
import Foundation
import Logging
import Money
import Outside
import Runtime
import Store

/// Carries out purchases: checks, places, looks up what is unknown, waits for the payment.
///
/// What is sent is committed before it is sent, with its key. A run goes on from step to step as far
/// as it can; every step is a commit, so a run that dies is taken up where it was.
struct PurchaseWork: Sendable {
  /// Whether a repeat under the same key places nothing twice, per environment.
  struct RepeatPolicy: Sendable {
    let sandbox: Bool
    let production: Bool

    func mayRepeat(in environment: Contract.Environment) -> Bool {
      switch environment {
      case .sandbox: sandbox
      case .production: production
      case .unspecified, .unrecognized: false
      }
    }
  }

  /// Purchases under way at once: as many as a host gets connections, since each waits for answers.
  static let concurrency = 128

  let store: Store
  let supplier: any Supplier
  let seal: CredentialSeal
  let repeats: RepeatPolicy
  var limits = SpendLimits()
  var pace = PurchasePace()
  /// Nil where no browser is set up at all.
  var browser: BrowserPath?
  let waiters: Waiters
  let logger: Logger

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [
      PurchaseStore.intent: { try await advance($0) },
      PurchaseStore.pushIntent: { try await checkPush($0) },
    ]
  }

  /// One run: the purchase as it was last committed, the way to the supplier, and the line of the
  /// audit that the next commit must write.
  struct Run: Sendable {
    var purchase: Purchase
    let attempts: [Attempt]
    let account: any SupplierAccount
    /// The account's name, to tell it from another one.
    let accountName: String
    /// The version of the credentials in use.
    let credentialVersion: Int
    var use: CredentialStore.Use?
  }

  private func advance(_ intent: Intent) async throws {
    let orderID = intent.subject
    defer { waiters.wake(orderID) }
    let found = try await store.read { transaction in
      (try PurchaseStore(transaction: transaction).situation(orderID), transaction.now)
    }
    guard let situation = found.0 else { return try await finish(orderID) }
    let purchase = situation.purchase
    if purchase.isInShop, let step = BrowserRules.next(purchase, situation.attempts) {
      return try await advanceInShop(step, situation)
    }
    let step = PlacingRules.next(
      purchase, lastOutcome: Self.lastOutcome(situation),
      mayRepeat: repeats.mayRepeat(in: purchase.content.environment), now: found.1)
    if [.place, .lookUp].contains(step), let turn = pace.turn(of: orderID, now: found.1) {
      return try await standInLine(purchase, until: turn)
    }
    var pushes = PushFinding.nothing
    switch step {
    case .lookUp, .askPerson: pushes = try await findAmongPushes(situation, now: found.1)
    case .nothing, .place, .poll: break
    }
    if pushes == .found { return }
    switch step {
    case .nothing: try await finish(orderID)
    case .askPerson(let reason):
      if case .doubtful(let doubt) = pushes { return try await askPerson(situation, doubt) }
      try await askPerson(situation, reason)
    case .place:
      guard var run = try await start(situation, now: found.1) else { return }
      try await place(&run)
    case .lookUp:
      guard var run = try await start(situation, now: found.1) else { return }
      try await lookUp(situation, &run)
    case .poll:
      guard var run = try await start(situation, now: found.1) else { return }
      try await poll(&run)
    }
  }

  private func standInLine(_ purchase: Purchase, until turn: Int64) async throws {
    try await store.write {
      try PurchaseStore(transaction: $0).standInLine(purchase, PurchasePace.inLine, until: turn)
    }
  }

  /// A visit to the shop that was not confirmed is as one that was not accepted.
  private static func lastOutcome(_ situation: PurchaseStore.Situation) -> Attempt.Outcome? {
    situation.purchase.isInShop ? .notAccepted : situation.attempts.last?.outcome
  }

  private func finish(_ orderID: String) async throws {
    try await store.write { try $0.complete(PurchaseStore.intent, orderID) }
  }

  // MARK: The way to the supplier

  /// Opens the reseller's credentials. When that is impossible, records why, and answers nil.
  private func start(_ situation: PurchaseStore.Situation, now: Int64) async throws -> Run? {
    let purchase = situation.purchase
    let content = purchase.content
    let access = SupplierAccess(seal: seal, supplier: supplier)
    switch access.open(situation.credentials, of: content.userID, content.environment, now: now) {
    case .account(let account, let credentials):
      return Run(
        purchase: purchase, attempts: situation.attempts, account: account,
        accountName: credentials.account, credentialVersion: credentials.version,
        use: .init(
          action: .use, version: credentials.version, actor: "system", purpose: content.key))
    case .obstacle(let reason, let failedVersion):
      if Self.isPlacing(situation), hasBrowser(in: content.environment) {
        try await placeInShop(purchase, because: reason)
        return nil
      }
      let use = failedVersion.map {
        CredentialStore.Use(
          action: .useFailed, version: $0, actor: "system", purpose: content.key)
      }
      try await stop(situation, reason, use)
      return nil
    case .renewal(let reason, let sealed):
      try await waitForTokens(situation, reason, sealed)
      return nil
    }
  }

  /// Repeats what was sent, from the account that it was sent from: the supplier compares keys per
  /// account, so another one would place the order a second time.
  private func lookUp(_ situation: PurchaseStore.Situation, _ run: inout Run) async throws {
    let content = run.purchase.content
    if let sender = run.attempts.last?.account, sender != run.accountName {
      let reason = PlacingRules.askPerson(
        content.key,
        "the reseller's credentials were replaced since, and a repeat from another "
          + "account would buy again")
      return try await askPerson(situation, reason)
    }
    try await send(OrderRequest(text: run.purchase.request), .lookUp, &run)
  }

  private func askPerson(_ situation: PurchaseStore.Situation, _ reason: PurchaseReason)
    async throws
  {
    let purchase = situation.purchase
    try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      try purchases.endInterrupted(situation.attempts, of: purchase, reason)
      try purchases.unknown(purchase, reason, until: nil, tries: purchase.tries)
    }
    log(.error, "purchase is unknown and needs a person", purchase, reason)
  }

  // MARK: Before the placing

  private func place(_ run: inout Run) async throws {
    let content = run.purchase.content
    let limits = limits[content.environment]
    do throws(PurchaseReason) {
      try SpendRules.requireAllowed(content.userID, limits)
    } catch {
      return try await refuse(&run, error)
    }
    guard content.ceiling.currency == PurchaseRules.payCurrency else {
      return try await refuse(
        &run,
        PurchaseReason(
          code: .currencyNotSupported,
          text: "the ceiling is in \(content.ceiling.currency.code); AliExpress is paid in "
            + "\(PurchaseRules.payCurrency.code)", owner: .platform))
    }
    if let ban = run.account.placingBan(now: Self.now()) {
      return try await waitOrGiveUp(&run, ban.reason, ban.seconds)
    }
    let quoted = await Quoting(account: run.account).quote(
      QuoteWish(
        productID: content.productID, skuID: content.skuID, quantity: content.quantity,
        shipTo: content.shipTo, currency: content.ceiling.currency, ceiling: content.ceiling))
    switch quoted {
    case .refused(let reason):
      guard let reason = try await cured(reason, attempt: nil, &run) else { return }
      if reason.isCuredByBrowser, hasBrowser(in: content.environment) {
        return try await placeInShop(run.purchase, because: reason)
      }
      try await refuse(&run, reason)
    case .later(let reason, let seconds): try await waitOrGiveUp(&run, reason, seconds)
    case .value(let quote):
      do throws(PurchaseReason) {
        try SpendRules.requireReal(quote, limits)
      } catch {
        return try await refuse(&run, error)
      }
      try await send(OrderRequest(content, quote), .first(quote.landed), &run)
    }
  }

  private func waitOrGiveUp(_ run: inout Run, _ reason: PurchaseReason, _ seconds: Int?)
    async throws
  {
    let conclusion = PlacingRules.tryAgain(
      reason, run.purchase, retryAfterSeconds: seconds, now: Self.now())
    guard case .again(let reason, let pause) = conclusion else {
      guard case .refused(let reason) = conclusion else { return }
      if reason.isCuredByBrowser, hasBrowser(in: run.purchase.content.environment) {
        return try await placeInShop(run.purchase, because: reason)
      }
      return try await refuse(&run, reason)
    }
    let purchase = run.purchase
    try await commit(&run) { purchases in
      try purchases.wait(
        purchase, reason, until: purchases.transaction.now + Self.jittered(pause))
    }
  }

  func refuse(_ run: inout Run, _ reason: PurchaseReason) async throws {
    let purchase = run.purchase
    try await commit(&run) { try $0.refuse(purchase, reason) }
    log(.warning, "purchase refused", purchase, reason)
  }

  // MARK: What all steps share

  /// Commits a change, and the audit's line for the use of the credentials that led to it.
  func commit<Value: Sendable>(
    _ run: inout Run, _ body: @escaping @Sendable (PurchaseStore) throws -> Value
  ) async throws -> Value {
    let use = run.use
    let content = run.purchase.content
    let value = try await store.write { transaction in
      if let use {
        let key = CredentialKey(userID: content.userID, environment: content.environment)
        try CredentialStore(transaction: transaction).record(use, of: key)
      }
      return try body(PurchaseStore(transaction: transaction))
    }
    run.use = nil
    return value
  }

  /// Milliseconds since the epoch.
  static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

  /// Up to a quarter longer, so that what failed together does not return together.
  static func jittered(_ pause: Int64) -> Int64 { pause + Int64.random(in: 0...pause / 4) }

  func log(
    _ level: Logger.Level, _ message: Logger.Message, _ purchase: Purchase,
    _ reason: PurchaseReason? = nil, _ more: Logger.Metadata = [:]
  ) {
    var metadata: Logger.Metadata = [
      "order": "\(purchase.content.orderID)", "key": "\(purchase.content.key)",
    ]
    if let reason {
      metadata["reason"] = "\(reason.code.rawValue)"
      if !reason.providerCode.isEmpty { metadata["providerCode"] = "\(reason.providerCode)" }
    }
    metadata.merge(more) { _, new in new }
    logger.log(level: level, message, metadata: metadata)
  }
}
