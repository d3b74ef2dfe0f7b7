import Contract
import Logging
import RPC
import Runtime
import Store

/// Carries out the intent of tracking: asks purchasing how far an order's goods have come.
///
/// It only reads, so an answer that is lost costs nothing but time.
struct ShipmentWork: Sendable {
  let book: OrderBook
  let purchasing: PurchasingClient
  var pace = ShipmentPace()
  let lags = ShipmentLags()
  let logger: Logger

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [OrderEffect.pollTracking.rawValue: { try await poll($0) }]
  }

  private func poll(_ intent: Intent) async throws {
    guard
      let order = try await book.due(
        intent.subject, .pollTracking, where: Self.isUnderWay)
    else { return }
    let outcome = await CallOutcome {
      try await purchasing.getTracking(
        .init(orderID: order.orderID),
        options: .own(order.orderID, timeout: CallRules.purchaseTimeout))
    }
    try Task.checkCancellation()
    switch outcome {
    case .done(let tracking): try await settle(tracking, order)
    case .refused(let error):
      let reason = CallRules.refused("purchasing", error)
      let refusal = ShipmentRules.CallRefusal(
        reason: error.reason?.code ?? "", isNotFound: error.code == .notFound)
      if ShipmentRules.isForPersons(refusal) { return try await leave(order, reason) }
      try await wait(order, reason)
    case .unreachable(let error):
      try await wait(order, CallRules.unreachable("purchasing", error))
    }
  }

  private static func isUnderWay(_ order: Order) -> Bool {
    [.purchased, .shipped].contains(order.state)
  }

  /// The order as it is now; nil, with nothing left to ask, when its goods are under way no more.
  private static func current(_ order: Order, _ orders: OrderStore) throws -> Order? {
    if let order = try orders.order(order.orderID), isUnderWay(order) { return order }
    try orders.complete(.pollTracking, order.orderID)
    return nil
  }

  private func settle(_ tracking: Tracking, _ order: Order) async throws {
    let now = try await book.read { $0.transaction.now }
    let reason =
      ShipmentRules.trouble(tracking, order, pace, now: now)
      ?? tracking.reason.map { OrderReason($0) }
    switch ShipmentRules.verdict(tracking) {
    case .waiting: try await wait(order, reason)
    case .shipped where order.state == .shipped && !order.shipment.differs(from: tracking):
      try await wait(order, reason)
    case .shipped:
      try await record(
        order.state == .shipped ? .trackingChanged : .shipped, tracking, order, reason)
    case .delivered: try await record(.delivered, tracking, order, nil)
    }
  }

  private func record(
    _ event: OrderEvent, _ tracking: Tracking, _ order: Order, _ reason: OrderReason?
  ) async throws {
    let lag = try await book.write { orders -> Int64?? in
      let now = orders.transaction.now
      let lag = ShipmentRules.lag(of: event, tracking, now: now)
      let due = now + pace.pause(age: now - order.purchasedAt)
      let changed = try orders.apply(
        event, to: order, detail: tracking.detail(lag),
        facts: orders.shipmentFacts(event, order.shipment, .init(tracking), lag: lag),
        ending: .tracking, wait: reason.map { Self.looksAgain($0, at: due) })
      // Where the order has moved meanwhile, what was told is asked for again.
      let isUnderWay = try orders.order(order.orderID).map(Self.isUnderWay) ?? false
      if !isUnderWay {
        try orders.complete(.pollTracking, order.orderID)
      } else {
        try orders.transaction.postpone(
          OrderEffect.pollTracking.rawValue, order.orderID, until: due, note: tracking.status)
      }
      return changed == nil ? nil : .some(lag)
    }
    guard let lag else { return }
    if let lag { lags.record(lag, of: event) }
    logger.info(
      "goods tracked",
      metadata: [
        "order": "\(order.orderID)", "event": "\(event.rawValue)",
        "lagMilliseconds": "\(lag.map { "\($0)" } ?? "")",
      ])
  }

  private static func looksAgain(_ reason: OrderReason, at due: Int64) -> NewWait {
    NewWait(subject: .tracking, reason: reason, next: "purchasing is asked again", nextAt: due)
  }

  /// Asks again later; with a reason, the order says why it is not known how far the goods are, or
  /// what is wrong with them. Goods that are too old are left to a person.
  private func wait(_ order: Order, _ reason: OrderReason?) async throws {
    let isOver = try await book.write { orders -> Bool in
      guard let order = try Self.current(order, orders) else { return false }
      let now = orders.transaction.now
      let age = now - order.purchasedAt
      if age > pace.endsAfter { return true }
      let due = now + pace.pause(age: age)
      if let reason {
        try orders.postpone(.pollTracking, order.orderID, Self.looksAgain(reason, at: due))
      } else {
        try orders.endWait(.tracking, of: order)
        try orders.transaction.postpone(
          OrderEffect.pollTracking.rawValue, order.orderID, until: due, note: "")
      }
      return false
    }
    if isOver { try await leave(order, ShipmentRules.notDelivered) }
  }

  /// Leaves the goods to a person, who may submit how they travel, and that they have arrived: the
  /// order says which of it is awaited, and when it is looked at next.
  private func leave(_ order: Order, _ reason: OrderReason) async throws {
    let left = try await book.write { orders -> OrderReason? in
      guard let order = try Self.current(order, orders) else { return nil }
      let left = ShipmentRules.left(order, reason, pace, now: orders.transaction.now)
      if let next = left.lookAt {
        try orders.transaction.postpone(
          OrderEffect.pollTracking.rawValue, order.orderID, until: next, note: left.wait.reason.code
        )
      } else {
        try orders.complete(.pollTracking, order.orderID)
      }
      let isNew = !order.waits.contains { $0.subject == .tracking && $0.reason == left.wait.reason }
      try orders.put(left.wait, order.orderID)
      return isNew && left.wait.nextAt == 0 ? left.wait.reason : nil
    }
    guard let left else { return }
    logger.warning(
      "goods are left to a person",
      metadata: ["order": "\(order.orderID)", "code": "\(left.code)"])
  }
}

extension Tracking {
  /// What the history says of it.
  fileprivate func detail(_ lag: Int64?) -> String {
    let parts = [
      "\(carrier) \(trackingNumber)", lastSeen,
      lag.map { "\($0 / 1000) s after the carrier" } ?? "",
    ]
    return parts.filter { $0.contains { $0 != " " } }.joined(separator: ", ")
  }
}

extension Shipment {
  /// Whether something is told that is not known yet.
  fileprivate func differs(from tracking: Tracking) -> Bool {
    let isOther =
      !tracking.trackingNumber.isEmpty
      && (carrier, trackingNumber) != (tracking.carrier, tracking.trackingNumber)
    return isOther || (tracking.lastSeenAt?.milliseconds ?? 0) > carrierSeenAt
  }
}
