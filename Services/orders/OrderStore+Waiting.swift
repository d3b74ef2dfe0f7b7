import Contract
import Store

extension OrderStore {
  /// Orders that a person must look at, those that wait longest first: those that need one for
  /// anything, and those that have gone on by themselves since before a time. Goods may travel for
  /// weeks, and a buyer may take his time to pay: neither counts.
  func waiting(_ selection: Selection, since time: Int64, limit: Int) throws -> [Order] {
    var conditions = "state <> 'AWAITING_PAYMENT'"
    var values: [SQLValue] = [.integer(time), .integer(Int64(limit))]
    if let userID = selection.userID {
      values.append(.integer(userID))
      conditions += " AND userID = $\(values.count)"
    }
    if let environment = selection.environment {
      values.append(.integer(Int64(environment.rawValue)))
      conditions += " AND environment = $\(values.count)"
    }
    return try transaction.rows(
      """
      SELECT buyerOrder.* FROM buyerOrder JOIN (
        SELECT orderID, MIN(since) AS since FROM (
          SELECT orderID, updatedAt AS since FROM buyerOrder WHERE state = 'NEEDS_ATTENTION'
          UNION ALL
          SELECT orderID, updatedAt AS since FROM buyerOrder
            WHERE state IN ('CAPTURING', 'PAYMENT_PENDING', 'PAID', 'PURCHASING', 'REFUNDING')
              AND updatedAt <= $1
          UNION ALL
          SELECT orderID, since FROM orderWait
            WHERE nextAt = 0 OR (subject <> 'tracking' AND since <= $1)
        ) AS each GROUP BY orderID
      ) AS wait USING (orderID)
      WHERE \(conditions) ORDER BY wait.since, number LIMIT $2
      """, values
    ).map { try order($0, waits: waits($0.text("orderID"))) }
  }
}
