/// The supplier: what it sells, whom it knows, and which orders it has.
struct Supplier: Sendable {
  /// A request that was served, remembered by account and out_order_id.
  struct Placement: Sendable {
    let ids: [Int64]
    /// What the answer said besides the ids, such as that the payment failed.
    let note: String?
    let placedAt: Int64
  }

  /// A line of an order to be, and the store that serves it.
  struct PlannedLine: Sendable {
    var storeID: Int64
    var line: SupplierOrder.Line
  }

  struct PlacementKey: Hashable, Sendable {
    let appKey: String
    let account: String
    let outOrderID: String
  }

  /// A refusal of the supplier's business, inside an answer that is a success to the gateway.
  struct Refusal: Error, Sendable, Hashable {
    let code: String
    let message: String
  }

  /// How long an out_order_id is remembered.
  static let guardMilliseconds: Int64 = 86_400_000

  var catalogue = Catalogue()
  var tokens = Tokens()
  private(set) var orders: [Int64: SupplierOrder] = [:]
  private var placements: [PlacementKey: Placement] = [:]
  private var lastID: Int64

  /// Ids go on from the second of birth, so that a world started later does not repeat them.
  init(bornAt: Int64) {
    lastID = 8_190_000_000_000_000 + bornAt / 1000 % 100_000_000 * 100_000
  }

  /// What was placed under an out_order_id within the guard's time.
  func placement(_ key: PlacementKey, now: Int64) -> Placement? {
    guard !key.outOrderID.isEmpty, let placement = placements[key],
      now - placement.placedAt < Self.guardMilliseconds
    else { return nil }
    return placement
  }

  /// Places what the lines say, one order for each store, and remembers it.
  ///
  /// - Parameter paidAt: When the supplier has the money; nil when it is not paid automatically.
  mutating func place(
    _ lines: [PlannedLine], _ key: PlacementKey, _ origin: SupplierOrder.Origin, paidAt: Int64?,
    _ settings: WorldSettings, now: Int64
  ) -> [Int64] {
    var stores: [Int64] = []
    for planned in lines {
      _ = catalogue.change(skuID: planned.line.skuID) { $0.stock -= planned.line.count }
      if !stores.contains(planned.storeID) { stores.append(planned.storeID) }
    }
    var ids: [Int64] = []
    for store in stores {
      lastID += 1
      ids.append(lastID)
      var order = SupplierOrder(
        id: lastID, outOrderID: key.outOrderID, account: key.account, appKey: key.appKey,
        origin: origin, storeID: store, lines: lines.filter { $0.storeID == store }.map(\.line),
        placedAt: now, payTimeoutSeconds: settings.supplierPayTimeout)
      if let paidAt, paidAt - now < settings.supplierPayTimeout * 1000 {
        order.pay(at: paidAt, settings)
      }
      orders[lastID] = order
    }
    return ids
  }

  /// Remembers what was answered for an out_order_id.
  mutating func remember(_ placement: Placement, _ key: PlacementKey) {
    placements[key] = placement
  }

  /// Moves an order by hand; its status after that, nil when there is no such order.
  mutating func move(_ id: Int64, _ event: SupplierOrder.Event, now: Int64) -> String? {
    guard var order = orders[id] else { return nil }
    switch event {
    case .pay: order.paidAt = now
    case .ship:
      order.paidAt = order.paidAt ?? now
      order.shippedAt = now
    case .finish:
      order.paidAt = order.paidAt ?? now
      order.shippedAt = order.shippedAt ?? now
      order.finishedAt = now
    case .cancel: order.cancelledAt = now
    }
    orders[id] = order
    return order.status(at: now)
  }
}
