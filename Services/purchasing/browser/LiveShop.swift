import Contract
import Logging
import Money
import Outside

/// The shop through a real browser.
struct LiveShop: BrowserShop {
  /// The longest that a visit may take up to the confirm button, and a visit that only reads.
  static let visitTimeout = Duration.seconds(180)

  let settings: BrowserSettings
  let launcher: BrowserLauncher
  let sessions: ShopSessions
  let screenshots: Screenshots

  func account(in environment: Contract.Environment) -> String? {
    settings[environment].map { "shop:\($0.email)" }
  }

  func passwordMarks(in environment: Contract.Environment) -> [String] {
    guard let account = settings[environment] else { return [] }
    return account.password.reveal { sessions.seal.keys.marks(of: "\(account.email)\n\($0)") }
  }

  func place(
    _ content: PurchaseContent, _ log: VisitLog,
    confirming: @Sendable (ShopTotals) async throws -> Bool
  ) async throws -> ShopPlacing {
    do {
      return try await visit(content.environment, log) { visit in
        // A visit that hangs must not block the account for ever; past the mark it is not cut off.
        let totals = try await withLimit(Self.visitTimeout) {
          try await visit.begin()
          try await visit.choose(content)
          return try await visit.checkOut(content)
        }
        log.begin(.confirming)
        guard try await confirming(totals) else { return .forbidden }
        return await visit.confirm(totals)
      }
    } catch let failure as BrowserFailure {
      return BrowserRules.placing(failure)
    } catch let refusal as WebDriverRefusal {
      return BrowserRules.placing(.unexpectedPage(refusal.shown))
    } catch let reason as PurchaseReason {
      return .refused(reason)
    }
  }

  func listed(_ content: PurchaseContent, since time: Int64, _ log: VisitLog) async
    -> Reading<[ListedOrder]>
  {
    await reading(content.environment, log) { visit in
      try await visit.begin()
      return try await visit.list(sku: content.skuID, since: time)
    }
  }

  func order(_ id: String, in environment: Contract.Environment) async -> Reading<SupplierOrder> {
    let log = VisitLog(name: "order-\(id)")
    return await reading(environment, log) { visit in
      try await visit.begin()
      guard let order = try await visit.order(id) else {
        throw PurchaseReason(
          code: .supplierOrderUnreadable, text: "the shop's account has no order \(id)",
          owner: .platform)
      }
      return order
    }
  }

  private func reading<Value: Sendable>(
    _ environment: Contract.Environment, _ log: VisitLog,
    _ body: @escaping @Sendable (ShopVisit) async throws -> Value
  ) async -> Reading<Value> {
    do {
      return .value(
        try await visit(environment, log) { visit in
          try await withLimit(Self.visitTimeout) { try await body(visit) }
        })
    } catch let failure as BrowserFailure {
      return .later(BrowserRules.reason(failure), retryAfterSeconds: nil)
    } catch let reason as PurchaseReason {
      return .refused(reason)
    } catch {
      return .later(
        BrowserRules.reason(.broken("the browser's visit failed: \(error)")),
        retryAfterSeconds: nil)
    }
  }

  private func visit<Value: Sendable>(
    _ environment: Contract.Environment, _ log: VisitLog,
    _ body: (ShopVisit) async throws -> Value
  ) async throws -> Value {
    guard let account = settings[environment] else {
      preconditionFailure("only an account that is configured is used")
    }
    log.begin(.start)
    return try await launcher.withBrowser { session in
      let page = ShopPage(session: session, profile: settings.profile, url: account.shopURL)
      return try await body(
        ShopVisit(
          page: page, environment: environment, account: account, sessions: sessions,
          screenshots: screenshots, log: log))
    }
  }
}

/// Ends what takes too long.
///
/// - Throws: `BrowserFailure.broken` when it did.
private func withLimit<Value: Sendable>(
  _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      throw BrowserFailure.broken("the visit took longer than \(limit)")
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw CancellationError() }
    return value
  }
}
