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
  /// a raised ceiling when given; a booking, or a capture that is looked up anew.
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
    return try await act(orderID, .retry, actor, context) { orders, order in
      var facts: [OrderStore.Fact] = []
      if let shipTo { facts.append(.init("correctedAddress", .blob(try shipTo.protobuf()))) }
      if let raised {
        try Self.require(raised, like: order, "cost_ceiling")
        facts.append(.init("raisedCeiling", .integer(raised.minorUnits)))
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
    }
  }

  /// Records that a person bought the goods, or found the order that was placed. Replay: the order as
  /// it is now.
  func markPurchased(_ request: MarkPurchasedRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
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
    let fundedBy = request.fundedBy
    return try await act(orderID, .markPurchased, actor, context) { orders, order in
      try Self.require(cost, like: order, "landed_cost")
      if order.state == .purchased {
        try Comparison(kind: "purchase of order", id: orderID).require([
          (
            "supplier_order_ids", order.supplierOrderIDs.joined(separator: ","),
            ids.joined(separator: ",")
          ), ("landed_cost", order.landedCost.map { "\($0)" } ?? "", "\(cost)"),
          ("funded_by", order.fundedBy, fundedBy),
        ])
        return order
      }
      return try orders.apply(
        .markedPurchased, to: order,
        detail: "supplier order \(ids.joined(separator: ", ")) for \(cost), by a person",
        actor: actor,
        facts: [
          .init("supplierOrderIDs", .text(ids.joined(separator: "\n"))),
          .init("landedCost", .integer(cost.minorUnits)), .init("purchasePath", .text("person")),
          .init("fundedBy", .text(fundedBy)),
          .init("purchasedAt", .integer(orders.transaction.now)),
        ])
    }
  }

  /// Records that a person saw that the supplier has no order. Only after that may it be retried.
  func attestNotPlaced(_ request: AttestNotPlacedRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    try actor.requirePlatform("attest that nothing was placed")
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let evidence = fields.text("evidence", request.evidence, isRequired: true)
    try fields.finish()
    guard let orderID, let evidence else { throw fields.refusal }
    return try await act(orderID, .attestNotPlaced, actor, context) { orders, order in
      try orders.apply(
        .attestedNotPlaced, to: order, detail: evidence, actor: actor,
        wait: NewWait(
          subject: .purchase,
          reason: OrderReason(
            code: "NOT_PLACED", text: "\(actor) attests that nothing was placed: \(evidence)",
            owner: "platform"), next: "one of the allowed actions", nextAt: 0))
    }
  }

  /// Ends a checkout that is not paid. Replay: the order as it is now.
  func cancelOrder(_ request: CancelOrderRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let reason = fields.text("reason", request.reason)
    try fields.finish()
    guard let orderID, let reason else { throw fields.refusal }
    return try await act(orderID, .cancel, actor, context) { orders, order in
      if order.state == .cancelled { return order }
      return try orders.apply(.cancelled, to: order, detail: reason, actor: actor)
    }
  }

  /// Lets a person act on an order, where the order's reason allows it. A body that answers nil, and
  /// an action that is not allowed, is `OrdersError.notAllowed`.
  private func act(
    _ orderID: String, _ action: OrderAction, _ actor: Actor, _ context: CallContext,
    _ body: @escaping @Sendable (OrderStore, Order) throws -> Order?
  ) async throws -> Contract.Order {
    let order = try await store.write { transaction in
      let orders = OrderStore(transaction: transaction)
      let order = try orders.require(orderID)
      try actor.requireAccess(to: order.userID)
      let allowed = OrderActions.allowed(order)
      let isReplay =
        (action == .markPurchased && order.state == .purchased)
        || (action == .cancel && order.state == .cancelled)
      guard allowed.contains(action) || isReplay, let changed = try body(orders, order) else {
        throw OrdersError.notAllowed(
          orderID: orderID, action: action.shortName,
          state: order.progress.attention.map { "\(order.state.rawValue) (\($0.rawValue))" }
            ?? order.state.rawValue, allowed: allowed.map(\.shortName))
      }
      return changed
    }
    bell.ring(order)
    context.logger.info(
      "a person acted",
      metadata: ["order": "\(orderID)", "action": "\(action.shortName)", "by": "\(actor)"])
    return .init(order)
  }

  private static func require(_ amount: Amount, like order: Order, _ field: String) throws {
    if amount.currency == order.price.currency { return }
    var fields = Fields()
    fields.reject(
      field, "is in \(amount.currency.code); it must be in \(order.price.currency.code)")
    throw fields.refusal
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
