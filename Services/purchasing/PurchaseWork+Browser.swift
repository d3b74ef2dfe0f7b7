import Contract
import Foundation
import Logging
import Runtime
import Store

/// The path through the shop's pages, for what the API cannot buy.
struct BrowserPath: Sendable {
  let shop: any BrowserShop
  let gate: BrowserGate
  /// Milliseconds: see `BrowserSettings.settleTime`.
  let settleTime: Int64
  /// Milliseconds: see `BrowserSettings.accountPause`.
  var accountPause: Int64 = 900_000
  let screenshots: Screenshots
}

extension PurchaseWork {
  /// Whether an account is there to buy with.
  func hasBrowser(in environment: Contract.Environment) -> Bool {
    browser?.shop.account(in: environment) != nil
  }

  /// Buys in the shop, when it is this purchase's turn.
  ///
  /// - Parameter obstacle: why the API is not used.
  func placeInShop(_ purchase: Purchase, because obstacle: PurchaseReason) async throws {
    let content = purchase.content
    guard let browser, let account = browser.shop.account(in: content.environment) else {
      return try await store.write { try PurchaseStore(transaction: $0).refuse(purchase, obstacle) }
    }
    do throws(PurchaseReason) {
      try SpendRules.requireAllowed(content.userID, limits[content.environment])
    } catch {
      return try await refuse(purchase, error)
    }
    let hasRun = try await inShop(purchase, browser) {
      let begun = try await store.write {
        try PurchaseStore(transaction: $0).beginVisit(
          purchase, account: account, why: obstacle.pathReason)
      }
      guard let begun else { return }
      CrashPoint.reached(PurchasingStep.visitCommitted)
      log(
        .info, "purchase goes to the shop", begun.purchase, obstacle.pathReason,
        ["account": "\(account)"])
      try await visit(begun.purchase, attempt: begun.attempt, browser)
    }
    if !hasRun { pace.giveBack() }
  }

  private func visit(_ purchase: Purchase, attempt: Int, _ browser: BrowserPath) async throws {
    let content = purchase.content
    let visitLog = VisitLog(name: "\(content.key).\(attempt)")
    let limits = limits[content.environment]
    let placing = try await browser.shop.place(content, visitLog) { totals in
      try SpendRules.requireReal(totals.quote, limits)
      let isMarked = try await store.write { transaction in
        let purchases = PurchaseStore(transaction: transaction)
        guard try purchases.markConfirming(purchase, attempt: attempt, visitLog) else {
          return false
        }
        try purchases.reserve(purchase, totals.landed, within: limits)
        return true
      }
      CrashPoint.reached(PurchasingStep.confirmingCommitted)
      log(.info, "purchase is confirmed next", purchase, nil, ["cost": "\(totals.landed)"])
      return isMarked
    }
    CrashPoint.reached(PurchasingStep.orderConfirmed)
    try await record(placing, purchase, attempt: attempt, visitLog, browser)
    await sweepScreenshots(browser)
  }

  private func record(
    _ placing: ShopPlacing, _ purchase: Purchase, attempt: Int, _ visitLog: VisitLog,
    _ browser: BrowserPath
  ) async throws {
    switch placing {
    case .placed(let ids, let orders):
      try await recordPlaced(
        ids, orders, purchase, .none, browser
      ) { purchases in
        try purchases.endVisit(purchase, attempt: attempt, .placed, nil, visitLog)
        try browser.note(nil, in: purchase.content.environment, purchases)
      }
    case .refused(let reason):
      try await store.write { transaction in
        let purchases = PurchaseStore(transaction: transaction)
        try purchases.endVisit(purchase, attempt: attempt, .refused, reason, visitLog)
        try purchases.refuse(purchase, reason)
        try browser.note(reason, in: purchase.content.environment, purchases)
      }
      log(.warning, "purchase refused", purchase, reason)
    case .notAccepted(let reason):
      try await tryVisitAgain(reason, purchase, attempt: attempt, visitLog)
    case .unknown(let reason):
      try await store.write { transaction in
        let purchases = PurchaseStore(transaction: transaction)
        try purchases.endVisit(purchase, attempt: attempt, .unknown, reason, visitLog)
        try purchases.unknown(purchase, reason, until: transaction.now, tries: 0)
      }
      log(.warning, "purchase is unknown", purchase, reason)
    case .forbidden:
      log(.warning, "purchase moved on while it was in the shop", purchase)
    }
  }

  private func tryVisitAgain(
    _ reason: PurchaseReason, _ purchase: Purchase, attempt: Int, _ visitLog: VisitLog
  ) async throws {
    let conclusion = PlacingRules.tryAgain(
      reason, purchase, retryAfterSeconds: nil, now: Self.now())
    try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      try purchases.endVisit(purchase, attempt: attempt, .notAccepted, reason, visitLog)
      if case .again(let reason, let pause) = conclusion {
        try purchases.wait(
          purchase, reason, until: transaction.now + Self.jittered(pause))
      } else if case .refused(let reason) = conclusion {
        try purchases.refuse(purchase, reason)
      }
    }
    log(.info, "purchase was not confirmed", purchase, reason)
  }

  func recordPlaced(
    _ ids: [String], _ orders: [SupplierOrder], _ purchase: Purchase,
    _ resolution: Purchase.Resolution, _ browser: BrowserPath,
    _ more: @escaping @Sendable (PurchaseStore) throws -> Void
  ) async throws {
    let placed: Purchase
    do {
      placed = try await store.write { transaction in
        let purchases = PurchaseStore(transaction: transaction)
        try more(purchases)
        try purchases.placed(purchase, ids: ids, nil, resolvedBy: resolution)
        return try purchases.require(purchase.content.orderID)
      }
    } catch PurchasingError.supplierOrderRefused(let id, let why) {
      let reason = PlacingRules.askPerson(
        purchase.content.key, "the shop shows order \(id), and \(why)")
      try await store.write {
        let purchases = PurchaseStore(transaction: $0)
        try purchases.endInterrupted(
          try purchases.attempts(purchase.content.orderID), of: purchase, reason)
        try purchases.unknown(purchase, reason, until: nil, tries: purchase.tries)
      }
      log(.error, "purchase is unknown and needs a person", purchase, reason)
      return
    }
    CrashPoint.reached(PurchasingStep.placedCommitted)
    log(
      .info, "purchase placed", placed, nil, ["supplierOrders": "\(ids.joined(separator: ","))"])
    guard orders.count == ids.count else { return try await readPayment(placed, browser) }
    try await settle(placed, orders)
  }

  // MARK: What all steps share

  func refuse(_ purchase: Purchase, _ reason: PurchaseReason) async throws {
    try await store.write { try PurchaseStore(transaction: $0).refuse(purchase, reason) }
    log(.warning, "purchase refused", purchase, reason)
  }

  func waitInLine(_ purchase: Purchase) async throws {
    try await store.write { transaction in
      try PurchaseStore(transaction: transaction).standInLine(
        purchase, BrowserRules.busy,
        until: transaction.now + Self.jittered(BrowserRules.busyPause))
    }
  }

  func sweepScreenshots(_ browser: BrowserPath) async {
    guard
      let needed = try? await store.read({
        try PurchaseStore(transaction: $0).visitsInDoubt()
      })
    else { return }
    browser.screenshots.sweep(keeping: needed)
  }
}
