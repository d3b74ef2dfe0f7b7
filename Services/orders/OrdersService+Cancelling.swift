import Contract
import Logging
import RPC
import Runtime
import Store

extension OrdersService {
  /// Ends a checkout that is not paid, or gives the buyer's money back where certainly nothing was
  /// bought; answers once PayPal has, or near the deadline. While a capture or a purchase is under way
  /// the wish is remembered and honoured at its outcome. Replay: the order as it is now.
  ///
  /// FAILED_PRECONDITION: PURCHASE_MAY_EXIST, GOODS_BOUGHT, ACTION_NOT_ALLOWED.
  func cancelOrder(_ request: CancelOrderRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let reason = fields.text("reason", request.reason)
    try fields.finish()
    guard let orderID, let reason else { throw fields.refusal }
    let listening = book.bell.listen(to: orderID)
    defer { book.bell.close(listening) }
    let order = try await book.write { orders in
      let order = try orders.require(orderID)
      try actor.requireAccess(to: order.userID)
      return try Self.cancel(orders, order, reason, actor)
    }
    CrashPoint.reached(OrdersStep.refundIntentCommitted)
    context.logger.info(
      "a person acted", metadata: ["order": "\(orderID)", "action": "CANCEL", "by": "\(actor)"])
    return .init(try await newest(order, listening, context) { $0.state != .refunding })
  }

  private static func cancel(
    _ orders: OrderStore, _ order: Order, _ reason: String, _ actor: Actor
  ) throws -> Order {
    func apply(_ event: OrderEvent) throws -> Order {
      guard let changed = try orders.apply(event, to: order, detail: reason, actor: actor) else {
        preconditionFailure("what is decided about an order in its own transaction holds")
      }
      return changed
    }
    switch CancelRules.decide(order) {
    case .cancel: return try apply(.cancelled)
    case .remember: return try apply(.cancelRequested)
    case .refund: return try apply(.refundRequested)
    case .replay: return order
    case .refuse(.purchaseMayExist): throw OrdersError.purchaseMayExist(orderID: order.orderID)
    case .refuse(.goodsBought):
      throw OrdersError.goodsBought(orderID: order.orderID, state: order.state.rawValue)
    case .refuse(.notAllowed):
      throw OrdersError.notAllowed(order, action: .cancel)
    }
  }
}

extension OrdersError {
  /// An action that neither the state nor the reason of an order allows.
  static func notAllowed(_ order: Order, action: OrderAction) -> OrdersError {
    .notAllowed(
      orderID: order.orderID, action: action.shortName,
      state: order.progress.attention.map { "\(order.state.rawValue) (\($0.rawValue))" }
        ?? order.state.rawValue, allowed: OrderActions.allowed(order).map(\.shortName))
  }
}
