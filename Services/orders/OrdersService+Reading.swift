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
    if request.environment != .unspecified {
      selection.environment = fields.environment(request.environment)
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

  /// What waits by itself for this long is shown to a person.
  private static let patienceSeconds: Int64 = 3600

  /// Those that wait longest first. A reseller gets his own.
  func listWaiting(_ request: ListWaitingRequest, _ context: CallContext) async throws
    -> ListWaitingResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    var selection = OrderStore.Selection()
    if request.environment != .unspecified {
      selection.environment = fields.environment(request.environment)
    }
    let seconds = request.longerThanSeconds == 0 ? Self.patienceSeconds : request.longerThanSeconds
    if !(1...31_536_000).contains(seconds) {
      fields.reject("longer_than_seconds", "is \(seconds); it must be 1 to 31536000")
    }
    let size = fields.size(request.pageSize)
    try fields.finish()
    guard let userID else { throw fields.refusal }
    selection.userID = try actor.listed(userID)
    let wanted = selection
    let found = try await book.read { orders in
      try orders.waiting(
        wanted, since: orders.transaction.now - seconds * 1000, limit: size + 1)
    }
    return ListWaitingResponse(
      orders: found.prefix(size).map { .init($0) }, hasMore: found.count > size)
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
