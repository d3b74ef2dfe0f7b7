import Contract
import Support

/// Everything that the services and the outside world say when a run is over.
struct Aftermath: Sendable {
  let orders: [String: Contract.Order]
  let payouts: [String: [Payout]]
  let truth: SandboxControl.Truth

  static func read(_ people: Operator) async throws -> Aftermath {
    let orders = try await people.orders(in: .unspecified)
    let payouts = try await people.payouts(in: .unspecified)
    return Aftermath(
      orders: Dictionary(orders.map { ($0.orderID, $0) }) { first, _ in first },
      payouts: Dictionary(grouping: payouts, by: \.orderID),
      truth: try await people.cluster.sandbox.truth())
  }

  /// What is not over yet: orders and payouts, with why.
  var open: [String] {
    let orders = orders.values.filter { !Self.isOver($0) }.map { order in
      "\(order.orderID) is \(order.state.shortName) (\(order.waiting?.reason?.code ?? "-"))"
    }
    let payouts = payouts.values.joined().filter { !Self.isOver($0) }.map { payout in
      "\(payout.payoutID) is \(payout.state.shortName) (\(payout.reason?.code ?? "-"))"
    }
    return orders.sorted() + payouts.sorted()
  }

  /// Orders that wait and do not say why.
  var silent: [String] {
    orders.values.filter { !Self.isOver($0) && $0.waiting?.reason?.code.isEmpty != false }
      .map(\.orderID)
  }

  /// How many there are of each thing that is not over, in one line.
  var summary: String {
    let orders = orders.values.filter { !Self.isOver($0) }.map {
      "\($0.state.shortName) \($0.waiting?.reason?.code ?? "-")"
    }
    let payouts = payouts.values.joined().filter { !Self.isOver($0) }.map {
      "payout \($0.state.shortName) \($0.reason?.code ?? "-")"
    }
    let counts = Dictionary(grouping: orders + payouts) { $0 }.mapValues(\.count)
    let open = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return "\(self.orders.count) orders, not settled: "
      + (open.isEmpty ? "none" : open.joined(separator: ", "))
  }

  static func isOver(_ order: Contract.Order) -> Bool {
    switch order.state {
    case .purchased, .shipped, .delivered: order.isCaptureBooked && order.isSaleBooked
    case .refunded: order.isCaptureBooked && order.isRefundBooked
    case .cancelled, .expired: true
    case .awaitingPayment, .capturing, .paymentPending, .paid, .purchasing, .needsAttention,
      .refunding, .unspecified, .unrecognized:
      false
    }
  }

  /// What is owed by somebody whose losses come first is over for now.
  static func isOver(_ payout: Payout) -> Bool {
    switch payout.state {
    case .paid, .notDue: true
    case .pending:
      ["PAYEE_BALANCE_TOO_LOW", "AMOUNT_TOO_SMALL"].contains(payout.reason?.code ?? "")
    default: false
    }
  }
}

extension SandboxControl.Truth.SupplierOrder {
  /// Which order it was bought for: its key says it, or in the shop's pages its address.
  var boughtFor: String? {
    Scenario.orderID(in: outOrderID) ?? Scenario.orderID(in: address.address)
  }
}
