import Contract
import Money
import Runtime
import Store

/// The purchases, their attempts and the supplier's orders, and the intents that move them.
///
/// **Invariant:** a purchase that goes on by itself has an intent; one that has ended, or waits for a
/// person, has none.
struct PurchaseStore {
  static let intent = "advancePurchase"

  let transaction: Transaction

  /// A purchase, and whether this call made it.
  struct Requested: Sendable {
    let purchase: Purchase
    let isNew: Bool
  }

  /// Records what is to be bought, once. A replay finds the purchase as it is now.
  ///
  /// A next generation may have another address and another ceiling, nothing else.
  func request(_ content: PurchaseContent) throws -> Requested {
    let orderID = content.orderID
    let latest = try purchase(orderID)
    if let latest, content.generation <= latest.content.generation {
      let stored =
        content.generation == latest.content.generation
        ? latest : try purchase(orderID, generation: content.generation) ?? latest
      try Comparison(kind: "purchase of order", id: orderID).require(
        Self.fixed(stored.content, content) + Self.changeable(stored.content, content))
      return Requested(purchase: stored, isNew: false)
    }
    if let latest {
      try Comparison(kind: "purchase of order", id: orderID).require(
        Self.fixed(latest.content, content))
    }
    let isNext = content.generation == (latest?.content.generation ?? 0) + 1
    guard isNext, latest?.state.allowsNextGeneration ?? true else {
      throw PurchasingError.generationNotNext(
        orderID: orderID, given: content.generation, latest: latest?.content.generation ?? 0,
        state: latest?.state.rawValue ?? "")
    }
    try insert(content)
    try transaction.schedule(Self.intent, orderID)
    return Requested(purchase: Purchase(requested: content, at: transaction.now), isNew: true)
  }

  private func insert(_ content: PurchaseContent) throws {
    try transaction.run(
      """
      INSERT INTO purchase (orderID, generation, userID, environment, productURL, productID, skuID,
        quantity, shipTo, ceiling, currency, state, nextAt, createdAt, updatedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'REQUESTED', $12, $12, $12)
      """,
      [
        .text(content.orderID), .integer(Int64(content.generation)), .integer(content.userID),
        .integer(Int64(content.environment.rawValue)), .text(content.productURL),
        .text(content.productID), .text(content.skuID), .integer(Int64(content.quantity)),
        .text(content.shipTo.json(pretty: false)), .integer(content.ceiling.minorUnits),
        .text(content.ceiling.currency.code), .integer(transaction.now),
      ])
  }

  private typealias Pairs = [(field: String, stored: String, given: String)]

  /// What no generation may change.
  private static func fixed(_ stored: PurchaseContent, _ given: PurchaseContent) -> Pairs {
    [
      ("user_id", "\(stored.userID)", "\(given.userID)"),
      ("environment", stored.environment.word, given.environment.word),
      ("product_url", stored.productURL, given.productURL),
      ("sku_id", stored.skuID, given.skuID),
      ("quantity", "\(stored.quantity)", "\(given.quantity)"),
    ]
  }

  /// What the next generation may change.
  private static func changeable(_ stored: PurchaseContent, _ given: PurchaseContent) -> Pairs {
    let (old, new) = (stored.shipTo, given.shipTo)
    return [
      ("cost_ceiling", "\(stored.ceiling)", "\(given.ceiling)"),
      ("ship_to.full_name", old.fullName, new.fullName), ("ship_to.phone", old.phone, new.phone),
      ("ship_to.line1", old.line1, new.line1), ("ship_to.line2", old.line2, new.line2),
      ("ship_to.city", old.city, new.city), ("ship_to.province", old.province, new.province),
      ("ship_to.postal_code", old.postalCode, new.postalCode),
      ("ship_to.country", old.country, new.country), ("ship_to.tax_id", old.taxID, new.taxID),
    ]
  }

  /// Lets those purchases of a reseller go on that may have waited for his credentials.
  func wake(userID: Int64, _ environment: Contract.Environment) throws {
    let rows = try transaction.rows(
      """
      SELECT orderID FROM purchase
      WHERE userID = $1 AND environment = $2 AND nextAt > 0
        AND state IN ('REQUESTED', 'PLACING', 'AWAITING_SUPPLIER_PAYMENT', 'UNKNOWN')
      ORDER BY number LIMIT $3
      """,
      [
        .integer(userID), .integer(Int64(environment.rawValue)), .integer(Int64(Self.wakesMax)),
      ])
    for row in rows { try transaction.schedule(Self.intent, row.text("orderID")) }
  }

  /// Most purchases that one change of credentials wakes; the others come by their own time.
  private static let wakesMax = 1000
}

extension Purchase {
  /// A purchase that was just asked for.
  fileprivate init(requested content: PurchaseContent, at now: Int64) {
    self.init(
      content: content, state: .requested, path: "", request: "", supplierOrderIDs: [], cost: nil,
      reason: nil, resolvedBy: .none, tries: 0, sentAt: 0, placedAt: 0, nextAt: now,
      createdAt: now, updatedAt: now)
  }
}
