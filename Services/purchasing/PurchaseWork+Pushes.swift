import Logging
import Runtime
import Store

extension PurchaseWork {
  /// Carries out the search for an unknown purchase's order among those that were pushed.
  func checkPush(_ intent: Intent) async throws {
    let orderID = intent.subject
    defer { waiters.wake(orderID) }
    let found = try await store.read { transaction in
      (try PurchaseStore(transaction: transaction).situation(orderID), transaction.now)
    }
    if let situation = found.0, situation.purchase.state == .unknown {
      _ = try await findAmongPushes(situation, now: found.1)
    }
    try await store.write { try $0.complete(PurchaseStore.pushIntent, orderID) }
  }

  /// Asks the supplier about the orders that it told of when the purchase was sent, and records the
  /// one that must be the purchase's.
  ///
  /// - Returns: whether it was found.
  func findAmongPushes(_ situation: PurchaseStore.Situation, now: Int64) async throws -> Bool {
    let purchase = situation.purchase
    let content = purchase.content
    let pushed = try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      return try purchases.hasRival(purchase) ? [] : try purchases.pushedOrders(for: purchase)
    }
    guard !pushed.isEmpty else { return false }
    let access = SupplierAccess(seal: seal, supplier: supplier)
    guard
      case .account(let account, let credentials) = access.open(
        situation.credentials, of: content.userID, content.environment, now: now),
      credentials.account == situation.attempts.last?.account
    else { return false }
    var readable: [SupplierOrder] = []
    for id in pushed {
      switch await account.order(id) {
      case .value(let order): readable.append(order)
      // Another reseller's order cannot be read.
      case .refused: continue
      // A part of the orders is not enough to conclude from.
      case .later: return false
      }
    }
    try Task.checkCancellation()
    let own = PushRules.match(readable, content).map(\.id)
    guard !own.isEmpty else { return false }
    return try await record(own, situation, credentials)
  }

  private func record(
    _ ids: [String], _ situation: PurchaseStore.Situation, _ credentials: SealedCredentials
  ) async throws -> Bool {
    let purchase = situation.purchase
    let content = purchase.content
    let isFound = try await store.write { transaction -> Bool in
      let purchases = PurchaseStore(transaction: transaction)
      guard let current = try purchases.purchase(content.orderID),
        current.state == purchase.state, current.content == content,
        try !purchases.hasRival(purchase)
      else { return false }
      let use = CredentialStore.Use(
        action: .use, version: credentials.version, actor: "system",
        purpose: "push about \(content.key)")
      let key = CredentialKey(userID: content.userID, environment: content.environment)
      try CredentialStore(transaction: transaction).record(use, of: key)
      let reason = PurchaseReason(
        code: .outcomeUnknown, text: "the supplier told of the order by itself", owner: .nobody)
      try purchases.endInterrupted(situation.attempts, of: purchase, reason)
      try purchases.placed(purchase, ids: ids, nil, resolvedBy: .pushMessage)
      return true
    }
    guard isFound else { return false }
    log(
      .info, "purchase found by a push", purchase, nil,
      ["supplierOrders": "\(ids.joined(separator: ","))"])
    return true
  }
}
