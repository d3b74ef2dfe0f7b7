/// What the supplier's push messages tell: that an order is, in which state, and no more.
///
/// Source: AliExpress Open Platform, "How to use Webhook".
extension WorldState {
  /// Posts a message for everything that has happened since the last look, the oldest order's first.
  mutating func lookForSupplierNews(now: Int64, isSilent: Bool) {
    var news: [(order: SupplierOrder, states: [String])] = []
    for order in supplier.orders.values where !order.appKey.isEmpty {
      let states = order.reached(at: now).filter { notices.isNews("\(order.id) \($0)") }
      if !states.isEmpty { news.append((order, states)) }
    }
    if isSilent { return }
    for (order, states) in news.sorted(by: { $0.order.id < $1.order.id }) {
      for status in states { tell(order, status, now: now) }
    }
  }

  private mutating func tell(_ order: SupplierOrder, _ status: String, now: Int64) {
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
