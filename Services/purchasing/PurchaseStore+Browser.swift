import Contract
import Money
import Store

/// What happened to a purchase on the browser path.
///
/// **Invariant:** at most one attempt of a generation has a mark that it was confirmed and is neither
/// known to be placed nor known not to be.
extension PurchaseStore {
  /// Commits a visit before it is made.
  ///
  /// - Parameter why: why the API is not used.
  /// - Returns: the purchase as it is now, and the attempt's number; nil when it has moved on, or a
  ///   visit before was confirmed.
  func beginVisit(_ purchase: Purchase, account: String, why: PurchaseReason) throws
    -> (purchase: Purchase, attempt: Int)?
  {
    let content = purchase.content
    let key: [SQLValue] = [.text(content.orderID), .integer(Int64(content.generation))]
    let confirmed = try transaction.row(
      """
      SELECT number FROM attempt WHERE orderID = $1 AND generation = $2 AND path = 'browser'
        AND confirmingAt > 0 AND outcome NOT IN ('REFUSED', 'NOT_ACCEPTED')
      """, key)
    guard confirmed == nil else { return nil }
    try endUnconfirmedVisits(content)
    let changed = try transaction.run(
      """
      UPDATE purchase SET path = 'browser', request = '', state = 'PLACING', updatedAt = $3,
        nextAt = $3, reasonCode = '', reasonText = '', reasonOwner = '', providerCode = ''
      WHERE orderID = $1 AND generation = $2 AND state IN ('REQUESTED', 'PLACING')
      """, key + [.integer(transaction.now)])
    guard changed == 1 else {
      try transaction.complete(Self.intent, content.orderID)
      return nil
    }
    let row = try transaction.row(
      """
      INSERT INTO attempt (orderID, generation, number, path, account, key, outcome, startedAt,
        pathCode, pathText, pathOwner)
      SELECT $1, $2, COALESCE(MAX(number), 0) + 1, 'browser', $3, $4, 'STARTED', $5, $6, $7, $8
      FROM attempt WHERE orderID = $1 AND generation = $2
      RETURNING number
      """,
      key + [
        .text(account), .text(content.key), .integer(transaction.now), .text(why.code.rawValue),
        .text(why.text), .text(why.owner.rawValue),
      ])
    guard let row, let begun = try self.purchase(content.orderID) else { return nil }
    return (begun, Int(row.int("number")))
  }

  /// Ends visits that a process left behind before the mark: they have certainly bought nothing.
  func endUnconfirmedVisits(_ content: PurchaseContent) throws {
    try transaction.run(
      """
      UPDATE attempt SET outcome = 'NOT_ACCEPTED', reasonCode = 'BROWSER_UNAVAILABLE',
        reasonText = 'the process ended before the order was confirmed', reasonOwner = 'nobody',
        endedAt = $3
      WHERE orderID = $1 AND generation = $2 AND outcome = 'STARTED' AND path = 'browser'
        AND confirmingAt = 0
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)), .integer(transaction.now),
      ])
  }

  /// Commits that the order is confirmed next.
  ///
  /// - Returns: false when it must not be.
  func markConfirming(_ purchase: Purchase, attempt: Int, _ log: VisitLog) throws -> Bool {
    let content = purchase.content
    let key: [SQLValue] = [.text(content.orderID), .integer(Int64(content.generation))]
    let marked = try transaction.run(
      """
      UPDATE attempt SET confirmingAt = $4, step = $5, screenshots = $6
      WHERE orderID = $1 AND generation = $2 AND number = $3 AND outcome = 'STARTED'
        AND confirmingAt = 0
      """,
      key + [
        .integer(Int64(attempt)), .integer(transaction.now), .text(log.step),
        .text(log.screenshots.joined(separator: "\n")),
      ])
    let sent = try transaction.run(
      """
      UPDATE purchase SET sentAt = $3, listReadAt = 0, updatedAt = $3
      WHERE orderID = $1 AND generation = $2 AND state = 'PLACING' AND path = 'browser'
      """, key + [.integer(transaction.now)])
    return marked == 1 && sent == 1
  }

  /// Records how a visit ended.
  func endVisit(
    _ purchase: Purchase, attempt: Int, _ outcome: Attempt.Outcome, _ reason: PurchaseReason?,
    _ log: VisitLog
  ) throws {
    try end(purchase, attempt: attempt, outcome, reason)
    try keep(log, of: purchase, attempt: attempt, step: log.step)
  }

  /// Adds what a visit has photographed to an attempt.
  func keep(_ log: VisitLog, of purchase: Purchase, attempt: Int, step: String? = nil) throws {
    let content = purchase.content
    guard
      let before = try attempts(content.orderID).first(where: {
        $0.generation == content.generation && $0.number == attempt
      })
    else { return }
    let names = before.screenshots + log.screenshots.filter { !before.screenshots.contains($0) }
    try transaction.run(
      """
      UPDATE attempt SET step = $4, screenshots = $5
      WHERE orderID = $1 AND generation = $2 AND number = $3
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)), .integer(Int64(attempt)),
        .text(step ?? before.step), .text(names.joined(separator: "\n")),
      ])
  }

  /// Records that the account's list was read and does not have the order; the first time counts.
  func listWasRead(_ purchase: Purchase) throws {
    try transaction.run(
      """
      UPDATE purchase SET listReadAt = $3
      WHERE orderID = $1 AND generation = $2 AND listReadAt = 0
      """,
      [
        .text(purchase.content.orderID), .integer(Int64(purchase.content.generation)),
        .integer(transaction.now),
      ])
  }

  /// Visits whose screenshots a person may still need, by the names of their logs.
  func visitsInDoubt() throws -> Set<String> {
    let rows = try transaction.rows(
      """
      SELECT attempt.screenshots FROM attempt JOIN purchase USING (orderID, generation)
      WHERE purchase.path = 'browser' AND purchase.state IN ('PLACING', 'UNKNOWN')
        AND attempt.screenshots <> ''
      """)
    return Set(
      rows.flatMap { $0.text("screenshots").split(separator: "\n") }.map {
        $0.split(separator: ".").dropLast(2).joined(separator: ".")
      })
  }
}
