/// What a call asks PayPal for, read from its path and body.
enum PayPalRequest: Sendable {
  case createOrder(CreatePayPalOrder)
  case order(String)
  case capture(order: String)
  case captureDetails(String)
  case refund(CreatePayPalRefund)
  case refundDetails(String)
  case createPayout(CreatePayout)
  case payout(String)
  case payoutItem(String)
  case cancelItem(String)
  case transactions(TransactionQuery)

  init(_ call: Call, _ path: [Substring]) throws(PayPalRefusal) {
    let id = String(path.count > 3 ? path[3] : "")
    switch (call.verb, path.prefix(3).joined(separator: "/"), path.count) {
    case (.post, "v2/checkout/orders", 3): self = .createOrder(try CreatePayPalOrder(call))
    case (.get, "v2/checkout/orders", 4): self = .order(id)
    case (.post, "v2/checkout/orders", 5) where path[4] == "capture":
      guard call.isJSON else { throw .mediaType }
      guard call.body.isEmpty || (try? JSON(reading: call.body)) != nil else {
        throw .invalid("MALFORMED_REQUEST_JSON", "/")
      }
      self = .capture(order: id)
    case (.get, "v2/payments/captures", 4): self = .captureDetails(id)
    case (.post, "v2/payments/captures", 5) where path[4] == "refund":
      self = .refund(try CreatePayPalRefund(capture: id, call))
    case (.get, "v2/payments/refunds", 4): self = .refundDetails(id)
    case (.post, "v1/payments/payouts", 3): self = .createPayout(try CreatePayout(call))
    case (.get, "v1/payments/payouts", 4): self = .payout(id)
    case (.get, "v1/payments/payouts-item", 4): self = .payoutItem(id)
    case (.post, "v1/payments/payouts-item", 5) where path[4] == "cancel": self = .cancelItem(id)
    case (.get, "v1/reporting/transactions", 3):
      self = .transactions(try TransactionQuery(call.query))
    default: throw .notFound
    }
  }

  /// The body, which must be a JSON object.
  static func body(_ call: Call) throws(PayPalRefusal) -> JSON {
    guard call.isJSON else { throw .mediaType }
    guard let value = try? JSON(reading: call.body), value.members != nil else {
      throw .invalid("MALFORMED_REQUEST_JSON", "/")
    }
    return value
  }

  /// What a fault's `match` is looked for in, besides path and `PayPal-Request-Id`.
  var keys: [String] {
    switch self {
    case .createOrder(let order): [order.customID]
    case .createPayout(let payout): payout.items.map(\.senderItemID)
    default: []
    }
  }
}
