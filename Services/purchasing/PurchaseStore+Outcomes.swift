import Contract
import Money
import Store

/// What happened to a purchase. Each change holds for the generation that it was decided for, and
/// only while that is in a state that it may leave.
extension PurchaseStore {
  /// Commits a sending before it is made: the attempt's row, and exactly what will be sent.
  ///
  /// - Returns: the purchase as it is now, and the attempt's number; nil when it has moved on.
  func begin(_ purchase: Purchase, _ request: OrderRequest, isLookUp: Bool, account: String) throws
    -> (purchase: Purchase, attempt: Int)?
  {
    let content = purchase.content
    try endUnconfirmedVisits(content)
    // What was under way when the process ended is unknown now.
    try transaction.run(
      """
      UPDATE attempt SET outcome = 'UNKNOWN', reasonCode = 'OUTCOME_UNKNOWN',
        reasonText = 'the process ended during the call', reasonOwner = 'nobody', endedAt = $3
      WHERE orderID = $1 AND generation = $2 AND outcome = 'STARTED'
      """,
      [.text(content.orderID), .integer(Int64(content.generation)), .integer(transaction.now)])
    let changed = try transaction.run(
      """
      UPDATE purchase SET path = 'api', request = $3, updatedAt = $4, nextAt = $4,
        state = CASE WHEN $5 = 1 THEN 'UNKNOWN' ELSE 'PLACING' END,
        sentAt = CASE WHEN $5 = 1 THEN sentAt ELSE $4 END,
        tries = CASE WHEN $5 = 1 AND state = 'PLACING' THEN 0 ELSE tries END,
        reasonCode = CASE WHEN $5 = 1 THEN 'OUTCOME_UNKNOWN' ELSE '' END,
        reasonText = CASE WHEN $5 = 1 THEN 'the same request is repeated to find out' ELSE '' END,
        reasonOwner = CASE WHEN $5 = 1 THEN 'nobody' ELSE '' END, providerCode = ''
      WHERE orderID = $1 AND generation = $2
        AND (($5 = 1 AND state IN ('PLACING', 'UNKNOWN'))
          OR ($5 = 0 AND state IN ('REQUESTED', 'PLACING')))
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)), .text(request.text),
        .integer(transaction.now), .integer(isLookUp ? 1 : 0),
      ])
    guard changed == 1 else {
      try transaction.complete(Self.intent, content.orderID)
      return nil
    }
    let row = try transaction.row(
      """
      INSERT INTO attempt (orderID, generation, number, path, account, key, outcome, startedAt)
      SELECT $1, $2, COALESCE(MAX(number), 0) + 1, 'api', $3, $4, 'STARTED', $5
      FROM attempt WHERE orderID = $1 AND generation = $2
      RETURNING number
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)), .text(account),
        .text(content.key), .integer(transaction.now),
      ])
    guard let row, let begun = try self.purchase(content.orderID) else { return nil }
    return (begun, Int(row.int("number")))
  }

  /// Records how a sending ended.
  func end(
    _ purchase: Purchase, attempt: Int, _ outcome: Attempt.Outcome, _ reason: PurchaseReason?
  ) throws {
    try transaction.run(
      """
      UPDATE attempt SET outcome = $4, reasonCode = $5, reasonText = $6, reasonOwner = $7,
        providerCode = $8, endedAt = $9
      WHERE orderID = $1 AND generation = $2 AND number = $3
      """,
      [
        .text(purchase.content.orderID), .integer(Int64(purchase.content.generation)),
        .integer(Int64(attempt)), .text(outcome.rawValue), .text(reason?.code.rawValue ?? ""),
        .text(reason?.text ?? ""), .text(reason?.owner.rawValue ?? ""),
        .text(reason?.providerCode ?? ""), .integer(transaction.now),
      ])
  }

  /// Records that the supplier has the order. Its handler goes on with the payment; a person's word
  /// makes that due.
  ///
  /// - Throws: `PurchasingError.supplierOrderRefused` when an id is another purchase's.
  func placed(
    _ purchase: Purchase, ids: [String], _ reason: PurchaseReason?,
    resolvedBy: Purchase.Resolution
  ) throws {
    let content = purchase.content
    for id in ids {
      if let other = try claimant(of: id, content.environment) {
        if other == content.key { continue }
        throw PurchasingError.supplierOrderRefused(id: id, why: "it belongs to \(other)")
      }
      try transaction.run(
        """
        INSERT INTO supplierOrder (environment, supplierOrderID, orderID, generation)
        VALUES ($1, $2, $3, $4)
        """,
        [
          .integer(Int64(content.environment.rawValue)), .text(id), .text(content.orderID),
          .integer(Int64(content.generation)),
        ])
    }
    let isMoved = try move(
      purchase, from: [.placing, .unknown], to: .awaitingSupplierPayment, reason, tries: 0,
      then: [.person, .pushMessage].contains(resolvedBy) ? .now : .goOn)
    guard isMoved else { return }
    try transaction.run(
      "UPDATE purchase SET placedAt = $3 WHERE orderID = $1 AND generation = $2",
      [
        .text(content.orderID), .integer(Int64(content.generation)), .integer(transaction.now),
      ])
    try resolve(purchase, by: resolvedBy)
    if resolvedBy != .none { try wakeRivals(of: purchase) }
  }

  private func resolve(_ purchase: Purchase, by resolution: Purchase.Resolution) throws {
    try transaction.run(
      "UPDATE purchase SET resolvedBy = $3 WHERE orderID = $1 AND generation = $2",
      [
        .text(purchase.content.orderID), .integer(Int64(purchase.content.generation)),
        .text(resolution.rawValue),
      ])
  }

  /// Records that it was certainly not placed and is not tried again.
  func refuse(
    _ purchase: Purchase, _ reason: PurchaseReason, resolvedBy: Purchase.Resolution = .none
  ) throws {
    let isMoved = try move(
      purchase, from: [.requested, .placing, .unknown], to: .refused, reason,
      tries: purchase.tries, then: .end)
    guard isMoved else { return }
    try release(purchase.content)
    guard resolvedBy != .none else { return }
    try resolve(purchase, by: resolvedBy)
    try wakeRivals(of: purchase)
  }

  /// Keeps a purchase in its step, with the reason, and goes on later.
  func wait(_ purchase: Purchase, _ reason: PurchaseReason, until: Int64) throws {
    try move(
      purchase, from: [purchase.state], to: purchase.state, reason, tries: purchase.tries + 1,
      then: .later(until))
  }

  /// Lets a purchase wait for its turn, which is no try. One that was sent keeps its reason.
  func standInLine(_ purchase: Purchase, _ reason: PurchaseReason, until: Int64) throws {
    try move(
      purchase, from: [purchase.state], to: purchase.state,
      purchase.state == .requested ? purchase.reason ?? reason : purchase.reason,
      tries: purchase.tries, then: .later(until))
  }

  /// Lets a purchase wait for the shop's account, which is no try. An unknown one stays so.
  func stayOut(_ purchase: Purchase, _ reason: PurchaseReason, until: Int64) throws {
    try move(
      purchase, from: [purchase.state], to: purchase.state,
      purchase.state == .unknown ? BrowserRules.lost(reason.text) : reason,
      tries: purchase.tries, then: .later(until))
  }

  /// Records that nobody knows. Without a time, a person must find out.
  func unknown(_ purchase: Purchase, _ reason: PurchaseReason, until: Int64?, tries: Int) throws {
    try move(
      purchase, from: [.placing, .unknown], to: .unknown, reason, tries: tries,
      then: until.map { .later($0) } ?? .end)
    // The supplier may have told of the order before its answer was lost.
    if try !pushedOrders(for: purchase).isEmpty {
      try transaction.schedule(Self.pushIntent, purchase.content.orderID)
    }
  }

  /// Marks what was under way when the process ended.
  func endInterrupted(_ attempts: [Attempt], of purchase: Purchase, _ reason: PurchaseReason) throws
  {
    try endUnconfirmedVisits(purchase.content)
    for attempt in attempts where attempt.outcome == .started && !attempt.isUnconfirmedVisit {
      try end(purchase, attempt: attempt.number, .unknown, reason)
    }
  }

  /// Records when the supplier's unpaid order lapses; 0 once that does not matter.
  func put(payBy: Int64, of purchase: Purchase) throws {
    try transaction.run(
      "UPDATE purchase SET payBy = $3 WHERE orderID = $1 AND generation = $2",
      [
        .text(purchase.content.orderID), .integer(Int64(purchase.content.generation)),
        .integer(payBy),
      ])
  }

  /// Records that the supplier's order is paid, and what it cost.
  func settle(_ purchase: Purchase, _ cost: Cost) throws {
    let content = purchase.content
    try transaction.run(
      """
      UPDATE purchase SET costCurrency = $3, landedCost = $4, itemsCost = $5, shippingCost = $6,
        taxCost = $7
      WHERE orderID = $1 AND generation = $2 AND state = 'AWAITING_SUPPLIER_PAYMENT'
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)),
        .text(cost.landed.currency.code), .integer(cost.landed.minorUnits),
        .optional(cost.parts?.items.minorUnits), .optional(cost.parts?.shipping.minorUnits),
        .optional(cost.parts?.tax.minorUnits),
      ])
    let isMoved = try move(
      purchase, from: [.awaitingSupplierPayment], to: .purchased, nil, tries: 0, then: .end)
    if isMoved { try settleReservation(content, cost.landed) }
  }

  /// Records that the supplier's order has lapsed unpaid.
  func close(_ purchase: Purchase, _ reason: PurchaseReason) throws {
    let isMoved = try move(
      purchase, from: [.awaitingSupplierPayment], to: .closed, reason, tries: purchase.tries,
      then: .end)
    if isMoved { try release(purchase.content) }
  }

  /// Starts the lookups of an unknown outcome anew.
  func lookUpNow(_ purchase: Purchase, _ reason: PurchaseReason) throws {
    try move(purchase, from: [.unknown], to: .unknown, reason, tries: 0, then: .now)
  }

  /// What becomes of the intent.
  private enum Next {
    /// It has ended, or waits for a person.
    case end
    /// The handler that runs goes on with the next step; after a crash the intent is still due.
    case goOn
    case later(Int64)
    /// Due now, for whoever changed it outside its handler.
    case now
  }

  /// Changes the state, and the intent with it.
  ///
  /// - Returns: false, changing nothing, when it is in none of the states to leave.
  @discardableResult
  private func move(
    _ purchase: Purchase, from states: [Purchase.State], to state: Purchase.State,
    _ reason: PurchaseReason?, tries: Int, then next: Next
  ) throws -> Bool {
    let orderID = purchase.content.orderID
    let nextAt: Int64 =
      switch next {
      case .end: 0
      case .goOn, .now: transaction.now
      case .later(let time): time
      }
    let leaving = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    let changed = try transaction.run(
      """
      UPDATE purchase SET state = $3, reasonCode = $4, reasonText = $5, reasonOwner = $6,
        providerCode = $7, tries = $8, nextAt = $9, updatedAt = $10
      WHERE orderID = $1 AND generation = $2 AND state IN (\(leaving))
      """,
      [
        .text(orderID), .integer(Int64(purchase.content.generation)), .text(state.rawValue),
        .text(reason?.code.rawValue ?? ""), .text(reason?.text ?? ""),
        .text(reason?.owner.rawValue ?? ""), .text(reason?.providerCode ?? ""),
        .integer(Int64(tries)), .integer(nextAt), .integer(transaction.now),
      ])
    switch next {
    case _ where changed != 1, .end: try transaction.complete(Self.intent, orderID)
    case .goOn: break
    case .later(let time):
      try transaction.postpone(
        Self.intent, orderID, until: time, note: reason?.code.rawValue ?? "")
    case .now: try transaction.schedule(Self.intent, orderID)
    }
    return changed == 1
  }
}
