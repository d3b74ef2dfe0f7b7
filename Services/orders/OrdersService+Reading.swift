import Contract
import RPC
import Runtime
import Store

extension OrdersService {
  /// The order as it is now; `waiting` says why it waits, what happens next and who may act.
  func getOrder(_ request: GetOrderRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    return .init(try await find(request.orderID, actor))
  }

  private func find(_ text: String, _ actor: Actor) async throws -> Order {
    var fields = Fields()
    guard let orderID = fields.id("order_id", text) else { throw fields.refusal }
    let order = try await book.read { try $0.require(orderID) }
    try actor.requireAccess(to: order.userID)
    return order
  }

  /// Newest first. A reseller gets his own.
  func listOrders(_ request: ListOrdersRequest, _ context: CallContext) async throws
    -> ListOrdersResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    var selection = OrderStore.Selection()
    if request.state != .unspecified {
      selection.state = Order.State(request.state)
      if selection.state == nil { fields.reject("state", "is \(request.state.name)") }
    }
    let size = fields.size(request.pageSize)
    let before = fields.pageToken(request.pageToken)
    try fields.finish()
    guard let userID else { throw fields.refusal }
    selection.userID = try actor.listed(userID)
    let wanted = selection
    let found = try await book.read {
      try $0.orders(wanted, before: before, limit: size + 1)
    }
    let page = found.prefix(size)
    return ListOrdersResponse(
      orders: page.map { .init($0.1) },
      nextPageToken: found.count > size ? page.last.map { "\($0.0)" } ?? "" : "")
  }

  /// The order's story, oldest first.
  func getOrderHistory(_ request: GetOrderHistoryRequest, _ context: CallContext) async throws
    -> GetOrderHistoryResponse
  {
    let actor = try context.actor()
    let order = try await find(request.orderID, actor)
    let events = try await book.read {
      try $0.history(order.orderID)
    }
    return GetOrderHistoryResponse(events: events.map { .init($0) })
  }
}
