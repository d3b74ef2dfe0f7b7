import Contract
import RPC
import Runtime
import Store

extension OrdersService {
  /// Takes what a person found about a purchase, and answers once purchasing has taken or refused it,
  /// or near the deadline.
  func tell(
    _ orderID: String, _ action: OrderAction, _ found: Finding.Content, _ actor: Actor,
    _ context: CallContext
  ) async throws -> Contract.Order {
    let listening = book.bell.listen(to: orderID)
    defer { book.bell.close(listening) }
    let order = try await act(
      orderID, action, actor, context,
      isReplay: { try Self.isReplay(found, $0, $1) }
    ) { orders, order in
      try Self.requireNew(found, orders, order)
      try orders.record(found, about: order, foundBy: actor)
      // The answer to a question that was asked before the person spoke must not undo it.
      try orders.complete(.pollPurchase, orderID)
      return try Self.apply(found, to: order, orders, actor)
    }
    return .init(try await newest(order, listening, context) { $0.state != .purchasing })
  }

  private static func apply(
    _ found: Finding.Content, to order: Order, _ orders: OrderStore, _ actor: Actor
  ) throws -> Order? {
    let isUnknown = order.progress.attention == .purchaseUnknown
    let wait = NewWait(
      subject: .purchase,
      reason: OrderReason(
        code: "PURCHASING_IS_TOLD", text: "\(actor) says what became of the purchase"),
      next: "purchasing checks it", nextAt: orders.transaction.now)
    switch found {
    case .notPlaced(let evidence):
      return try orders.apply(
        .attestedNotPlaced, to: order, detail: evidence, actor: actor, wait: wait)
    case .placed(let ids, let cost, let fundedBy):
      guard isUnknown else {
        return try orders.apply(
          .markedPurchased, to: order,
          .init(ids: ids, cost: cost, path: "person", fundedBy: fundedBy), actor: actor)
      }
      return try orders.apply(
        .markedPurchased, to: order,
        detail: "found supplier order \(ids.joined(separator: ", "))", actor: actor, wait: wait)
    }
  }

  /// What was said before about another generation, or another order, is not said again.
  private static func requireNew(
    _ found: Finding.Content, _ orders: OrderStore, _ order: Order
  ) throws {
    switch found {
    case .notPlaced:
      let newest = order.progress.purchaseGeneration
      let before = try orders.findings(order).first {
        $0.content == found && $0.generation != newest
      }
      if let before {
        throw OrdersError.evidenceReused(
          orderID: order.orderID, given: before.generation, newest: newest)
      }
    case .placed(let ids, let cost, let fundedBy):
      try require(cost, like: order, "landed_cost")
      if order.userID == 0 && fundedBy != "platform" {
        var fields = Fields()
        fields.reject("funded_by", "is \(fundedBy); a house order is funded by platform")
        throw fields.refusal
      }
      for id in ids {
        if let other = try orders.claimant(of: id, order.environment), other != order.orderID {
          throw OrdersError.supplierOrderTaken(id: id, by: other)
        }
      }
    }
  }

  /// Whether the same was recorded before.
  ///
  /// - Throws: `OtherContent` when the order is purchased with other figures.
  private static func isReplay(
    _ found: Finding.Content, _ orders: OrderStore, _ order: Order
  ) throws -> Bool {
    let findings = try orders.findings(order)
    if findings.contains(where: { $0.content == found }) { return true }
    guard case .placed(let ids, let cost, let fundedBy) = found, order.state == .purchased else {
      return false
    }
    var stored = (ids: order.supplierOrderIDs, cost: order.landedCost, fundedBy: order.fundedBy)
    if case .placed(let ids, let cost, let fundedBy)? = findings.last?.content {
      stored = (ids, cost, fundedBy)
    }
    try Comparison(kind: "purchase of order", id: order.orderID).require([
      (
        "supplier_order_ids", stored.ids.joined(separator: ","), ids.joined(separator: ",")
      ), ("landed_cost", stored.cost.map { "\($0)" } ?? "", "\(cost)"),
      ("funded_by", stored.fundedBy, fundedBy),
    ])
    return true
  }
}
