import Money

/// Whether the supplier's orders are paid, and what they cost. Pure.
enum PaymentRules {
  /// Past the supplier's own time limit by this much, an unpaid order has lapsed for certain.
  static let lapseMargin: Int64 = 3600 * 1000
  static let pauseMin: Int64 = 1000
  static let pauseMax: Int64 = 60 * 1000
  /// No supplier gives longer to pay.
  private static let timeoutMax: Int64 = 10_000_000
  /// Pause of polls after the first hour.
  static let oldPause: Int64 = 600 * 1000

  /// How long the supplier may take to charge the account, which it is asked to do at once.
  static let chargeMax: Int64 = 10 * 1000

  /// Paid, whatever became of the goods.
  private static let paidStatuses: Set<String> = [
    "WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS", "FINISH",
  ]
  private static let unpaidStatuses: Set<String> = ["PLACE_ORDER_SUCCESS"]

  enum Verdict: Hashable, Sendable {
    case paid(Cost)
    case waits(PurchaseReason)
    case closed(PurchaseReason)
  }

  /// - Parameters:
  ///   - problem: why the payment failed at the placing, if it did.
  ///   - payer: whose account pays.
  static func verdict(
    on orders: [SupplierOrder], problem: PurchaseReason?, payer: PurchaseReason.Owner = .reseller,
    placedAt: Int64, now: Int64
  ) -> Verdict {
    let closed = orders.filter { isClosed($0, placedAt: placedAt, now: now) }
    if !orders.isEmpty && closed.count == orders.count {
      return .closed(
        PurchaseReason(
          code: .supplierOrderClosed,
          text: "the supplier closed the order before it was paid; try again, or refund",
          owner: .reseller, providerCode: closed.first?.status ?? ""))
    }
    if let first = closed.first {
      return .waits(
        PurchaseReason(
          code: .partlyClosed,
          text: "of \(orders.count) supplier orders \(closed.count) are closed, such as "
            + "\(first.id); settle it with the supplier",
          owner: .platform, providerCode: first.status))
    }
    if let unpaid = orders.first(where: { !paidStatuses.contains($0.status) }) {
      return .waits(problem ?? waiting(for: unpaid, payer, age: now - placedAt))
    }
    return cost(of: orders).map { .paid($0) }
      ?? .waits(
        PurchaseReason(
          code: .priceUnreadable, text: "the supplier does not say what it charged",
          owner: .platform))
  }

  /// Why an order is not paid. What the supplier has not charged in time, it will not by itself; that
  /// it failed to may have been said in an answer that was lost.
  private static func waiting(
    for order: SupplierOrder, _ payer: PurchaseReason.Owner, age: Int64
  ) -> PurchaseReason {
    guard unpaidStatuses.contains(order.status), age >= chargeMax else {
      return PurchaseReason(
        code: .awaitingSupplierPayment, text: "supplier order \(order.id) is not paid yet",
        owner: .nobody, providerCode: order.status)
    }
    return PurchaseReason(
      code: .supplierPaymentFailed,
      text: "supplier order \(order.id) was placed and the account was not charged; pay it there "
        + "before it lapses", owner: payer, providerCode: order.status)
  }

  private static func isClosed(_ order: SupplierOrder, placedAt: Int64, now: Int64) -> Bool {
    if order.status == "FINISH" { return order.isCancelled }
    guard unpaidStatuses.contains(order.status), let seconds = order.payTimeoutSeconds else {
      return false
    }
    return now - placedAt > min(max(seconds, 0), timeoutMax) * 1000 + lapseMargin
  }

  /// The sum over all orders; nil when one is unreadable or they have several currencies.
  static func cost(of orders: [SupplierOrder]) -> Cost? {
    guard let landed = sum(orders.map(\.amount)) else { return nil }
    guard let items = sum(orders.map(\.parts?.items)),
      let shipping = sum(orders.map(\.parts?.shipping)), let tax = sum(orders.map(\.parts?.tax))
    else { return Cost(landed: landed, parts: nil) }
    return Cost(landed: landed, parts: .init(items: items, shipping: shipping, tax: tax))
  }

  static func sum(_ amounts: [Amount?]) -> Amount? {
    guard let first = amounts.first, var total = first else { return nil }
    for amount in amounts.dropFirst() {
      guard let amount, let next = try? total.adding(amount) else { return nil }
      total = next
    }
    return total
  }

  /// When the first of the unpaid orders lapses; 0 when that is not said.
  static func payBy(_ orders: [SupplierOrder], placedAt: Int64) -> Int64 {
    let limits = orders.filter { unpaidStatuses.contains($0.status) }
      .compactMap(\.payTimeoutSeconds).filter { $0 > 0 }
    return limits.min().map { placedAt + min($0, timeoutMax) * 1000 } ?? 0
  }

  /// How long to wait before the next look at an order that was placed `age` ago. The end of the
  /// time to pay it is looked at when it comes.
  static func pollPause(age: Int64, lapsesIn: Int64 = 0) -> Int64 {
    let pause = age > 3600 * 1000 ? oldPause : min(max(pauseMin, age / 2), pauseMax)
    return lapsesIn > 0 ? min(pause, max(lapsesIn, pauseMin)) : pause
  }
}
