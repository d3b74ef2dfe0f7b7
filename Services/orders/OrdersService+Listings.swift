import Contract
import Logging
import Money
import RPC
import Runtime
import Store

extension OrdersService {
  /// Puts what a reseller sells. Orders that were made from it keep their terms.
  func putListing(_ request: PutListingRequest, _ context: CallContext) async throws
    -> Contract.Listing
  {
    let actor = try context.actor()
    let listing = try read(request)
    try actor.requireAccess(to: listing.userID)
    let updatedAt = try await book.store.write {
      try ListingStore(transaction: $0).put(listing, actor: actor)
    }
    context.logger.info(
      "listing put",
      metadata: [
        "listing": "\(listing.listingID)", "user": "\(listing.userID)",
        "price": "\(listing.price)", "by": "\(actor)",
      ])
    return .init(listing, updatedAt: updatedAt)
  }

  private func read(_ request: PutListingRequest) throws(InvalidFields) -> Listing {
    var fields = Fields()
    let listingID = fields.id("listing_id", request.listingID)
    let userID = fields.userID(request.userID)
    let environment = fields.environment(request.environment)
    let productID = fields.productPage("product_url", request.productURL)
    let skuID = fields.sku(request.skuID)
    let title = fields.text("title", request.title)
    let price = fields.price(request.price)
    try fields.finish()
    guard let listingID, let userID, let environment, productID != nil, let skuID, let title,
      let price
    else { throw fields.refusal }
    return Listing(
      listingID: listingID, userID: userID, environment: environment,
      productURL: request.productURL,
      skuID: skuID, title: title, price: price)
  }

  func getListing(_ request: GetListingRequest, _ context: CallContext) async throws
    -> Contract.Listing
  {
    let actor = try context.actor()
    var fields = Fields()
    guard let listingID = fields.id("listing_id", request.listingID) else {
      throw fields.refusal
    }
    let (listing, updatedAt) = try await book.store.read {
      try ListingStore(transaction: $0).require(listingID)
    }
    try actor.requireAccess(to: listing.userID)
    return .init(listing, updatedAt: updatedAt)
  }

  /// Listings in the order in which they were first put. A reseller gets his own.
  func listListings(_ request: ListListingsRequest, _ context: CallContext) async throws
    -> ListListingsResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    let size = fields.size(request.pageSize)
    let after = fields.pageToken(request.pageToken)
    try fields.finish()
    guard let userID else { throw fields.refusal }
    let owner = try actor.listed(userID)
    let found = try await book.store.read {
      try ListingStore(transaction: $0).listings(userID: owner, after: after, limit: size + 1)
    }
    let page = found.prefix(size)
    return ListListingsResponse(
      listings: page.map { .init($0.listing, updatedAt: $0.updatedAt) },
      nextPageToken: found.count > size ? page.last.map { "\($0.number)" } ?? "" : "")
  }
}

extension Actor {
  /// Whose rows a list shows: the user's who is asked for, a reseller's own, or everyone's.
  func listed(_ userID: Int64) throws -> Int64? {
    guard case .reseller(let own) = self else { return userID == 0 ? nil : userID }
    if userID != 0 { try requireAccess(to: userID) }
    return own
  }
}

extension Fields {
  static let skuBytesMax = 64
  static let rowsMax: Int32 = 500

  /// The supplier's id of a variant.
  fileprivate mutating func sku(_ text: String) -> String? {
    let isValid =
      (1...Self.skuBytesMax).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 }
    if isValid { return text }
    reject(
      "sku_id",
      "is \"\(Self.shown(text))\"; the supplier's id of the exact variant is needed, 1 to "
        + "\(Self.skuBytesMax) letters and digits")
    return nil
  }

  /// What one costs. Whether so many can be sold is a matter of the checkout, which knows how many.
  fileprivate mutating func price(_ money: Contract.Money?) -> Amount? {
    guard let money else {
      reject("price", "is missing; an amount and its currency are needed")
      return nil
    }
    guard let currency = currency("price", money.currency) else { return nil }
    let price = Amount(minorUnits: money.minorUnits, currency: currency)
    if price.isPositive { return price }
    reject("price", "is \(price); it must be positive")
    return nil
  }

  /// Number of rows of a page: 0 takes the default.
  mutating func size(_ size: Int32) -> Int {
    if size <= Self.rowsMax { return pageSize(size) }
    reject("page_size", "is \(size); it must be 1 to \(Self.rowsMax), or 0 for 50")
    return 0
  }
}
