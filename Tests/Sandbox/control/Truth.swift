import Money

/// What really happened out there, of all orders or of those whose id starts with a prefix.
struct Truth: Sendable {
  let captures: [(order: PayPalOrder, capture: PayPalCapture)]
  let refunds: [PayPalRefund]
  let payouts: [PayoutItem]
  let orders: [SupplierOrder]
  /// All exchanges for tokens, oldest first, whatever the prefix.
  let exchanges: [Tokens.Exchange]
  let balances: [String: Int64]
  let now: Int64

  init(state: WorldState, prefix: String, now: Int64) {
    self.now = now
    captures = state.payPal.orders.values.compactMap { order in
      guard let capture = order.capture, order.customID.hasPrefix(prefix) else { return nil }
      return (order, capture)
    }.sorted { $0.capture.id < $1.capture.id }
    refunds = state.payPal.refunds.values.filter { $0.customID.hasPrefix(prefix) }
      .sorted { $0.id < $1.id }
    payouts = state.payPal.payouts.values.flatMap(\.items)
      .filter { $0.senderItemID.hasPrefix(prefix) }.sorted { $0.id < $1.id }
    orders = state.supplier.orders.values.filter { $0.outOrderID.hasPrefix(prefix) }
      .sorted { $0.id < $1.id }
    exchanges = state.supplier.tokens.exchanges
    balances = state.payPal.balances
  }

  var json: JSON {
    [
      "paypal": [
        "captures": .array(captures.map(json)), "refunds": .array(refunds.map(json)),
        "payouts": .array(payouts.map(json)),
        "balances": .object(
          balances.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .integer($0.value)) }
        ),
      ],
      "aliexpress": [
        "orders": .array(orders.map(json)), "exchanges": .array(exchanges.map(json)),
      ],
    ]
  }

  private func json(_ order: PayPalOrder, _ capture: PayPalCapture) -> JSON {
    [
      "id": .string(capture.id), "orderID": .string(order.id),
      "customID": .string(order.customID), "amount": .string(capture.amount.decimal),
      "currency": .string(capture.amount.currency.code), "fee": .string(capture.fee.decimal),
      "status": .string(capture.status(at: now).rawValue),
    ]
  }

  private func json(_ refund: PayPalRefund) -> JSON {
    [
      "id": .string(refund.id), "captureID": .string(refund.captureID),
      "customID": .string(refund.customID), "requestID": .string(refund.requestID),
      "amount": .string(refund.amount.decimal),
      "currency": .string(refund.amount.currency.code),
      "status": .string(refund.status(at: now).rawValue),
    ]
  }

  private func json(_ item: PayoutItem) -> JSON {
    [
      "id": .string(item.id), "senderItemID": .string(item.senderItemID),
      "senderBatchID": .string(item.senderBatchID), "receiver": .string(item.receiver),
      "amount": .string(item.amount.decimal), "currency": .string(item.amount.currency.code),
      "fee": .string(item.fee.decimal), "status": .string(item.status(at: now).rawValue),
    ]
  }

  private func json(_ order: SupplierOrder) -> JSON {
    [
      "id": .string(String(order.id)), "outOrderID": .string(order.outOrderID),
      "account": .string(order.account), "appKey": .string(order.appKey),
      "skuID": .string(order.lines.first?.skuID ?? ""),
      "count": .integer(order.lines.first?.count ?? 0),
      "amount": .string(usd(order.total)), "status": .string(order.status(at: now)),
      "path": .string(order.origin.path.rawValue), "address": order.origin.address,
    ]
  }
  private func json(_ exchange: Tokens.Exchange) -> JSON {
    [
      "kind": .string(exchange.kind.rawValue), "text": .string(exchange.text),
      "account": .string(exchange.account), "granted": .bool(exchange.isGranted),
    ]
  }
}
