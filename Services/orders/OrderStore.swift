import Contract
import Money
import Runtime
import Store

/// The orders, their history and what they wait for.
///
/// **Invariant:** every change of an order goes through `apply`, which asks `OrderMachine`, changes
/// the row only if it still stands where the decision was made, appends to the history and schedules
/// what follows, all in one transaction.
struct OrderStore {
  let transaction: Transaction
  /// How soon after their purchase goods are asked about.
  var trackingPause = ShipmentPace().pauseMin
  /// What is told when the transaction is committed.
  let changes = OrderChanges()

  /// A fact recorded together with an event: a column of `buyerOrder` and its value.
  struct Fact {
    let column: StaticString
    let value: SQLValue

    init(_ column: StaticString, _ value: SQLValue) {
      self.column = column
      self.value = value
    }
  }

  /// Makes an order and schedules its PayPal order. Nil when the id is taken.
  func create(_ checkout: Checkout, actor: Actor) throws -> Order? {
    let listing = checkout.listing
    let row = try transaction.row(
      """
      INSERT INTO buyerOrder (orderID, listingID, userID, environment, productURL, skuID, title,
        quantity, currency, price, checkoutAddress, returnURL, cancelURL, state, createdAt,
        updatedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'AWAITING_PAYMENT', $14, $14)
      ON CONFLICT DO NOTHING RETURNING *
      """,
      [
        .text(checkout.orderID), .text(listing.listingID), .integer(listing.userID),
        .integer(Int64(listing.environment.rawValue)), .text(listing.productURL),
        .text(listing.skuID), .text(listing.title), .integer(Int64(checkout.quantity)),
        .text(checkout.total.currency.code), .integer(checkout.total.minorUnits),
        .blob(try checkout.shipTo.protobuf()), .text(checkout.returnURL), .text(checkout.cancelURL),
        .integer(transaction.now),
      ])
    guard let row else { return nil }
    let order = try order(row, waits: [])
    try append(
      order.orderID, from: nil, to: order.state, cause: OrderEvent.checkedOut.rawValue,
      detail: "\(order.quantity) of \(order.listingID) for \(order.price)", actor: actor)
    try schedule([.createPayPalOrder], order.orderID)
    try transaction.schedule(
      OrderEffect.expireCheckout.rawValue, order.orderID,
      at: transaction.now + CheckoutRules.approvalMilliseconds)
    changes.add(order)
    return order
  }

  /// Lets an event happen to an order, as it was when the event was decided about.
  ///
  /// - Parameters:
  ///   - ending: the wait that the event ends; a change of state ends those that led there.
  ///   - wait: what the order waits for from now on.
  /// - Returns: the order after it; nil when the order has moved on meanwhile or the event has no
  ///   meaning in its state, and then nothing was changed.
  @discardableResult
  func apply(
    _ event: OrderEvent, to decided: Order, detail: String, actor: Actor = .system,
    facts: [Fact] = [], ending: Wait.Subject? = nil, wait: NewWait? = nil
  ) throws -> Order? {
    guard let current = try order(decided.orderID), current.hasStayed(since: decided),
      let step = OrderMachine.step(current.progress, event),
      let row = try update(current, to: step.progress, facts)
    else { return nil }
    let hasMoved =
      step.progress.state != current.state
      || step.progress.attention != current.progress.attention
    try endWaits(current, hasMoved ? Self.ended(by: event) : ending.map { [$0] } ?? [])
    let wait = wait.flatMap { Self.isMoot($0, in: step.progress.state) ? nil : $0 }
    if let wait { try put(wait, current.orderID) }
    try append(
      current.orderID, from: current.state, to: step.progress.state, cause: event.rawValue,
      detail: detail, actor: actor)
    try schedule(step.effects, current.orderID)
    let waits = current.waits.isEmpty && wait == nil ? [] : try waits(current.orderID)
    changes.add(current)
    return try order(row, waits: waits)
  }

  private func update(_ order: Order, to next: Order.Progress, _ facts: [Fact]) throws -> Row? {
    var values: [SQLValue] = [
      .text(order.orderID), .text(order.state.rawValue),
      .text(order.progress.attention?.rawValue ?? ""), .text(next.state.rawValue),
      .text(next.attention?.rawValue ?? ""), .integer(Int64(next.paymentGeneration)),
      .integer(Int64(next.purchaseGeneration)), .integer(next.isCaptureBooked ? 1 : 0),
      .integer(next.isSaleBooked ? 1 : 0), .integer(transaction.now),
      .integer(Int64(next.refundGeneration)), .integer(next.isRefundBooked ? 1 : 0),
      .integer(next.isCancelRequested ? 1 : 0),
    ]
    // The time of an unknown refund stays, since its key is kept from then on.
    let asksForRefund =
      next.state == .refunding && order.state != .refunding
      && order.progress.attention != .refundUnknown
    let facts =
      facts + (asksForRefund ? [Fact("refundRequestedAt", .integer(transaction.now))] : [])
    var more = ""
    for fact in facts {
      values.append(fact.value)
      more += ", \(fact.column) = $\(values.count)"
    }
    return try transaction.row(
      """
      UPDATE buyerOrder SET state = $4, attention = $5, paymentGeneration = $6,
        purchaseGeneration = $7, isCaptureBooked = $8, isSaleBooked = $9, updatedAt = $10,
        refundGeneration = $11, isRefundBooked = $12,
        cancelRequestedAt = CASE WHEN $13 = 1 AND cancelRequestedAt = 0 THEN $10
          ELSE cancelRequestedAt END\(more)
      WHERE orderID = $1 AND state = $2 AND attention = $3 RETURNING *
      """, values)
  }

  /// What a change of state is the end of. Booking waits by itself, beside the state; what PayPal
  /// told of by itself stays until the money is back.
  private static func ended(by event: OrderEvent) -> [Wait.Subject] {
    switch event {
    case .retried: Wait.Subject.allCases.filter { $0 != .dispute && $0 != .reversal }
    case .refundCompleted: [.payment, .purchase, .tracking, .refund, .reversal]
    default: [.payment, .purchase, .tracking, .refund]
    }
  }

  /// Whether an order waits for something that does not matter any more, since it has ended or the
  /// money goes back.
  private static func isMoot(_ wait: NewWait, in state: Order.State) -> Bool {
    switch state {
    case .refunding, .refunded, .cancelled:
      wait.subject == .payment || wait.subject == .purchase
    case .awaitingPayment, .capturing, .paymentPending, .paid, .purchasing, .purchased, .shipped,
      .delivered, .needsAttention, .expired:
      false
    }
  }

  private func endWaits(_ order: Order, _ subjects: [Wait.Subject]) throws {
    for wait in order.waits where subjects.contains(wait.subject) {
      try transaction.run(
        "DELETE FROM orderWait WHERE orderID = $1 AND subject = $2",
        [.text(order.orderID), .text(wait.subject.rawValue)])
    }
  }

  private func schedule(_ effects: [OrderEffect], _ orderID: String) throws {
    for effect in effects {
      // Nothing leaves the supplier in the minute of its purchase.
      let due = effect == .pollTracking ? transaction.now + trackingPause : nil
      try transaction.schedule(effect.rawValue, orderID, at: due)
    }
  }

  func append(
    _ orderID: String, from: Order.State?, to: Order.State, cause: String, detail: String,
    actor: Actor
  ) throws {
    try transaction.run(
      """
      INSERT INTO orderEvent (orderID, sequence, recordedAt, fromState, toState, cause, detail,
        actor)
      SELECT $1, COALESCE(MAX(sequence), 0) + 1, $2, $3, $4, $5, $6, $7
      FROM orderEvent WHERE orderID = $1
      """,
      [
        .text(orderID), .integer(transaction.now), .text(from?.rawValue ?? ""),
        .text(to.rawValue), .text(cause), .text(detail), .text("\(actor)"),
      ])
  }
}

extension Order {
  /// Whether a decision about this order, made from `other`, still holds. Bookings go on beside it.
  fileprivate func hasStayed(since other: Order) -> Bool {
    state == other.state && progress.attention == other.progress.attention
      && progress.paymentGeneration == other.progress.paymentGeneration
      && progress.purchaseGeneration == other.progress.purchaseGeneration
      && progress.refundGeneration == other.progress.refundGeneration
  }
}
