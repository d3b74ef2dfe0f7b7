import Contract
import Money

/// What purchasing's answers mean for an order. Pure.
enum PurchaseRules {
  enum Verdict: Hashable, Sendable {
    case purchased(cost: Amount)
    /// The supplier certainly has no order; purchasing's reason.
    case refused(OrderReason)
    /// Purchasing cannot find out by itself.
    case unknown(OrderReason)
    /// It is bought; what was charged is not known in the order's currency.
    case costMissing(OrderReason)
    /// It goes on; `nextAt` is 0 when purchasing does not say when.
    case open(OrderReason, nextAt: Int64)
  }

  static func verdict(_ purchase: Purchase, for order: Order) -> Verdict {
    let nextAt = purchase.nextAt?.milliseconds ?? 0
    switch purchase.state {
    case .purchased:
      guard let cost = cost(purchase, order.price.currency), !purchase.supplierOrderIDs.isEmpty
      else {
        return .costMissing(
          OrderReason(
            code: "PURCHASE_COST_UNKNOWN",
            text: "the goods are bought; what the supplier charged is not known in "
              + "\(order.price.currency.code); mark the order purchased with the cost",
            owner: "platform"))
      }
      return .purchased(cost: cost)
    case .refused, .closed:
      guard purchase.generation == Int32(order.progress.purchaseGeneration) else {
        return .open(underWay, nextAt: nextAt)
      }
      return .refused(
        reason(purchase, else: "PURCHASE_REFUSED", "the purchase was refused", owner: "platform"))
    case .unknown where purchase.nextAt == nil:
      return .unknown(
        reason(
          purchase, else: "PURCHASE_UNKNOWN", "nobody knows whether the supplier has the order",
          owner: "platform"))
    case .unknown, .requested, .placing, .awaitingSupplierPayment, .unspecified, .unrecognized:
      return .open(purchase.reason.map { OrderReason($0) } ?? underWay, nextAt: nextAt)
    }
  }

  private static let underWay = OrderReason(
    code: "PURCHASE_UNDER_WAY", text: "the goods are being bought")

  private static func reason(
    _ purchase: Purchase, else code: String, _ text: String, owner: String
  ) -> OrderReason {
    guard let reason = purchase.reason, !reason.code.isEmpty else {
      return OrderReason(code: code, text: text, owner: owner)
    }
    return OrderReason(reason)
  }

  /// What the supplier charged, in the order's currency; nil when it is missing or something else.
  private static func cost(_ purchase: Purchase, _ currency: Currency) -> Amount? {
    guard let cost = purchase.landedCost, cost.currency == currency.code, cost.minorUnits >= 0
    else { return nil }
    return Amount(minorUnits: cost.minorUnits, currency: currency)
  }
}
