import Contract
import Logging
import Money
import RPC
import Runtime
import Store

extension OrdersService {
  /// Most supplier orders that one purchase has.
  static let supplierOrdersMax = 20

  /// Tries again what was refused: a purchase under the next generation, with a corrected address or
  /// a raised ceiling when given; a refund under the next generation; a booking, or a capture or refund
  /// that is looked up anew.
  ///
  /// FAILED_PRECONDITION (ACTION_NOT_ALLOWED) names what is allowed instead.
  func retryOrder(_ request: RetryOrderRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    var address: Address?
    if let given = request.shipTo { address = AddressRules.check("ship_to", given, &fields) }
    var ceiling: Amount?
    if let given = request.costCeiling {
      ceiling = fields.amount("cost_ceiling", given, .positive)
    }
    try fields.finish()
    guard let orderID else { throw fields.refusal }
    let (shipTo, raised) = (address, ceiling)
    return .init(
      try await act(orderID, .retry, actor, context) { orders, order in
        var facts: [OrderStore.Fact] = []
        if let shipTo { facts.append(.init("correctedAddress", .blob(try shipTo.protobuf()))) }
        if let raised {
          try Self.require(raised, like: order, "cost_ceiling")
          facts.append(.init("raisedCeiling", .integer(raised.minorUnits)))
        }
        // What the next generation's refund is called, PayPal has yet to say.
        if order.progress.attention == .refundRefused {
          facts.append(.init("payPalRefundID", .text("")))
        }
        guard order.progress.attention == .captureUnknown else {
          return try orders.apply(
            .retried, to: order, detail: "", actor: actor, facts: facts)
        }
        facts.append(.init("captureRequestedAt", .integer(orders.transaction.now)))
        return try orders.apply(
          .retried, to: order, detail: "PayPal is asked again", actor: actor, facts: facts,
          wait: NewWait(
            subject: .payment,
            reason: OrderReason(
              code: "CAPTURE_UNKNOWN", text: "nobody knows whether the payment was captured"),
            next: "PayPal is asked what became of it", nextAt: orders.transaction.now))
      })
  }

  /// Records that a person bought the goods, or found the order that was placed. Replay: the order as
  /// it is now.
  func markPurchased(_ request: MarkPurchasedRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    try actor.requirePlatformPerson("say what was bought")
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let ids = fields.supplierOrders(request.supplierOrderIDs)
    let cost = fields.amount("landed_cost", request.landedCost, .zeroOrMore)
    if !["reseller", "platform"].contains(request.fundedBy) {
      fields.reject(
        "funded_by",
        "is \"\(Fields.shown(request.fundedBy))\"; it must be reseller or platform")
    }
    try fields.finish()
    guard let orderID, let ids, let cost else { throw fields.refusal }
    let found = Finding.Content.placed(ids: ids, cost: cost, fundedBy: request.fundedBy)
    return try await tell(orderID, .markPurchased, found, actor, context)
  }

  /// Records that a person saw that the supplier has no order; purchasing ends its generation. Only
  /// after that may it be retried. Replay: the order as it is now.
  ///
  /// FAILED_PRECONDITION (EVIDENCE_REUSED) for what was said about an earlier generation.
  func attestNotPlaced(_ request: AttestNotPlacedRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    try actor.requirePlatformPerson("attest that nothing was placed")
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let evidence = fields.text("evidence", request.evidence, isRequired: true)
    try fields.finish()
    guard let orderID, let evidence else { throw fields.refusal }
    return try await tell(
      orderID, .attestNotPlaced, .notPlaced(evidence: evidence), actor, context)
  }

  /// Lets a person act on an order, where the order's reason allows it. A body that answers nil, and
  /// an action that is neither allowed nor a replay, is `OrdersError.notAllowed`.
  func act(
    _ orderID: String, _ action: OrderAction, _ actor: Actor, _ context: CallContext,
    isReplay: @escaping @Sendable (OrderStore, Order) throws -> Bool = { _, _ in false },
    _ body: @escaping @Sendable (OrderStore, Order) throws -> Order?
  ) async throws -> Order {
    let order = try await book.write { orders in
      let order = try orders.require(orderID)
      try actor.requireAccess(to: order.userID)
      let allowed = OrderActions.allowed(order)
      if allowed.contains(action) {
        if let changed = try body(orders, order) { return changed }
      } else if try isReplay(orders, order) {
        return order
      }
      throw OrdersError.notAllowed(order, action: action)
    }
    context.logger.info(
      "a person acted",
      metadata: ["order": "\(orderID)", "action": "\(action.shortName)", "by": "\(actor)"])
    return order
  }

  static func require(_ amount: Amount, like order: Order, _ field: String) throws {
    if amount.currency == order.price.currency { return }
    var fields = Fields()
    fields.reject(
      field, "is in \(amount.currency.code); it must be in \(order.price.currency.code)")
    throw fields.refusal
  }
}

extension Actor {
  /// Refuses a reseller, whose payouts would follow from what he says, and a service, which has seen
  /// nothing.
  fileprivate func requirePlatformPerson(_ what: String) throws(RPCError) {
    try requirePlatform(what)
    guard self == .system else { return }
    throw RPCError(
      .permissionDenied, "a service may not \(what); an admin or operator may",
      reason: ErrorReason(code: "PERSON_ONLY"))
  }
}

extension Fields {
  fileprivate mutating func supplierOrders(_ ids: [String]) -> [String]? {
    let isValid =
      (1...OrdersService.supplierOrdersMax).contains(ids.count)
      && ids.allSatisfy { id in
        (1...64).contains(id.utf8.count)
          && id.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 }
      }
    if isValid { return ids }
    reject(
      "supplier_order_ids",
      "must be 1 to \(OrdersService.supplierOrdersMax) order numbers of the supplier")
    return nil
  }
}
