import Contract
import Outside
import Runtime
import Store

/// What is noted beside an order's course. Its raw value is the cause in the order's history.
enum OrderNote: String, Sendable {
  case disputeOpened
  case disputeClosed
  /// PayPal gave money back by itself.
  case moneyWentBack
  /// PayPal took money for an order that has ended without, or has none yet.
  case capturedUnexpectedly
}

/// What providers pushed.
extension OrderStore {
  /// Keeps an event and brings forward what it is about: the question what became of a payment or a
  /// refund, or of goods on their way. Nothing that it says is believed but a dispute, which moves
  /// nothing.
  ///
  /// - Returns: false when it was known already; then nothing happens.
  func record(_ event: ProviderEvent) throws -> Bool {
    let isNew = try transaction.run(
      """
      INSERT INTO providerEvent (provider, eventID, eventType, environment, payload, occurredAt,
        recordedAt) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
      """,
      [
        .text(event.provider.rawValue), .text(event.eventID), .text(event.eventType),
        .integer(Int64(event.environment.rawValue)), .blob(event.payload),
        .integer(event.occurredAt ?? transaction.now), .integer(transaction.now),
      ])
    guard isNew == 1 else { return false }
    switch event.provider {
    case .payPal:
      guard let push = PayPalPush(event), let order = try order(push, event.environment) else {
        return true
      }
      try follow(push, event, order)
    case .aliExpress: try followGoods(event)
    }
    return true
  }

  private func order(_ push: PayPalPush, _ environment: Contract.Environment) throws -> Order? {
    let keys = [
      ("payPalOrderID", push.payPalOrderID), ("captureID", push.captureID),
      ("orderID", push.orderID),
    ]
    for (column, value) in keys where !value.isEmpty {
      let row = try transaction.row(
        "SELECT orderID FROM buyerOrder WHERE environment = $1 AND \(column) = $2",
        [.integer(Int64(environment.rawValue)), .text(value)])
      if let row { return try order(row.text("orderID")) }
    }
    return nil
  }

  private func follow(_ push: PayPalPush, _ event: ProviderEvent, _ order: Order) throws {
    if let dispute = push.dispute {
      return try follow(dispute, toldAt: event.occurredAt ?? transaction.now, order)
    }
    switch order.state {
    case .capturing: try bringForward(.capture, order)
    case .paymentPending: try bringForward(.pollPayment, order)
    case .refunding: try bringForward(.refund, order)
    case .refunded: break
    case .needsAttention where order.progress.attention == .captureUnknown:
      try lookAnew(order, event)
    case .awaitingPayment, .paid, .purchasing, .purchased, .shipped, .delivered, .needsAttention,
      .cancelled, .expired:
      try transaction.schedule(OrderEffect.checkPayment.rawValue, order.orderID)
    }
  }

  /// Lets an effect that waits be due now; one that has ended stays so.
  private func bringForward(_ effect: OrderEffect, _ order: Order) throws {
    guard try transaction.intent(effect.rawValue, order.orderID) != nil else { return }
    try transaction.schedule(effect.rawValue, order.orderID)
  }

  /// A capture of which nobody knew is asked about again, since PayPal has told of it.
  private func lookAnew(_ order: Order, _ event: ProviderEvent) throws {
    try apply(
      .retried, to: order, detail: "PayPal's event \(event.eventID), \(event.eventType)",
      facts: [.init("captureRequestedAt", .integer(transaction.now))],
      wait: NewWait(
        subject: .payment,
        reason: OrderReason(
          code: "CAPTURE_UNKNOWN", text: "nobody knows whether the payment was captured"),
        next: "PayPal is asked what became of it", nextAt: transaction.now))
  }

  /// The goods of a supplier's order are asked about soon: purchasing hears the same event.
  private func followGoods(_ event: ProviderEvent) throws {
    guard let id = event.json?["data"]?["orderId"]?.text, !id.isEmpty,
      let orderID = try claimant(of: id, event.environment)
    else { return }
    let kind = OrderEffect.pollTracking.rawValue
    guard let intent = try transaction.intent(kind, orderID) else { return }
    let soon = transaction.now + Self.hearingMilliseconds
    if intent.dueAt > soon { try transaction.schedule(kind, orderID, at: soon) }
  }

  /// How long the gateway may take between telling orders and telling purchasing.
  private static let hearingMilliseconds: Int64 = 1000

  /// Adds to an order's history what is no step of its course.
  ///
  /// - Returns: whether there is such an order.
  func note(_ note: OrderNote, of order: Order, detail: String, wait: NewWait? = nil) throws
    -> Bool
  {
    guard let current = try self.order(order.orderID) else { return false }
    if let wait { try put(wait, order.orderID) }
    try append(
      order.orderID, from: current.state, to: current.state, cause: note.rawValue, detail: detail,
      actor: .system)
    changes.add(order)
    return true
  }
}
