import Contract
import Support

/// What all services and the outside world say about one order, for whoever looks for a fault.
struct Story: Sendable {
  let cluster: Cluster
  let aftermath: Aftermath

  func tell(_ orderID: String) async -> [String] {
    var lines: [String] = []
    if let order = aftermath.orders[orderID] {
      let waiting = order.waiting.map { ", waits: \($0.json(pretty: false))" } ?? ""
      lines.append("order: \(order.state.shortName)\(waiting)")
    }
    let history = try? await cluster.orders.getOrderHistory(
      .init(orderID: orderID), options: Market.options)
    for event in history?.events ?? [] {
      lines.append(
        "  \(event.recordedAt?.milliseconds ?? 0) \(event.cause) -> \(event.to.shortName) by "
          + "\(event.actor): \(event.detail)")
    }
    let purchase = try? await cluster.purchasing.getPurchase(
      .init(orderID: orderID), options: Market.options)
    if let purchase {
      lines.append(
        "purchase: \(purchase.state.shortName) generation \(purchase.generation) "
          + "\(purchase.supplierOrderIDs) \(purchase.reason?.code ?? "")")
    }
    for attempt in purchase?.attempts ?? [] {
      lines.append(
        "  \(attempt.startedAt?.milliseconds ?? 0) to \(attempt.endedAt?.milliseconds ?? 0) "
          + "\(attempt.key) \(attempt.outcome.shortName) \(attempt.reason?.code ?? "") "
          + "[\(attempt.reason?.providerCode ?? "")]")
    }
    for payout in aftermath.payouts[orderID] ?? [] {
      lines.append(
        "payout: \(payout.payoutID) \(payout.state.shortName) generation \(payout.generation) "
          + "\(payout.amount?.minorUnits ?? 0) of \(payout.due?.minorUnits ?? 0) "
          + "\(payout.reason?.code ?? "")")
    }
    return lines + truth(orderID)
  }

  private func truth(_ orderID: String) -> [String] {
    let truth = aftermath.truth
    return truth.paypal.captures.filter { $0.customID == orderID }.map {
      "truth: capture \($0.id) \($0.amount) \($0.status)"
    }
      + truth.paypal.refunds.filter { $0.customID == orderID }.map {
        "truth: refund \($0.requestID) \($0.amount) \($0.status)"
      }
      + truth.aliexpress.orders.filter { $0.boughtFor == orderID }.map {
        "truth: supplier order \($0.id) \($0.path) \($0.outOrderID) \($0.count) pieces \($0.status)"
      }
      + truth.paypal.payouts.filter { $0.senderItemID.hasPrefix(orderID) }.map {
        "truth: transfer \($0.senderItemID) \($0.amount) \($0.status)"
      }
  }
}
