import Contract
import Money
import Runtime
import Store

/// A product that a reseller sells: which page, which variant, at which price.
struct Listing: Hashable, Sendable {
  let listingID: String
  /// The reseller; 0 for a house listing.
  let userID: Int64
  let environment: Contract.Environment
  let productURL: String
  let skuID: String
  let title: String
  /// What the buyer pays for one.
  let price: Amount
}

/// The listings.
struct ListingStore {
  let transaction: Transaction

  /// Puts a listing in place of the one with its id. One that belongs to somebody else is refused.
  func put(_ listing: Listing, actor: Actor) throws -> Int64 {
    if let (stored, updatedAt) = try self.listing(listing.listingID) {
      try actor.requireAccess(to: stored.userID)
      if stored == listing { return updatedAt }
    }
    try transaction.run(
      """
      INSERT INTO listing (listingID, userID, environment, productURL, skuID, title, currency,
        price, updatedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      ON CONFLICT (listingID) DO UPDATE SET userID = excluded.userID,
        environment = excluded.environment, productURL = excluded.productURL,
        skuID = excluded.skuID, title = excluded.title, currency = excluded.currency,
        price = excluded.price, updatedAt = excluded.updatedAt
      """,
      [
        .text(listing.listingID), .integer(listing.userID),
        .integer(Int64(listing.environment.rawValue)), .text(listing.productURL),
        .text(listing.skuID), .text(listing.title), .text(listing.price.currency.code),
        .integer(listing.price.minorUnits), .integer(transaction.now),
      ])
    return transaction.now
  }

  /// The listing with this id, and when it was put.
  func listing(_ listingID: String) throws -> (Listing, updatedAt: Int64)? {
    try transaction.row("SELECT * FROM listing WHERE listingID = $1", [.text(listingID)])
      .map { (try listing($0), $0.int("updatedAt")) }
  }

  /// - Throws: `NotFound`.
  func require(_ listingID: String) throws -> (Listing, updatedAt: Int64) {
    guard let found = try listing(listingID) else {
      throw NotFound(kind: "listing", id: listingID)
    }
    return found
  }

  /// A listing in a list: its number, what it is, when it was put.
  struct Listed: Sendable {
    let number: Int64
    let listing: Listing
    let updatedAt: Int64
  }

  /// Listings in the order in which they were first put, after a number; everyone's for nil.
  func listings(userID: Int64?, after number: Int64, limit: Int) throws -> [Listed] {
    var condition = ""
    var values: [SQLValue] = [.integer(number), .integer(Int64(limit))]
    if let userID {
      values.append(.integer(userID))
      condition = " AND userID = $3"
    }
    return try transaction.rows(
      "SELECT * FROM listing WHERE number > $1\(condition) ORDER BY number LIMIT $2", values
    ).map {
      Listed(number: $0.int("number"), listing: try listing($0), updatedAt: $0.int("updatedAt"))
    }
  }

  private func listing(_ row: Row) throws -> Listing {
    let currency = try Currency(validating: row.text("currency"))
    return Listing(
      listingID: row.text("listingID"), userID: row.int("userID"),
      environment: row.environment, productURL: row.text("productURL"),
      skuID: row.text("skuID"), title: row.text("title"),
      price: Amount(minorUnits: row.int("price"), currency: currency))
  }
}
