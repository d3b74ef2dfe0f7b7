import Contract
import Logging
import Runtime
import Store

/// What is read in the shop after an order was confirmed, or may have been.
extension PurchaseWork {
  /// Carries out a purchase that is on the browser path.
  func advanceInShop(_ step: BrowserRules.Step, _ situation: PurchaseStore.Situation) async throws {
    let purchase = situation.purchase
    let confirmed = situation.attempts.last { $0.confirmingAt > 0 }
    guard let browser, let account = browser.shop.account(in: purchase.content.environment),
      confirmed == nil || confirmed?.account == account
    else {
      return try await withoutAccount(purchase, situation.attempts)
    }
    _ = try await inShop(purchase, browser) {
      switch step {
      case .lookUp:
        guard let confirmed else { return try await withoutAccount(purchase, situation.attempts) }
        try await findInList(situation, confirmed, browser)
      case .poll: try await readPayment(purchase, browser)
      }
      await sweepScreenshots(browser)
    }
  }

  /// The account that the order was confirmed with is not there to be looked at.
  private func withoutAccount(_ purchase: Purchase, _ attempts: [Attempt]) async throws {
    let why = "the shop's account that it was confirmed with is not configured any more"
    let reason = PlacingRules.askPerson(purchase.content.key, why)
    try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      if purchase.state == .awaitingSupplierPayment {
        let waits = PurchaseReason(
          code: .supplierOrderUnreadable, text: why, owner: .platform)
        return try purchases.wait(
          purchase, waits, until: transaction.now + PaymentRules.oldPause)
      }
      try purchases.endInterrupted(attempts, of: purchase, reason)
      try purchases.unknown(purchase, reason, until: nil, tries: purchase.tries)
    }
    log(.error, "purchase has lost the account it was made with", purchase, reason)
  }

  // MARK: The account's order list

  private func findInList(
    _ situation: PurchaseStore.Situation, _ confirmed: Attempt, _ browser: BrowserPath
  ) async throws {
    let purchase = try await doubted(situation)
    let visitLog = VisitLog(name: "\(purchase.content.key).list")
    log(.info, "purchase looked up in the shop's list", purchase)
    let reading = await browser.shop.listed(
      purchase.content, since: confirmed.confirmingAt - BrowserRules.clockMargin, visitLog)
    CrashPoint.reached(PurchasingStep.listRead)
    switch reading {
    case .value(let orders):
      let found = try await conclude(orders, purchase, confirmed, visitLog, browser)
      guard let found else { return }
      try await recordPlaced([found], [], purchase, .orderList, browser) { purchases in
        try purchases.keep(visitLog, of: purchase, attempt: confirmed.number)
      }
    case .later(let reason, _), .refused(let reason):
      let tries = purchase.tries + 1
      let isOver = tries >= BrowserRules.lookUpsMax
      let waits =
        isOver
        ? PlacingRules.askPerson(purchase.content.key, "the list cannot be read: \(reason.text)")
        : BrowserRules.lost("the list cannot be read yet: \(reason.text)")
      let pause = Self.jittered(BrowserRules.lookUpPause(tries: tries, browser.settleTime))
      try await store.write { transaction in
        let purchases = PurchaseStore(transaction: transaction)
        try purchases.keep(visitLog, of: purchase, attempt: confirmed.number)
        try purchases.unknown(
          purchase, waits, until: isOver ? nil : transaction.now + pause, tries: tries)
        try browser.note(reason, in: purchase.content.environment, purchases)
      }
      log(isOver ? .error : .warning, "the shop's list cannot be read", purchase, waits)
    }
  }

  /// The purchase as one whose outcome is unknown, also when the process died during the click.
  private func doubted(_ situation: PurchaseStore.Situation) async throws -> Purchase {
    let purchase = situation.purchase
    guard purchase.state == .placing else { return purchase }
    let reason = BrowserRules.lost("the process ended during the confirmation")
    return try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      try purchases.endInterrupted(situation.attempts, of: purchase, reason)
      try purchases.unknown(purchase, reason, until: transaction.now, tries: 0)
      return try purchases.require(purchase.content.orderID)
    }
  }

  /// Decides what the list says, in the transaction that knows who has claimed what.
  ///
  /// - Returns: the order's number when it was found.
  private func conclude(
    _ orders: [ListedOrder], _ purchase: Purchase, _ confirmed: Attempt, _ visitLog: VisitLog,
    _ browser: BrowserPath
  ) async throws -> String? {
    let content = purchase.content
    let settleTime = browser.settleTime
    let finding = try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      try browser.note(nil, in: purchase.content.environment, purchases)
      let free = try orders.filter { order in
        let claimant = try purchases.claimant(of: order.id, content.environment)
        return claimant == nil || claimant == content.key
      }
      let finding = BrowserRules.finding(
        free, content, confirmingAt: confirmed.confirmingAt,
        readableSince: purchase.listReadAt == 0 ? nil : purchase.listReadAt,
        settleTime: settleTime, now: transaction.now)
      switch finding {
      case .found: return finding
      case .absent(let reason):
        try purchases.refuse(purchase, reason, resolvedBy: .orderList)
      case .askPerson(let reason):
        try purchases.unknown(purchase, reason, until: nil, tries: purchase.tries)
      case .notYet:
        try purchases.listWasRead(purchase)
        let pause = BrowserRules.lookUpPause(tries: purchase.tries, settleTime)
        try purchases.unknown(
          purchase, BrowserRules.lost("the list does not have it yet"),
          until: transaction.now + pause, tries: purchase.tries + 1)
      }
      try purchases.keep(visitLog, of: purchase, attempt: confirmed.number)
      return finding
    }
    switch finding {
    case .found(let id): return id
    case .absent(let reason): log(.warning, "purchase was not placed", purchase, reason)
    case .askPerson(let reason):
      log(.error, "purchase is unknown and needs a person", purchase, reason)
    case .notYet: break
    }
    return nil
  }

  // MARK: The payment

  /// Reads the orders' pages, and settles the purchase when they are paid.
  func readPayment(_ purchase: Purchase, _ browser: BrowserPath) async throws {
    var orders: [SupplierOrder] = []
    for id in purchase.supplierOrderIDs {
      switch await browser.shop.order(id, in: purchase.content.environment) {
      case .value(let order): orders.append(order)
      case .later(let reason, _), .refused(let reason):
        try await store.write {
          try browser.note(reason, in: purchase.content.environment, PurchaseStore(transaction: $0))
        }
        return try await readPaymentLater(purchase, reason)
      }
    }
    try await store.write {
      try browser.note(nil, in: purchase.content.environment, PurchaseStore(transaction: $0))
    }
    try await settle(purchase, orders)
  }

  func settle(_ purchase: Purchase, _ orders: [SupplierOrder]) async throws {
    CrashPoint.reached(PurchasingStep.paymentPolled)
    let verdict = PaymentRules.verdict(
      on: orders, problem: nil, payer: .platform, placedAt: purchase.placedAt, now: Self.now())
    switch verdict {
    case .waits(let reason): try await readPaymentLater(purchase, reason)
    case .closed(let reason):
      try await store.write { try PurchaseStore(transaction: $0).close(purchase, reason) }
      log(.warning, "purchase closed unpaid", purchase, reason)
    case .paid(let cost):
      try await store.write { try PurchaseStore(transaction: $0).settle(purchase, cost) }
      CrashPoint.reached(PurchasingStep.purchasedCommitted)
      log(.info, "purchase paid", purchase, nil, ["cost": "\(cost.landed)"])
    }
  }

  private func readPaymentLater(_ purchase: Purchase, _ reason: PurchaseReason) async throws {
    try await store.write { transaction in
      let pause = PaymentRules.pollPause(age: transaction.now - purchase.placedAt)
      try PurchaseStore(transaction: transaction).wait(
        purchase, reason, until: transaction.now + Self.jittered(pause))
    }
    if purchase.reason?.code != reason.code {
      log(.info, "purchase waits for its payment", purchase, reason)
    }
  }
}
