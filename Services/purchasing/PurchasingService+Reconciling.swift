import Contract
import Logging
import Money
import RPC
import Runtime
import Store

extension PurchasingService {
  /// With ids: records the supplier's orders that a person found, after the supplier has confirmed
  /// each; where it cannot be asked, the cost is the person's word. With evidence: records that a
  /// person saw that there is none, which ends the generation. Without both: repeats the request,
  /// where that is allowed, to find out.
  ///
  /// A replay of what is recorded already answers with the purchase. ALREADY_EXISTS for another
  /// evidence. FAILED_PRECONDITION: NOTHING_TO_RECONCILE unless it is UNKNOWN, STILL_LOOKED_UP unless
  /// it waits for a person, SUPPLIER_ORDER_REFUSED, PURCHASE_UNKNOWN when the request may not be
  /// repeated. UNAVAILABLE when the supplier does not answer; ABORTED when it changed meanwhile.
  func reconcilePurchase(_ request: ReconcilePurchaseRequest, _ context: CallContext) async throws
    -> Contract.Purchase
  {
    let actor = try context.actor()
    let request = try ReconcileRequest(request, actor)
    let found = try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      return (
        try purchases.situation(request.orderID), try purchases.findings(request.orderID),
        transaction.now
      )
    }
    guard let situation = found.0 else {
      throw NotFound(kind: "purchase of order", id: request.orderID)
    }
    let purchase = situation.purchase
    try actor.requireAccess(to: purchase.content.userID)
    if try isReplay(request, purchase, found.1) { return try await answer(purchase) }
    let isAboutIt = [0, purchase.content.generation].contains(request.generation)
    guard isAboutIt, purchase.state == .unknown else {
      throw PurchasingError.nothingToReconcile(
        orderID: request.orderID, generation: purchase.content.generation,
        state: purchase.state.rawValue)
    }
    if let finding = request.finding {
      guard purchase.waitsForPerson else {
        throw PurchasingError.stillLookedUp(orderID: request.orderID)
      }
      try await record(finding, by: request.foundBy, situation, now: found.2)
    } else {
      try await lookUp(purchase, now: found.2)
    }
    waiters.wake(request.orderID)
    context.logger.info(
      request.finding == nil
        ? "purchase is looked up on demand" : "purchase reconciled by a person",
      metadata: ["order": "\(request.orderID)", "by": "\(request.foundBy)"])
    return try await answer(purchase)
  }

  /// Whether it is recorded already.
  private func isReplay(
    _ request: ReconcileRequest, _ purchase: Purchase, _ findings: [Finding]
  ) throws -> Bool {
    switch request.finding {
    case nil: return false
    case .placed(let ids, _): return Set(ids) == Set(purchase.supplierOrderIDs)
    case .notPlaced(let evidence):
      let recorded = findings.first { $0.generation == request.generation }
      guard case .notPlaced(let before)? = recorded?.content else { return false }
      try Comparison(kind: "purchase of order", id: request.orderID).require([
        ("not_placed_evidence", "\"\(before)\"", "\"\(evidence)\"")
      ])
      return true
    }
  }

  private func lookUp(_ purchase: Purchase, now: Int64) async throws {
    if purchase.isInShop {
      let reason = BrowserRules.lost("it is read again on demand")
      return try await store.write {
        try PurchaseStore(transaction: $0).lookUpNow(purchase, reason)
      }
    }
    let mayRepeat = repeats.mayRepeat(in: purchase.content.environment)
    let obstacle = PlacingRules.obstacle(purchase, mayRepeat: mayRepeat, now: now, tries: 0)
    if let obstacle { throw PurchasingError.lookUpImpossible(obstacle) }
    let reason = PurchaseReason(
      code: .outcomeUnknown, text: "the same request is repeated to find out", owner: .nobody)
    try await store.write {
      try PurchaseStore(transaction: $0).lookUpNow(purchase, reason)
    }
  }

  private func record(
    _ finding: Finding.Content, by person: String, _ situation: PurchaseStore.Situation, now: Int64
  ) async throws {
    var paidCost: Cost?
    if case .placed(let ids, let cost) = finding {
      let isConfirmed = try await confirm(ids, situation, now: now, isNeeded: cost == nil)
      if !isConfirmed { paidCost = cost.map { Cost(landed: $0, parts: nil) } }
    }
    let known = paidCost
    try await store.write {
      try PurchaseStore(transaction: $0).record(
        finding, about: situation.purchase, foundBy: person, paidCost: known)
    }
  }

  /// Asks the supplier for the orders that a person found.
  ///
  /// - Returns: false, unless it is needed, when the reseller's account cannot be used any more.
  private func confirm(
    _ ids: [String], _ situation: PurchaseStore.Situation, now: Int64, isNeeded: Bool
  ) async throws -> Bool {
    let content = situation.purchase.content
    // The shop's account is not asked here, since a browser may take longer than the caller waits.
    // What a person found there is read afterwards, with its payment; his own figure counts at once.
    if situation.purchase.isInShop { return false }
    let access = SupplierAccess(seal: seal, supplier: supplier)
    let account: any SupplierAccount
    switch access.open(situation.credentials, of: content.userID, content.environment, now: now) {
    case .account(let opened, _): account = opened
    case .obstacle(let reason, _):
      if isNeeded { throw PurchasingError.supplierRefused(reason) }
      return false
    case .renewal(let reason, let sealed):
      try await wantTokens(sealed)
      throw PurchasingError.supplierSilent(reason)
    }
    for id in ids {
      switch await account.order(id) {
      case .value(let order):
        // A number of another order in the same account is easily taken for it.
        guard order.productIDs.isEmpty || order.productIDs.contains(content.productID) else {
          throw PurchasingError.supplierOrderRefused(
            id: id,
            why: "it is for product \(order.productIDs.joined(separator: ", ")), not "
              + content.productID)
        }
      case .refused(let reason) where reason.isNoPath && !isNeeded:
        return false
      case .refused(let reason):
        throw PurchasingError.supplierOrderRefused(id: id, why: reason.text)
      case .later(let reason, _): throw PurchasingError.supplierSilent(reason)
      }
    }
    return true
  }

  func open(
    _ sealed: SealedCredentials?, _ userID: Int64, _ environment: Contract.Environment, now: Int64
  ) async throws -> any SupplierAccount {
    let access = SupplierAccess(seal: seal, supplier: supplier)
    switch access.open(sealed, of: userID, environment, now: now) {
    case .account(let account, _): return account
    case .obstacle(let reason, _): throw PurchasingError.supplierRefused(reason)
    case .renewal(let reason, let sealed):
      try await wantTokens(sealed)
      throw PurchasingError.supplierSilent(reason)
    }
  }

  /// What a purchase would cost now. FAILED_PRECONDITION with the code of the guard that fails;
  /// UNAVAILABLE when the supplier does not answer.
  func quote(_ request: QuoteRequest, _ context: CallContext) async throws -> QuoteResponse {
    let actor = try context.actor()
    let wish = try read(request)
    try actor.requireAccess(to: request.userID)
    let key = CredentialKey(userID: request.userID, environment: request.environment)
    let purpose = "quote of product \(wish.productID)"
    let found = try await store.write { transaction in
      let credentials = CredentialStore(transaction: transaction)
      let sealed = try credentials.sealed(key)
      if let sealed {
        let use = CredentialStore.Use(
          action: .use, version: sealed.version, actor: "\(actor)", purpose: purpose)
        try credentials.record(use, of: key)
      }
      return (sealed, transaction.now)
    }
    let account = try await open(found.0, request.userID, request.environment, now: found.1)
    switch await Quoting(account: account).quote(wish) {
    case .value(let quote):
      return QuoteResponse(
        itemsCost: .init(quote.items), shippingCost: .init(quote.shipping),
        taxCost: .init(quote.tax), landedCost: .init(quote.landed),
        deliveryMethod: quote.deliveryCode)
    case .refused(let reason) where reason.isTokenRefused:
      throw try await cure(reason, key, version: found.0?.version ?? 0, by: actor)
    case .refused(let reason): throw PurchasingError.supplierRefused(reason)
    case .later(let reason, _): throw PurchasingError.supplierSilent(reason)
    }
  }

  /// What to answer after the supplier called the access token invalid, which has it renewed.
  func cure(_ reason: PurchaseReason, _ key: CredentialKey, version: Int, by actor: Actor)
    async throws -> PurchasingError
  {
    let cure = try await store.write {
      try CredentialStore(transaction: $0).tokenRefused(
        key, version: version, actor: "\(actor)", providerCode: reason.providerCode)
    }
    if case .closed(let reason) = cure { return .supplierRefused(reason) }
    return .supplierSilent(CredentialRules.renewing(key, providerCode: reason.providerCode))
  }

  private func wantTokens(_ sealed: SealedCredentials) async throws {
    try await store.write {
      try CredentialStore(transaction: $0).wantRefresh(sealed, by: "system")
    }
  }
}
