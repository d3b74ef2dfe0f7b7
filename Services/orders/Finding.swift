import Contract
import Money
import Runtime
import Store

/// What a person found out about an order's purchase. Kept for ever, with who it was.
struct Finding: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    /// The supplier's orders, what they cost and who paid: reseller or platform.
    case placed(ids: [String], cost: Amount, fundedBy: String)
    case notPlaced(evidence: String)
  }

  /// The purchase's generation that was looked for.
  let generation: Int
  let foundBy: String
  let content: Content
}

extension OrderStore {
  /// Records what a person found about an order's newest purchase.
  func record(_ content: Finding.Content, about order: Order, foundBy actor: Actor) throws {
    var (ids, cost, fundedBy, evidence) = ([String](), Int64?.none, "", "")
    switch content {
    case .placed(let found, let paid, let payer):
      (ids, cost, fundedBy) = (found, paid.minorUnits, payer)
    case .notPlaced(let seen): evidence = seen
    }
    try transaction.run(
      """
      INSERT INTO finding (orderID, number, generation, foundBy, supplierOrderIDs, landedCost,
        fundedBy, notPlacedEvidence, recordedAt)
      SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8
      FROM finding WHERE orderID = $1
      """,
      [
        .text(order.orderID), .integer(Int64(order.progress.purchaseGeneration)),
        .text("\(actor)"), .text(ids.joined(separator: "\n")), .optional(cost), .text(fundedBy),
        .text(evidence), .integer(transaction.now),
      ])
  }

  /// What persons found, oldest first.
  func findings(_ order: Order) throws -> [Finding] {
    try transaction.rows(
      "SELECT * FROM finding WHERE orderID = $1 ORDER BY number", [.text(order.orderID)]
    ).map { row in
      let content: Finding.Content
      if let cost = row.intOrNil("landedCost") {
        content = .placed(
          ids: row.text("supplierOrderIDs").split(separator: "\n").map(String.init),
          cost: Amount(minorUnits: cost, currency: order.price.currency),
          fundedBy: row.text("fundedBy"))
      } else {
        content = .notPlaced(evidence: row.text("notPlacedEvidence"))
      }
      return Finding(
        generation: Int(row.int("generation")), foundBy: row.text("foundBy"), content: content)
    }
  }

  /// Which order a supplier's order was bought for; nil when it is none's.
  func claimant(of supplierOrderID: String, _ environment: Contract.Environment) throws -> String? {
    try transaction.row(
      "SELECT orderID FROM supplierOrder WHERE environment = $1 AND supplierOrderID = $2",
      [.integer(Int64(environment.rawValue)), .text(supplierOrderID)]
    ).map { $0.text("orderID") }
  }

  /// Records whose the supplier's orders are. What was another's stays so.
  func claim(_ ids: [String], for order: Order) throws {
    for id in ids {
      try transaction.run(
        """
        INSERT INTO supplierOrder (environment, supplierOrderID, orderID) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
        """,
        [.integer(Int64(order.environment.rawValue)), .text(id), .text(order.orderID)])
    }
  }
}
