import Contract
import RPC
import Runtime

extension OrdersService {
  /// Orders of a page that is read at a time at the beginning.
  private static let watchPage = 100

  /// The orders as they are now, newest first, then each again whenever it changes or waits for
  /// something else; with `changes_only` the changes alone. Changes that come close together may be
  /// shown as one. A reseller sees his own.
  ///
  /// The answer begins when nothing that changes from then on is missed.
  ///
  /// Ends with UNAVAILABLE (STOPS) when the service stops. RESOURCE_EXHAUSTED: TOO_MANY_WATCH,
  /// WATCHED_TOO_SLOWLY.
  func watchOrders(
    _ request: WatchOrdersRequest, _ context: CallContext,
    _ responses: ResponseStream<Contract.Order>
  ) async throws {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    let orderID =
      request.orderID.isEmpty ? nil : fields.id("order_id", request.orderID)
    try fields.finish()
    guard let userID else { throw fields.refusal }
    let owner = try actor.listed(userID)
    guard let listening = book.bell.listen(to: orderID, of: owner) else {
      throw book.bell.isOver ? OrdersError.stops : OrdersError.tooManyWatch
    }
    defer { book.bell.close(listening) }
    let order = try await book.read { orders in try orderID.map { try orders.require($0) } }
    if let order {
      try actor.requireAccess(to: order.userID)
      guard [nil, order.userID].contains(owner) else {
        throw NotFound(kind: "order of user \(request.userID)", id: order.orderID)
      }
    }
    responses.begin()
    if !request.changesOnly {
      if let order { try await responses.write(.init(order)) }
      if order == nil { try await writeAll(owner, responses) }
    }
    try await follow(listening, owner, responses)
  }

  private func writeAll(_ owner: Int64?, _ responses: ResponseStream<Contract.Order>) async throws {
    let selection = OrderStore.Selection(userID: owner)
    var before: Int64 = 0
    while true {
      let last = before
      let page = try await book.read {
        try $0.orders(selection, before: last, limit: Self.watchPage)
      }
      for (_, order) in page { try await responses.write(.init(order)) }
      guard let (number, _) = page.last, page.count == Self.watchPage else { return }
      before = number
    }
  }

  private func follow(
    _ listening: OrderBell.Listening, _ owner: Int64?, _ responses: ResponseStream<Contract.Order>
  ) async throws {
    while true {
      let rung: Set<String>?
      do throws(OrderBell.MissedRings) {
        rung = try await book.bell.next(listening)
      } catch {
        throw OrdersError.watchedTooSlowly
      }
      guard let rung else { throw OrdersError.stops }
      for orderID in rung.sorted() {
        let order = try await book.read { try $0.require(orderID) }
        if owner == nil || owner == order.userID { try await responses.write(.init(order)) }
      }
    }
  }
}
