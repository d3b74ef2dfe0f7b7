import Store

/// A wait as it is about to be written.
struct NewWait: Sendable {
  let subject: Wait.Subject
  let reason: OrderReason
  let next: String
  /// Milliseconds since the epoch; 0 when a person must act.
  let nextAt: Int64
}

extension OrderStore {
  /// Writes what an order waits for; `since` stays while the reason does.
  func put(_ wait: NewWait, _ orderID: String) throws {
    changes.add(orderID)
    try transaction.run(
      """
      INSERT INTO orderWait (orderID, subject, reasonCode, reasonText, reasonOwner, providerCode,
        since, next, nextAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      ON CONFLICT (orderID, subject) DO UPDATE SET
        since = CASE WHEN orderWait.reasonCode = excluded.reasonCode
          THEN orderWait.since ELSE excluded.since END,
        reasonCode = excluded.reasonCode, reasonText = excluded.reasonText,
        reasonOwner = excluded.reasonOwner, providerCode = excluded.providerCode,
        next = excluded.next, nextAt = excluded.nextAt
      """,
      [
        .text(orderID), .text(wait.subject.rawValue), .text(wait.reason.code),
        .text(wait.reason.text), .text(wait.reason.owner), .text(wait.reason.providerCode),
        .integer(transaction.now), .text(wait.next), .integer(wait.nextAt),
      ])
  }

  /// Ends a wait, if there is one.
  func endWait(_ subject: Wait.Subject, of order: Order) throws {
    guard order.waits.contains(where: { $0.subject == subject }) else { return }
    changes.add(order)
    try transaction.run(
      "DELETE FROM orderWait WHERE orderID = $1 AND subject = $2",
      [.text(order.orderID), .text(subject.rawValue)])
  }

  /// Keeps an effect due, later, and says what for.
  func postpone(_ effect: OrderEffect, _ orderID: String, _ wait: NewWait) throws {
    try put(wait, orderID)
    try transaction.postpone(
      effect.rawValue, orderID, until: wait.nextAt, note: wait.reason.code)
  }

  /// Ends an effect.
  func complete(_ effect: OrderEffect, _ orderID: String) throws {
    try transaction.complete(effect.rawValue, orderID)
  }

  /// What an order waits for: what a person must cure first, then in the order of its course.
  func waits(_ orderID: String) throws -> [Wait] {
    let rows = try transaction.rows(
      "SELECT * FROM orderWait WHERE orderID = $1", [.text(orderID)])
    return try rows.map(wait).sorted {
      ($0.nextAt == 0 ? 0 : 1, $0.subject.rank) < ($1.nextAt == 0 ? 0 : 1, $1.subject.rank)
    }
  }

  private func wait(_ row: Row) throws -> Wait {
    guard let subject = Wait.Subject(rawValue: row.text("subject")) else {
      preconditionFailure("the schema admits no other subject")
    }
    return Wait(
      subject: subject,
      reason: OrderReason(
        code: row.text("reasonCode"), text: row.text("reasonText"),
        owner: row.text("reasonOwner"), providerCode: row.text("providerCode")),
      since: row.int("since"), next: row.text("next"), nextAt: row.int("nextAt"))
  }
}

extension Wait.Subject {
  /// Its place in the course of an order.
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
