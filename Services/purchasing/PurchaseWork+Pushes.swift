import Logging
import Runtime
import Store

extension PurchaseWork {
  /// What the search among the pushed orders came to.
  enum PushFinding: Hashable, Sendable {
    case nothing, found
    /// It cannot be told yet.
    case later
    /// For a person, should the purchase be left to one.
    case doubtful(PurchaseReason)
  }

  /// How long a search waits that cannot conclude yet.
  private static let pushPause: Int64 = 5000

  /// Carries out the search for an unknown purchase's order among those that were pushed.
  func checkPush(_ intent: Intent) async throws {
    let orderID = intent.subject
    defer { waiters.wake(orderID) }
    let found = try await store.read { transaction in
      (try PurchaseStore(transaction: transaction).situation(orderID), transaction.now)
    }
    var finding = PushFinding.nothing
    if let situation = found.0, situation.purchase.state == .unknown {
      finding = try await findAmongPushes(situation, now: found.1)
    }
    let result = finding
    try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      if case .doubtful(let reason) = result, let purchase = found.0?.purchase {
        try purchases.explain(purchase, reason)
      }
      guard result == .later else {
        return try transaction.complete(PurchaseStore.pushIntent, orderID)
      }
      try transaction.postpone(
        PurchaseStore.pushIntent, orderID, until: transaction.now + Self.pushPause, note: "")
    }
  }

  /// Asks the supplier about the orders that it told of when the purchase was sent, and records the
  /// one that must be the purchase's.
  func findAmongPushes(_ situation: PurchaseStore.Situation, now: Int64) async throws
    -> PushFinding
  {
    let purchase = situation.purchase
    let content = purchase.content
    let (pushed, rivals) = try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      return (try purchases.pushedOrders(for: purchase), try purchases.rivals(of: purchase))
    }
    guard !pushed.isEmpty else { return .nothing }
    guard pushed.count <= PushRules.readingsMax else {
      log(.warning, "too many orders were pushed to be compared", purchase)
      return .doubtful(PushRules.tooMany(content))
    }
    let access = SupplierAccess(seal: seal, supplier: supplier)
    guard
      case .account(let account, let credentials) = access.open(
        situation.credentials, of: content.userID, content.environment, now: now),
      credentials.account == situation.attempts.last?.account
    else { return .nothing }
    var readable: [SupplierOrder] = []
    for id in pushed {
      switch await account.order(id) {
      case .value(let order): readable.append(order)
      // Another reseller's order cannot be read.
      case .refused: continue
      // A part of the orders is not enough to conclude from.
      case .later: return PushRules.mayWait(purchase, now: now) ? .later : .nothing
      }
    }
    try Task.checkCancellation()
    switch PushRules.verdict(readable, content, rivals: rivals.map(\.content)) {
    case .none: return .nothing
    case .own(let id): return try await record([id], situation, credentials) ? .found : .nothing
    case .several(let ids):
      // One that is being sent will soon be known, and take its order out of the question.
      let isSoonKnown = rivals.contains { $0.state == .placing }
      if isSoonKnown, PushRules.mayWait(purchase, now: now) { return .later }
      return .doubtful(PushRules.several(ids, content))
    }
  }

  private func record(
    _ ids: [String], _ situation: PurchaseStore.Situation, _ credentials: SealedCredentials
  ) async throws -> Bool {
    let purchase = situation.purchase
    let content = purchase.content
    let isFound = try await store.write { transaction -> Bool in
      let purchases = PurchaseStore(transaction: transaction)
      guard let current = try purchases.purchase(content.orderID),
        current.state == purchase.state, current.content == content
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
