import Contract
import Runtime
import Store

/// What the supplier pushed.
extension PurchaseStore {
  /// Looks for a purchase's order among those that were pushed. It carries the order's id.
  static let pushIntent = "checkPush"

  /// Keeps an event and brings forward what it is about: the poll of a payment, the next question
  /// about goods, or the search for an order of which nobody knows.
  ///
  /// - Returns: false when it was known already; then nothing happens.
  func record(_ event: ProviderEvent) throws -> Bool {
    let push = SupplierPush(event)
    let isNew = try transaction.run(
      """
      INSERT INTO providerEvent (provider, eventID, eventType, environment, payload,
        supplierOrderID, occurredAt, recordedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
      """,
      [
        .text(event.provider.rawValue), .text(event.eventID), .text(event.eventType),
        .integer(Int64(event.environment.rawValue)), .blob(event.payload),
        .text(push?.supplierOrderID ?? ""), .integer(event.occurredAt ?? transaction.now),
        .integer(transaction.now),
      ])
    guard isNew == 1 else { return false }
    if let push { try follow(push, event) }
    return true
  }

  private func follow(_ push: SupplierPush, _ event: ProviderEvent) throws {
    let environment = SQLValue.integer(Int64(event.environment.rawValue))
    let known = try transaction.row(
      """
      SELECT purchase.orderID, purchase.generation, purchase.state FROM supplierOrder
      JOIN purchase ON purchase.orderID = supplierOrder.orderID
        AND purchase.generation = supplierOrder.generation
      WHERE supplierOrder.environment = $1 AND supplierOrder.supplierOrderID = $2
      """,
      [environment, .text(push.supplierOrderID)])
    if let known {
      let orderID = known.text("orderID")
      try transaction.run(
        "UPDATE tracking SET askedAt = 0 WHERE orderID = $1 AND generation = $2",
        [.text(orderID), .integer(known.int("generation"))])
      if known.text("state") == Purchase.State.awaitingSupplierPayment.rawValue {
        try transaction.schedule(Self.intent, orderID)
      }
      return
    }
    let occurredAt = event.occurredAt ?? transaction.now
    // All of them: a push is told once, and one that is left out is never found by it.
    let unknown = try transaction.rows(
      """
      SELECT orderID FROM purchase
      WHERE environment = $1 AND state = 'UNKNOWN' AND path = 'api' AND sentAt <= $2
        AND sentAt >= $3
      """,
      [
        environment, .integer(occurredAt + PushRules.earlyMax),
        .integer(occurredAt - PushRules.lateMax),
      ])
    for row in unknown { try transaction.schedule(Self.pushIntent, row.text("orderID")) }
  }

  /// Orders that the supplier told of about when a purchase was sent, and that are no purchase's; one
  /// more than are read when there are too many.
  func pushedOrders(for purchase: Purchase) throws -> [String] {
    try transaction.rows(
      """
      SELECT DISTINCT supplierOrderID FROM providerEvent
      WHERE provider = 'aliexpress' AND environment = $1 AND supplierOrderID <> ''
        AND occurredAt BETWEEN $2 AND $3
        AND NOT EXISTS (SELECT 1 FROM supplierOrder
          WHERE supplierOrder.environment = providerEvent.environment
            AND supplierOrder.supplierOrderID = providerEvent.supplierOrderID)
      ORDER BY supplierOrderID LIMIT $4
      """,
      [
        .integer(Int64(purchase.content.environment.rawValue)),
        .integer(purchase.sentAt - PushRules.earlyMax),
        .integer(purchase.sentAt + PushRules.lateMax),
        .integer(Int64(PushRules.readingsMax + 1)),
      ]
    ).map { $0.text("supplierOrderID") }
  }

  /// Other purchases of the same reseller and variant that were sent about then, and whose orders are
  /// not known.
  func rivals(of purchase: Purchase) throws -> [Purchase] {
    let content = purchase.content
    let near = PushRules.earlyMax + PushRules.lateMax
    return try transaction.rows(
      """
      SELECT orderID FROM purchase
      WHERE userID = $1 AND environment = $2 AND productID = $3 AND skuID = $4
        AND state IN ('PLACING', 'UNKNOWN') AND orderID <> $5 AND sentAt BETWEEN $6 AND $7
      """,
      [
        .integer(content.userID), .integer(Int64(content.environment.rawValue)),
        .text(content.productID), .text(content.skuID), .text(content.orderID),
        .integer(purchase.sentAt - near), .integer(purchase.sentAt + near),
      ]
    ).map { try require($0.text("orderID")) }
  }

  /// Tells a person who must find out what the program has learned. Nothing else changes.
  func explain(_ purchase: Purchase, _ reason: PurchaseReason) throws {
    try transaction.run(
      """
      UPDATE purchase SET reasonCode = $3, reasonText = $4, reasonOwner = $5, providerCode = $6
      WHERE orderID = $1 AND generation = $2 AND state = 'UNKNOWN' AND nextAt = 0
      """,
      [
        .text(purchase.content.orderID), .integer(Int64(purchase.content.generation)),
        .text(reason.code.rawValue), .text(reason.text), .text(reason.owner.rawValue),
        .text(reason.providerCode),
      ])
  }

  /// Lets those look again whose order may be told apart now that another purchase's is known.
  func wakeRivals(of purchase: Purchase) throws {
    for rival in try rivals(of: purchase) where rival.state == .unknown {
      try transaction.schedule(Self.pushIntent, rival.content.orderID)
    }
  }
}
