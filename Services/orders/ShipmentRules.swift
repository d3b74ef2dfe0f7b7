import Contract

/// What purchasing's word about an order's goods means. Pure.
enum ShipmentRules {
  enum Verdict: Hashable, Sendable {
    case waiting
    case shipped
    case delivered
  }

  static func verdict(_ tracking: Tracking) -> Verdict {
    switch tracking.status {
    case "SHIPPED": .shipped
    case "DELIVERED": .delivered
    default: .waiting
    }
  }

  /// What somebody should see to; nil while the goods travel as goods do.
  static func trouble(_ tracking: Tracking, _ order: Order, _ pace: ShipmentPace, now: Int64)
    -> OrderReason?
  {
    if tracking.status == "CANCELLED" {
      return OrderReason(
        code: "SUPPLIER_CANCELLED",
        text: "the supplier cancelled what was paid; get the money back from it, then settle the "
          + "order with the buyer", owner: "platform", providerCode: tracking.supplierStatus)
    }
    if let (code, text) = words[tracking.supplierStatus] {
      return OrderReason(
        code: code, text: text, owner: "platform", providerCode: tracking.supplierStatus)
    }
    switch verdict(tracking) {
    case .delivered: return nil
    case .waiting where order.state == .purchased:
      guard now - order.purchasedAt > pace.shipWithin else { return nil }
      return OrderReason(
        code: "NOT_SHIPPED_IN_TIME",
        text: "the supplier has not shipped the goods \(days(now - order.purchasedAt)) after they "
          + "were bought; ask it, or open a dispute there", owner: "supplier",
        providerCode: tracking.supplierStatus)
    case .waiting, .shipped:
      let seenAt = max(tracking.lastSeenAt?.milliseconds ?? 0, order.shipment.shippedAt)
      guard seenAt > 0, now - seenAt > pace.stalledAfter else { return nil }
      return OrderReason(
        code: "PARCEL_STALLED",
        text: "no carrier has seen the goods for \(days(now - seenAt)); they may be lost: ask the "
          + "carrier, or open a dispute with the supplier", owner: "platform")
    }
  }

  /// The supplier's words for goods that need somebody, though they were not cancelled.
  private static let words: [String: (code: String, text: String)] = [
    "PARTLY_CANCELLED": (
      "SUPPLIER_CANCELLED_PART",
      "the supplier cancelled a part of what was paid; settle it with the supplier"
    ),
    "IN_CANCEL": (
      "SUPPLIER_CANCELS", "a cancellation of what was paid is under way at the supplier"
    ),
    "IN_ISSUE": ("SUPPLIER_DISPUTE", "a dispute about the goods is open at the supplier"),
    "IN_FROZEN": ("SUPPLIER_FROZEN", "the supplier's order is frozen; ask the supplier why"),
  ]

  static let notDelivered = OrderReason(
    code: "NOT_DELIVERED",
    text: "the goods have not arrived in the time that any parcel takes; they are not asked about "
      + "any more", owner: "platform")

  /// Refusals of purchasing that no time cures: somebody has to tell.
  static func isForPersons(_ error: CallRefusal) -> Bool {
    ["TRACKED_BY_PERSON", "NOTHING_TO_TRACK"].contains(error.reason) || error.isNotFound
  }

  /// What a call was refused with, as the rules see it.
  struct CallRefusal: Hashable, Sendable {
    let reason: String
    let isNotFound: Bool
  }

  /// How long after the carrier we learn of an event; nil when the carrier's time is not told.
  static func lag(of event: OrderEvent, _ tracking: Tracking, now: Int64) -> Int64? {
    let seen =
      switch event {
      case .shipped: tracking.firstSeenAt
      case .delivered: tracking.lastSeenAt
      default: Timestamp?.none
      }
    guard let seenAt = seen?.milliseconds, seenAt > 0, seenAt <= now else { return nil }
    return now - seenAt
  }

  /// A time span for people: days, or seconds where it is shorter.
  private static func days(_ milliseconds: Int64) -> String {
    let days = milliseconds / (24 * 3600 * 1000)
    return days > 0 ? "\(days) days" : "\(milliseconds / 1000) s"
  }
}
