import Contract
import Logging
import Money
import RPC
import Runtime
import Store

extension PurchasingService {
  /// Most supplier orders that one purchase may be recorded with.
  private static let supplierOrdersMax = 20

  /// With ids: records the supplier's orders that a person found, after the supplier has confirmed
  /// each. Without: repeats the request, where that is allowed, to find out.
  ///
  /// A replay with ids that are recorded already answers with the purchase. FAILED_PRECONDITION:
  /// NOTHING_TO_RECONCILE unless it is UNKNOWN, SUPPLIER_ORDER_REFUSED, PURCHASE_UNKNOWN when the
  /// request may not be repeated. UNAVAILABLE when the supplier does not answer.
  func reconcilePurchase(_ request: ReconcilePurchaseRequest, _ context: CallContext) async throws
    -> Contract.Purchase
  {
    let actor = try context.actor()
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let ids = request.supplierOrderIDs
    if ids.count > Self.supplierOrdersMax {
      fields.reject("supplier_order_ids", "has \(ids.count) ids; at most 20 are taken")
    }
    if let wrong = ids.first(where: { !AliExpressReading.isID($0) }) {
      fields.reject(
        "supplier_order_ids",
        "\"\(Fields.shown(wrong))\" is no order id; it must be 1 to 20 digits")
    }
    try fields.finish()
    guard let orderID else { throw fields.refusal }
    let found = try await store.read { transaction in
      (try PurchaseStore(transaction: transaction).situation(orderID), transaction.now)
    }
    guard let situation = found.0 else { throw NotFound(kind: "purchase of order", id: orderID) }
    let purchase = situation.purchase
    try actor.requireAccess(to: purchase.content.userID)
    if !ids.isEmpty && Set(ids) == Set(purchase.supplierOrderIDs) {
      return try await answer(purchase)
    }
    guard purchase.state == .unknown else {
      throw PurchasingError.nothingToReconcile(orderID: orderID, state: purchase.state.rawValue)
    }
    if ids.isEmpty {
      try await lookUp(purchase, now: found.1)
    } else {
      try await verify(ids, situation, now: found.1)
      try await store.write {
        try PurchaseStore(transaction: $0).placed(
          purchase, ids: ids, nil, resolvedBy: .person)
      }
    }
    context.logger.info(
      ids.isEmpty ? "purchase is looked up on demand" : "purchase reconciled by a person",
      metadata: ["order": "\(orderID)", "by": "\(actor)"])
    return try await answer(purchase)
  }

  private func lookUp(_ purchase: Purchase, now: Int64) async throws {
    let mayRepeat = repeats.mayRepeat(in: purchase.content.environment)
    let obstacle = PlacingRules.obstacle(purchase, mayRepeat: mayRepeat, now: now, tries: 0)
    if let obstacle { throw PurchasingError.lookUpImpossible(obstacle) }
    let reason = PurchaseReason(
      code: .outcomeUnknown, text: "the same request is repeated to find out", owner: .nobody)
    try await store.write {
      try PurchaseStore(transaction: $0).lookUpNow(purchase, reason)
    }
  }

  private func verify(_ ids: [String], _ situation: PurchaseStore.Situation, now: Int64)
    async throws
  {
    let content = situation.purchase.content
    let account = try open(situation.credentials, content.userID, content.environment, now: now)
    for id in ids {
      switch await account.order(id) {
      case .value: continue
      case .refused(let reason):
        throw PurchasingError.supplierOrderRefused(id: id, why: reason.text)
      case .later(let reason, _): throw PurchasingError.supplierSilent(reason)
      }
    }
  }

  private func open(
    _ sealed: SealedCredentials?, _ userID: Int64, _ environment: Contract.Environment, now: Int64
  ) throws(PurchasingError) -> any SupplierAccount {
    let access = SupplierAccess(seal: seal, supplier: supplier)
    switch access.open(sealed, of: userID, environment, now: now) {
    case .account(let account, _): return account
    case .obstacle(let reason, _): throw .supplierRefused(reason)
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
    let account = try open(found.0, request.userID, request.environment, now: found.1)
    switch await Quoting(account: account).quote(wish) {
    case .value(let quote):
      return QuoteResponse(
        itemsCost: .init(quote.items), shippingCost: .init(quote.shipping),
        taxCost: .init(quote.tax), landedCost: .init(quote.landed),
        deliveryMethod: quote.deliveryCode)
    case .refused(let reason): throw PurchasingError.supplierRefused(reason)
    case .later(let reason, _): throw PurchasingError.supplierSilent(reason)
    }
  }
}
