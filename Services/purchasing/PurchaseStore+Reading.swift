import Contract
import Money
import Runtime
import Store

extension PurchaseStore {
  /// A purchase with what happened to its last sending and the credentials that it needs.
  struct Situation: Sendable {
    let purchase: Purchase
    let attempts: [Attempt]
    let credentials: SealedCredentials?
  }

  /// The newest generation of an order's purchase.
  func purchase(_ orderID: String) throws -> Purchase? {
    try transaction.row(
      "SELECT * FROM purchase WHERE orderID = $1 ORDER BY generation DESC LIMIT 1",
      [.text(orderID)]
    ).map(purchase)
  }

  func purchase(_ orderID: String, generation: Int) throws -> Purchase? {
    try transaction.row(
      "SELECT * FROM purchase WHERE orderID = $1 AND generation = $2",
      [.text(orderID), .integer(Int64(generation))]
    ).map(purchase)
  }

  /// - Throws: `NotFound`.
  func require(_ orderID: String) throws -> Purchase {
    guard let purchase = try purchase(orderID) else {
      throw NotFound(kind: "purchase of order", id: orderID)
    }
    return purchase
  }

  func situation(_ orderID: String) throws -> Situation? {
    guard let purchase = try purchase(orderID) else { return nil }
    let content = purchase.content
    let credentials = try CredentialStore(transaction: transaction).sealed(
      CredentialKey(userID: content.userID, environment: content.environment))
    let attempts = try attempts(orderID).filter { $0.generation == content.generation }
    return Situation(purchase: purchase, attempts: attempts, credentials: credentials)
  }

  /// What was sent and what was found for an order, over all its generations.
  struct Story: Sendable {
    let attempts: [Attempt]
    let findings: [Finding]
  }

  func story(_ orderID: String) throws -> Story {
    Story(attempts: try attempts(orderID), findings: try findings(orderID))
  }

  /// All sendings for an order, oldest first.
  func attempts(_ orderID: String) throws -> [Attempt] {
    try transaction.rows(
      "SELECT * FROM attempt WHERE orderID = $1 ORDER BY generation, number", [.text(orderID)]
    ).map { row in
      guard let outcome = Attempt.Outcome(rawValue: row.text("outcome")) else {
        preconditionFailure("the schema admits no other outcome")
      }
      return Attempt(
        generation: Int(row.int("generation")), number: Int(row.int("number")),
        path: row.text("path"), account: row.text("account"), key: row.text("key"),
        outcome: outcome, reason: row.reason,
        startedAt: row.int("startedAt"), endedAt: row.int("endedAt"), pathReason: row.pathReason,
        step: row.text("step"), confirmingAt: row.int("confirmingAt"),
        screenshots: row.text("screenshots").split(separator: "\n").map(String.init))
    }
  }

  /// Newest generations in the order in which they were asked for: one reseller's, or everyone's
  /// for user 0; of one state, or of all.
  func purchases(userID: Int64, state: Purchase.State?, after number: Int64, limit: Int) throws
    -> [(Int64, Purchase)]
  {
    var conditions = """
      number > $1 AND generation =
        (SELECT MAX(generation) FROM purchase AS other WHERE other.orderID = purchase.orderID)
      """
    var values: [SQLValue] = [.integer(number), .integer(Int64(limit))]
    if userID != 0 {
      values.append(.integer(userID))
      conditions += " AND userID = $\(values.count)"
    }
    if let state {
      values.append(.text(state.rawValue))
      conditions += " AND state = $\(values.count)"
    }
    return try transaction.rows(
      "SELECT * FROM purchase WHERE \(conditions) ORDER BY number LIMIT $2", values
    ).map { ($0.int("number"), try purchase($0)) }
  }

  /// Which generation a supplier order is, by its key; nil when it is none's.
  func claimant(of supplierOrderID: String, _ environment: Contract.Environment) throws -> String? {
    try transaction.row(
      "SELECT * FROM supplierOrder WHERE environment = $1 AND supplierOrderID = $2",
      [.integer(Int64(environment.rawValue)), .text(supplierOrderID)]
    ).map { "\($0.text("orderID"))-p\($0.int("generation"))" }
  }

  private func purchase(_ row: Row) throws -> Purchase {
    let orderID = row.text("orderID")
    let generation = row.int("generation")
    guard let state = Purchase.State(rawValue: row.text("state")),
      let resolvedBy = Purchase.Resolution(rawValue: row.text("resolvedBy"))
    else { preconditionFailure("the schema admits no other state or resolution") }
    let ids = try transaction.rows(
      """
      SELECT supplierOrderID FROM supplierOrder WHERE orderID = $1 AND generation = $2
      ORDER BY supplierOrderID
      """,
      [.text(orderID), .integer(generation)])
    return Purchase(
      content: PurchaseContent(
        orderID: orderID, generation: Int(generation), userID: row.int("userID"),
        environment: row.environment, productURL: row.text("productURL"),
        productID: row.text("productID"), skuID: row.text("skuID"),
        quantity: Int(row.int("quantity")), shipTo: try Address(json: row.text("shipTo")),
        ceiling: try Amount(
          validating: row.int("ceiling"), currency: row.text("currency"))),
      state: state, path: row.text("path"), request: row.text("request"),
      supplierOrderIDs: ids.map { $0.text("supplierOrderID") }, cost: try cost(row),
      reason: row.reason, resolvedBy: resolvedBy, tries: Int(row.int("tries")),
      sentAt: row.int("sentAt"), placedAt: row.int("placedAt"), payBy: row.int("payBy"),
      nextAt: row.int("nextAt"), createdAt: row.int("createdAt"), updatedAt: row.int("updatedAt"),
      listReadAt: row.int("listReadAt"))
  }

  private func cost(_ row: Row) throws -> Cost? {
    guard let code = row.textOrNil("costCurrency") else { return nil }
    let currency = try Currency(validating: code)
    func amount(_ column: String) -> Amount? {
      row.intOrNil(column).map { Amount(minorUnits: $0, currency: currency) }
    }
    guard let landed = amount("landedCost") else { return nil }
    guard let items = amount("itemsCost"), let shipping = amount("shippingCost"),
      let tax = amount("taxCost")
    else { return Cost(landed: landed, parts: nil) }
    return Cost(landed: landed, parts: .init(items: items, shipping: shipping, tax: tax))
  }
}

extension Row {
  /// Why an attempt went by the browser; nil for others.
  var pathReason: PurchaseReason? {
    guard let code = PurchaseReason.Code(rawValue: text("pathCode")),
      let owner = PurchaseReason.Owner(rawValue: text("pathOwner"))
    else { return nil }
    return PurchaseReason(code: code, text: text("pathText"), owner: owner)
  }

  /// The four columns of a reason; nil without a code.
  var reason: PurchaseReason? {
    guard let code = PurchaseReason.Code(rawValue: text("reasonCode")),
      let owner = PurchaseReason.Owner(rawValue: text("reasonOwner"))
    else { return nil }
    return PurchaseReason(
      code: code, text: text("reasonText"), owner: owner, providerCode: text("providerCode"))
  }
}
