import Contract
import Store

/// How many orders are in a state.
struct StateCount: Sendable, Hashable {
  let state: Order.State
  let orders: Int64
  /// Milliseconds since the epoch.
  let oldestCreatedAt: Int64
}

extension OrderStore {
  /// States that have orders of an environment.
  ///
  /// - Parameter userID: nil for all resellers.
  func counts(_ environment: Contract.Environment, userID: Int64?) throws -> [StateCount] {
    let ofUser = userID == nil ? "" : "AND userID = $2"
    let rows = try transaction.rows(
      """
      SELECT counted.state, counted.orders, buyerOrder.createdAt FROM (
        SELECT state, count(*) AS orders, min(number) AS oldest FROM buyerOrder
        WHERE environment = $1 \(ofUser) GROUP BY state
      ) AS counted JOIN buyerOrder ON buyerOrder.number = counted.oldest
      """, [.integer(Int64(environment.rawValue))] + (userID.map { [.integer($0)] } ?? []))
    return rows.map { row in
      guard let state = Order.State(rawValue: row.text("state")) else {
        preconditionFailure("the schema admits no other state")
      }
      return StateCount(
        state: state, orders: row.int("orders"), oldestCreatedAt: row.int("createdAt"))
    }
  }
}
