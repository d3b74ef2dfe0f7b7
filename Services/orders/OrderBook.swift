import Store

/// The orders' database, whose changes are told to those who wait or watch.
struct OrderBook: Sendable {
  let store: Store
  let bell: OrderBell
  var trackingPause = ShipmentPace().pauseMin

  /// Runs a transaction on the orders; what it changed is told once it is committed.
  @discardableResult
  func write<Value: Sendable>(_ body: @escaping @Sendable (OrderStore) throws -> Value)
    async throws -> Value
  {
    let (value, changed) = try await store.write { transaction in
      let orders = OrderStore(transaction: transaction, trackingPause: trackingPause)
      let value = try body(orders)
      return (value, orders.changes.orders)
    }
    for (orderID, owner) in changed { bell.ring(orderID, of: owner) }
    return value
  }

  func read<Value: Sendable>(_ body: @escaping @Sendable (OrderStore) throws -> Value)
    async throws -> Value
  { try await store.read { try body(OrderStore(transaction: $0)) } }

  /// The order of an intent that is still due; one that is not ends here.
  func due(
    _ orderID: String, _ effect: OrderEffect, where isDue: @escaping @Sendable (Order) -> Bool
  ) async throws -> Order? {
    let order = try await read { try $0.order(orderID) }
    if let order, isDue(order) { return order }
    try await write { try $0.complete(effect, orderID) }
    return nil
  }
}

/// Which orders one transaction changes, and whose they are where that is at hand. Never leaves it.
final class OrderChanges {
  private(set) var orders: [String: Int64?] = [:]

  func add(_ order: Order) { orders[order.orderID] = .some(order.userID) }

  func add(_ orderID: String) {
    if orders[orderID] == nil { orders[orderID] = .some(nil) }
  }
}
