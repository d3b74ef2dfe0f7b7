import Contract
import RPC
import Store

/// Goods that were bought in the shop, asked about there.
extension PurchasingService {
  /// How old the shop's word about goods may be: a visit takes seconds, and an account that looks at
  /// its orders all day is conspicuous. Milliseconds.
  static let shopTrackingAge: Int64 = 6 * 3600 * 1000

  /// The browser, when a purchase was made with its account.
  func shop(of purchase: Purchase, boughtBy account: String?) -> BrowserPath? {
    guard purchase.isInShop, let browser, let account,
      browser.shop.account(in: purchase.content.environment) == account
    else { return nil }
    return browser
  }

  /// Reads the orders' pages and keeps what they say. A visit goes on when its caller leaves, so that
  /// the next one learns of it.
  func askShop(_ purchase: Purchase, _ browser: BrowserPath) async throws(PurchasingError)
    -> Tracking
  {
    let visit = Task { () -> Result<Tracking, PurchasingError> in
      let content = purchase.content
      let done: Result<Tracking, PurchasingError>? = await browser.gate.inTurn(content.environment)
      {
        do {
          return .success(try await read(purchase, browser))
        } catch let error as PurchasingError {
          return .failure(error)
        } catch {
          return .failure(
            .supplierSilent(
              PurchaseReason(code: .supplierUnavailable, text: "\(error)", owner: .nobody)))
        }
      }
      return done ?? .failure(.supplierSilent(BrowserRules.busy))
    }
    return try await visit.value.get()
  }

  private func read(_ purchase: Purchase, _ browser: BrowserPath) async throws -> Tracking {
    let environment = purchase.content.environment
    // Whoever was in line before may have asked about the same goods, or closed the account.
    let (known, door, now) = try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      return (
        try purchases.tracking(of: purchase),
        try browser.door(in: environment, purchases), transaction.now
      )
    }
    if let known, known.isFresh(within: shopTrackingAge, now: now) { return known.tracking }
    switch door {
    case .open: break
    case .closed(let reason, _), .needsPerson(let reason):
      throw PurchasingError.supplierSilent(reason)
    }
    var orders: [SupplierOrder] = []
    for id in purchase.supplierOrderIDs {
      switch await browser.shop.order(id, in: environment) {
      case .value(let order): orders.append(order)
      case .refused(let reason):
        try await note(reason, in: environment, browser)
        throw PurchasingError.supplierRefused(reason)
      case .later(let reason, _):
        try await note(reason, in: environment, browser)
        throw PurchasingError.supplierSilent(reason)
      }
    }
    let read = orders
    return try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      try browser.note(nil, in: environment, purchases)
      let tracking = Tracking(
        purchase.content.orderID, TrackingRules.status(of: read),
        TrackingRules.supplierStatus(of: read), read.compactMap(\.parcel),
        askedAt: transaction.now)
      try purchases.keep(tracking, of: purchase)
      return tracking
    }
  }

  private func note(
    _ reason: PurchaseReason, in environment: Contract.Environment, _ browser: BrowserPath
  ) async throws {
    try await store.write {
      try browser.note(reason, in: environment, PurchaseStore(transaction: $0))
    }
  }
}

extension SupplierOrder {
  /// As the order's page shows it, which names no carrier; nil before there is a number.
  fileprivate var parcel: Parcel? {
    guard !isCancelled, !trackingNumber.isEmpty else { return nil }
    return Parcel(
      supplierOrderID: id, carrier: "", trackingNumber: trackingNumber, firstSeenAt: 0,
      lastSeenAt: 0, lastSeen: "")
  }
}
