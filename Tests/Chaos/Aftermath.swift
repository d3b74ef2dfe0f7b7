import Contract
import Support

/// Everything that the services and the outside world say when a run is over.
struct Aftermath: Sendable {
  let orders: [String: Contract.Order]
  let payouts: [String: [Payout]]
  let truth: SandboxControl.Truth
  /// Payees with a payout that came back, whose accounts hold nothing that could be sent again.
  let paidOff: Set<String>

  static func read(_ people: Operator) async throws -> Aftermath {
    let orders = try await people.orders(in: .unspecified)
    let payouts = try await people.payouts(in: .unspecified)
    return Aftermath(
      orders: Dictionary(orders.map { ($0.orderID, $0) }) { first, _ in first },
      payouts: Dictionary(grouping: payouts, by: \.orderID),
      truth: try await people.cluster.sandbox.truth(), paidOff: try await paidOff(payouts, people))
  }

  private static func paidOff(_ payouts: [Payout], _ people: Operator) async throws -> Set<String> {
    var found: Set<String> = []
    for payee in Set(payouts.filter(cameBack).map(\.payee)) {
      let account = payee == "admin" ? "adminPayable" : payee
      let balance = try await people.cluster.ledger.getBalance(
        .init(account: account, environment: .sandbox, currency: "USD"), options: Market.options)
      if balance.balance?.minorUnits ?? 0 <= 0 { found.insert(payee) }
    }
    return found
  }

  private static func cameBack(_ payout: Payout) -> Bool {
    payout.state == .failed || payout.state == .returned
  }

  /// What is not over yet: orders and payouts, with why.
  var open: [String] {
    let orders = orders.values.filter { !Self.isOver($0) }.map { order in
      "\(order.orderID) is \(order.state.shortName) (\(order.waiting?.reason?.code ?? "-"))"
    }
    let payouts = payouts.values.joined().filter { !isOver($0) }.map { payout in
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
    let payouts = payouts.values.joined().filter { !isOver($0) }.map {
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

  /// What is owed to somebody whose losses come first is over for now, and so is what came back when
  /// another payout has taken it along.
  private func isOver(_ payout: Payout) -> Bool {
    switch payout.state {
    case .paid, .notDue: true
    case .failed, .returned: paidOff.contains(payout.payee)
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
