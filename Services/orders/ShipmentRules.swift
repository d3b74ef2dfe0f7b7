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

  /// Goods that are left to a person.
  struct Left: Sendable {
    let wait: NewWait
    /// When they are looked at next; nil when that is over.
    let lookAt: Int64?
  }

  /// What is awaited of goods that nobody tells of: the parcel's number; once that is there, their
  /// arrival; and after `stalledAfter` a person is asked whether they have arrived.
  static func left(_ order: Order, _ reason: OrderReason, _ pace: ShipmentPace, now: Int64) -> Left
  {
    let end = order.purchasedAt + pace.endsAfter
    func wait(_ reason: OrderReason, _ next: String, nextAt: Int64 = 0) -> NewWait {
      NewWait(subject: .tracking, reason: reason, next: next, nextAt: nextAt)
    }
    if now > end {
      return Left(wait: wait(notDelivered, "a person submits the tracking"), lookAt: nil)
    }
    let shipment = order.shipment
    guard shipment.shippedAt > 0 else {
      return Left(wait: wait(reason, "a person submits the tracking"), lookAt: end + 1)
    }
    let parcel = "\(shipment.carrier) \(shipment.trackingNumber)"
    let askAt = shipment.shippedAt + pace.stalledAfter
    if now < askAt {
      let awaited = OrderReason(
        code: "ARRIVAL_AWAITED",
        text:
          "the goods are on their way with \(parcel), and nobody tells when they arrive: whoever "
          + "learns of it submits the tracking again, with the time of the delivery",
        owner: "platform")
      return Left(
        wait: wait(
          awaited, "a person is asked whether they have arrived", nextAt: min(askAt, end + 1)),
        lookAt: min(askAt, end + 1))
    }
    let unknown = OrderReason(
      code: "ARRIVAL_UNKNOWN",
      text:
        "the goods left \(days(now - shipment.shippedAt)) ago with \(parcel), and nobody has said "
        + "that they arrived: ask the carrier or the buyer", owner: "platform")
    return Left(
      wait: wait(unknown, "a person submits the tracking, with the time of the delivery"),
      lookAt: end + 1)
  }

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
