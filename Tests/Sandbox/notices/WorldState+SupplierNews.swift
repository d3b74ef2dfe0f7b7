/// What the supplier's push messages tell: that an order is, in which state, and no more.
///
/// Source: AliExpress Open Platform, "How to use Webhook".
extension WorldState {
  /// Posts a message for everything that has happened since the last look.
  mutating func lookForSupplierNews(now: Int64, isSilent: Bool) {
    for order in supplier.orders.values where !order.appKey.isEmpty {
      for status in order.reached(at: now) {
        guard notices.isNews("\(order.id) \(status)"), !isSilent else { continue }
        let message: JSON = [
          "data": [
            "buyerId": .integer(Int64(order.account) ?? 0), "orderId": .integer(order.id),
            "orderStatus": .string(status),
          ],
          "message_type": 53, "seller_id": .string(order.account), "site": "ae_global",
          "timestamp": .integer(now / 1000),
        ]
        notices.post(
          Notice(
            id: "\(order.id)-\(status)", sender: .aliExpress, type: status,
            subject: order.outOrderID, body: message.bytes, dueAt: now))
      }
    }
  }
}

extension SupplierOrder {
  /// The states that it has come to, in order, as messages name them.
  fileprivate func reached(at now: Int64) -> [String] {
    var states = ["OrderCreated"]
    if isPaid(at: now) { states.append("PaymentAuthorized") }
    if isShipped(at: now) { states.append("OrderShipped") }
    if let finishedAt, finishedAt <= now { states.append("OrderConfirmed") }
    if isCancelled(at: now) { states.append("OrderClosed") }
    return states
  }
}
