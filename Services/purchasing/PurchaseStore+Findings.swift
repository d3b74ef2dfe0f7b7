import Contract
import Money
import Store

/// What persons found out: the only way out of an unknown that the lookups could not resolve.
extension PurchaseStore {
  /// Records what a person found, and what follows.
  ///
  /// - Parameters:
  ///   - purchase: as it was when the finding was checked.
  ///   - paidCost: what it cost, when the supplier cannot tell any more; nil lets it be asked.
  /// - Throws: `PurchasingError.changedMeanwhile` when the purchase has moved on since.
  func record(
    _ content: Finding.Content, about purchase: Purchase, foundBy person: String, paidCost: Cost?
  ) throws {
    let orderID = purchase.content.orderID
    guard try self.purchase(orderID) == purchase, purchase.waitsForPerson else {
      throw PurchasingError.changedMeanwhile(orderID: orderID)
    }
    try insert(content, about: purchase, foundBy: person)
    switch content {
    case .placed(let ids, _):
      try placed(purchase, ids: ids, nil, resolvedBy: .person)
      if let paidCost { try settle(purchase, paidCost) }
    case .notPlaced(let evidence):
      try refuse(purchase, .attested(by: person, evidence), resolvedBy: .person)
    }
  }

  private func insert(
    _ content: Finding.Content, about purchase: Purchase, foundBy person: String
  ) throws {
    var (ids, cost, evidence) = ([String](), Amount?.none, "")
    switch content {
    case .placed(let found, let paid): (ids, cost) = (found, paid)
    case .notPlaced(let seen): evidence = seen
    }
    try transaction.run(
      """
      INSERT INTO finding (orderID, generation, foundBy, supplierOrderIDs, notPlacedEvidence,
        costCurrency, landedCost, recordedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .text(purchase.content.orderID), .integer(Int64(purchase.content.generation)),
        .text(person), .text(ids.joined(separator: "\n")), .text(evidence),
        .optional(cost?.currency.code), .optional(cost?.minorUnits), .integer(transaction.now),
      ])
  }

  /// What persons found about an order's purchases, oldest first.
  func findings(_ orderID: String) throws -> [Finding] {
    try transaction.rows(
      "SELECT * FROM finding WHERE orderID = $1 ORDER BY generation", [.text(orderID)]
    ).map { row in
      let ids = row.text("supplierOrderIDs").split(separator: "\n").map(String.init)
      var cost: Amount?
      if let code = row.textOrNil("costCurrency"), let units = row.intOrNil("landedCost") {
        cost = try Amount(validating: units, currency: code)
      }
      return Finding(
        generation: Int(row.int("generation")), foundBy: row.text("foundBy"),
        content: ids.isEmpty
          ? .notPlaced(evidence: row.text("notPlacedEvidence")) : .placed(ids: ids, cost: cost),
        recordedAt: row.int("recordedAt"))
    }
  }
}
