import Contract
import Logging
import Store

/// Who may use the shop's account, and what a visit says about it.
extension PurchaseWork {
  /// Runs a visit's body when it is the purchase's turn and the account is open; else the purchase
  /// waits, or is left to a person.
  ///
  /// - Returns: whether the body ran.
  func inShop(
    _ purchase: Purchase, _ browser: BrowserPath,
    _ body: () async throws -> Void
  ) async throws -> Bool {
    let environment = purchase.content.environment
    let turn: Bool? = try await browser.gate.inTurn(environment) {
      let door = try await store.read {
        try browser.door(in: environment, PurchaseStore(transaction: $0))
      }
      guard door == .open else {
        try await stayOut(purchase, door)
        return false
      }
      try await body()
      return true
    }
    if turn == nil { try await waitInLine(purchase) }
    return turn == true
  }

  /// How often a purchase whose account needs a person shows that it still does.
  private static let closedPause: Int64 = 3600 * 1000

  private func stayOut(_ purchase: Purchase, _ door: ShopAccount.Door) async throws {
    switch door {
    case .open: return
    case .closed(let reason, let until):
      try await store.write { transaction in
        try PurchaseStore(transaction: transaction).stayOut(
          purchase, reason, until: max(until, transaction.now) + Self.jittered(1000))
      }
      log(.info, "purchase waits for the shop's account", purchase, reason)
    case .needsPerson(let reason):
      try await store.write { transaction in
        let purchases = PurchaseStore(transaction: transaction)
        switch purchase.state {
        case .requested, .placing: try purchases.refuse(purchase, reason)
        case .unknown:
          let asked = PlacingRules.askPerson(
            purchase.content.key, "its account's order list cannot be read: \(reason.text)")
          try purchases.unknown(purchase, asked, until: nil, tries: purchase.tries)
        case .awaitingSupplierPayment, .purchased, .refused, .closed:
          try purchases.stayOut(purchase, reason, until: transaction.now + Self.closedPause)
        }
      }
      log(.error, "the shop's account needs a person", purchase, reason)
    }
  }
}

extension BrowserPath {
  /// Whether the account of an environment may be used now.
  func door(in environment: Contract.Environment, _ purchases: PurchaseStore) throws
    -> ShopAccount.Door
  {
    guard let account = shop.account(in: environment) else { return .open }
    let name = ShopAccount.Name(environment: environment, account: account)
    return ShopAccountRules.door(
      try purchases.shopAccount(name), marks: shop.passwordMarks(in: environment),
      now: purchases.transaction.now, name)
  }

  /// Keeps what a visit's end says about the account, with whatever else is committed about it.
  ///
  /// - Parameter reason: why the visit came to nothing; nil when it went well.
  func note(
    _ reason: PurchaseReason?, in environment: Contract.Environment, _ purchases: PurchaseStore
  ) throws {
    guard let account = shop.account(in: environment),
      let mark = shop.passwordMarks(in: environment).first
    else { return }
    let name = ShopAccount.Name(environment: environment, account: account)
    guard let reason else {
      try purchases.open(name)
      return
    }
    if ShopAccountRules.isAccounts(reason) {
      let failed = ShopAccountRules.failed(
        try purchases.shopAccount(name), reason, mark: mark, pause: accountPause,
        now: purchases.transaction.now)
      try purchases.put(failed, name)
      return
    }
    switch reason.code {
    // The shop was not reached, or not as far as the account.
    case .browserUnavailable, .supplierUnavailable, .browserPageUnknown, .outcomeUnknown: break
    default: try purchases.open(name)
    }
  }
}
