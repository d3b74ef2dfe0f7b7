public import Outside

extension PayPalClient {
  /// Makes an order that the buyer then approves at `approveURL`.
  ///
  /// The same request id answers with the first order for six hours. An amount that PayPal cannot
  /// express is refused unsent.
  public func createOrder(_ order: NewPayPalOrder) async -> Outcome<PayPalOrder> {
    let value: String
    switch PayPalCurrency.value(of: order.amount) {
    case .done(let text): value = text
    case .refused(let refusal): return .refused(refusal)
    case .unknown(let text): return .unknown(text)
    }
    let outcome = await exchange(
      .createOrder, path: "/v2/checkout/orders", body: order.body(value: value),
      headers: [("PayPal-Request-Id", order.requestID)])
    return Self.read(outcome.flatMap(\.outcome), .createOrder, as: PayPalOrder.init(json:))
  }

  /// Takes the buyer's money for an approved order.
  ///
  /// `done` says what became of the attempt, not that money came: only a capture that is COMPLETED
  /// does. The same request id answers with the first capture for six hours. `ORDER_ALREADY_CAPTURED`
  /// is a refusal here; `getOrder` shows by whom.
  public func captureOrder(_ id: String, requestID: String) async -> Outcome<PayPalOrder> {
    guard Self.isID(id) else { return Self.notAnID(id) }
    let outcome = await exchange(
      .captureOrder, path: "/v2/checkout/orders/\(id)/capture", body: .object([:]),
      headers: [
        ("PayPal-Request-Id", requestID),
        // Without it the answer lacks the fee.
        ("Prefer", "return=representation"),
      ])
    return Self.read(outcome.flatMap(\.outcome), .captureOrder, as: PayPalOrder.init(json:))
  }

  /// Looks at an order and its capture. Changes nothing.
  public func getOrder(_ id: String) async -> Outcome<PayPalOrder> {
    guard Self.isID(id) else { return Self.notAnID(id) }
    let outcome = await exchange(.getOrder, path: "/v2/checkout/orders/\(id)")
    return Self.read(outcome.flatMap(\.outcome), .getOrder, as: PayPalOrder.init(json:))
  }
}
