import Contract
import Money
import Runtime
import Store

/// What purchases take of a day's limits: reserved before they are sent, settled with the real cost,
/// released when nothing was bought.
///
/// **Invariant:** a generation has one reservation, and does not count against itself.
extension PurchaseStore {
  /// Reserves what a purchase will cost, on today's account.
  ///
  /// - Throws: `PurchaseReason` when a limit would be passed.
  func reserve(_ purchase: Purchase, _ amount: Amount, within limits: SpendRules.Limits) throws {
    let content = purchase.content
    let day = SpendRules.day(of: transaction.now)
    if limits.reseller.isSet, content.userID != 0 {
      try SpendRules.require(
        amount, within: limits.reseller,
        after: usage(day, content, "AND userID = $5", [.integer(content.userID)]),
        of: "reseller \(content.userID)")
    }
    if limits.platform.isSet {
      try SpendRules.require(
        amount, within: limits.platform, after: usage(day, content, "", []), of: "the platform")
    }
    try transaction.run(
      """
      INSERT INTO reservation (orderID, generation, userID, environment, day, currency, amount,
        state, updatedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, 'RESERVED', $8)
      ON CONFLICT (orderID, generation) DO UPDATE SET day = $5, currency = $6, amount = $7,
        state = 'RESERVED', updatedAt = $8
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)), .integer(content.userID),
        .integer(Int64(content.environment.rawValue)), .integer(day),
        .text(amount.currency.code), .integer(amount.minorUnits), .integer(transaction.now),
      ])
  }

  private func usage(
    _ day: Int64, _ content: PurchaseContent, _ condition: String, _ more: [SQLValue]
  ) throws -> SpendRules.Usage {
    let row = try transaction.row(
      """
      SELECT COUNT(*) AS orders, COALESCE(SUM(amount), 0) AS spent FROM reservation
      WHERE environment = $1 AND day = $2 AND state <> 'RELEASED'
        AND NOT (orderID = $3 AND generation = $4) \(condition)
      """,
      [
        .integer(Int64(content.environment.rawValue)), .integer(day), .text(content.orderID),
        .integer(Int64(content.generation)),
      ] + more)
    return SpendRules.Usage(
      orders: Int(row?.int("orders") ?? 0), minorUnits: row?.int("spent") ?? 0)
  }

  /// Gives back what was reserved: nothing was bought.
  func release(_ content: PurchaseContent) throws {
    try transaction.run(
      """
      UPDATE reservation SET state = 'RELEASED', updatedAt = $3
      WHERE orderID = $1 AND generation = $2 AND state <> 'RELEASED'
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)), .integer(transaction.now),
      ])
  }

  /// Puts the real cost in the place of what was reserved.
  func settleReservation(_ content: PurchaseContent, _ cost: Amount) throws {
    try transaction.run(
      """
      UPDATE reservation SET state = 'SETTLED', amount = $3, updatedAt = $4
      WHERE orderID = $1 AND generation = $2
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)),
        .integer(cost.minorUnits), .integer(transaction.now),
      ])
  }
}
