/// Goods on their way, as the carrier tells of them. A text that is not told is empty.
struct Parcel: Hashable, Sendable {
  let supplierOrderID: String
  let carrier: String
  let trackingNumber: String
  /// When the carrier saw it first, and last; milliseconds since the epoch, 0 when not told.
  let firstSeenAt: Int64
  let lastSeenAt: Int64
  /// What the carrier said last.
  let lastSeen: String
}

/// How far the goods of a purchase have come. Pure.
enum TrackingRules {
  /// The word of `Tracking.status`.
  enum Status: String, Sendable {
    case notShipped = "NOT_SHIPPED"
    case shipped = "SHIPPED"
    case delivered = "DELIVERED"
    case cancelled = "CANCELLED"
  }

  /// Of `Tracking.supplierStatus`, where orders of one purchase fare differently.
  static let partlyCancelled = "PARTLY_CANCELLED"

  private static let shippedStatuses: Set<String> = [
    "SELLER_PART_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS", "FINISH",
  ]
  /// Those that people want to know of before all others.
  private static let troubledStatuses: Set<String> = ["IN_CANCEL", "IN_ISSUE", "IN_FROZEN"]

  /// Delivered when every order is, shipped when one is on its way; those that were cancelled count
  /// only when all were. FINISH says both delivered and cancelled: the lines tell which.
  static func status(of orders: [SupplierOrder]) -> Status {
    let alive = orders.filter { !$0.isCancelled }
    if alive.isEmpty { return orders.isEmpty ? .notShipped : .cancelled }
    if alive.allSatisfy({ $0.status == "FINISH" }) { return .delivered }
    return alive.contains { shippedStatuses.contains($0.status) } ? .shipped : .notShipped
  }

  /// The supplier's word for all the orders: the one that is in trouble, else the first.
  static func supplierStatus(of orders: [SupplierOrder]) -> String {
    let alive = orders.filter { !$0.isCancelled }
    if let troubled = alive.first(where: { troubledStatuses.contains($0.status) }) {
      return troubled.status
    }
    if !alive.isEmpty && alive.count < orders.count { return partlyCancelled }
    return (alive.first ?? orders.first)?.status ?? ""
  }
}
