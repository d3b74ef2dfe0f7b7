import Contract
import Money
import Runtime
import Store

/// The fields of a checkout, read and right by themselves.
struct CheckoutRequest: Sendable {
  let orderID: String
  let listingID: String
  let quantity: Int
  let shipTo: Address
  let returnURL: String
  let cancelURL: String

  /// - Throws: `InvalidFields` naming everything wrong.
  init(_ request: CreateCheckoutRequest) throws(InvalidFields) {
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let listingID = fields.id("listing_id", request.listingID)
    if !(1...CheckoutRules.quantityMax).contains(Int(request.quantity)) {
      fields.reject(
        "quantity", "is \(request.quantity); it must be 1 to \(CheckoutRules.quantityMax)")
    }
    let shipTo = AddressRules.check("ship_to", request.shipTo, &fields)
    let returnURL = fields.page("return_url", request.returnURL)
    let cancelURL = fields.page("cancel_url", request.cancelURL)
    try fields.finish()
    guard let orderID, let listingID, let shipTo, let returnURL, let cancelURL else {
      throw fields.refusal
    }
    self.orderID = orderID
    self.listingID = listingID
    self.quantity = Int(request.quantity)
    self.shipTo = shipTo
    self.returnURL = returnURL
    self.cancelURL = cancelURL
  }

  /// Makes the order, or finds the one that has the id and compares.
  func checkOut(
    _ orders: OrderStore, _ actor: Actor,
    isConfigured: (Contract.Environment) -> Bool
  ) throws -> (Order, isNew: Bool) {
    if let stored = try orders.order(orderID) {
      try actor.requireAccess(to: stored.userID)
      try compare(stored)
      return (stored, false)
    }
    let (listing, _) = try ListingStore(transaction: orders.transaction).require(listingID)
    try actor.requireAccess(to: listing.userID)
    guard isConfigured(listing.environment) else {
      throw OrdersError.payPalNotConfigured(environment: listing.environment.word)
    }
    try CheckoutRules.requireSellable(listing.price.currency)
    guard let total = CheckoutRules.total(listing.price, quantity: quantity) else {
      var fields = Fields()
      let limit = Amount(
        minorUnits: CheckoutRules.totalMax, currency: listing.price.currency)
      fields.reject(
        "quantity", "is \(quantity); at \(listing.price) each it must come to \(limit) at most")
      throw fields.refusal
    }
    let checkout = Checkout(
      orderID: orderID, listing: listing, quantity: quantity, shipTo: shipTo,
      returnURL: returnURL, cancelURL: cancelURL, total: total)
    if let order = try orders.create(checkout, actor: actor) { return (order, true) }
    let stored = try orders.require(orderID)
    try actor.requireAccess(to: stored.userID)
    try compare(stored)
    return (stored, false)
  }

  private func compare(_ stored: Order) throws {
    let (before, now) = (
      AddressRules.parts(stored.checkoutAddress), AddressRules.parts(shipTo)
    )
    let address = zip(before, now).map {
      (field: "ship_to.\($0.0)", stored: "\"\($0.1)\"", given: "\"\($1.1)\"")
    }
    try Comparison(kind: "order", id: orderID).require(
      [
        ("listing_id", stored.listingID, listingID),
        ("quantity", "\(stored.quantity)", "\(quantity)"),
      ] + address + [
        ("return_url", "\"\(stored.returnURL)\"", "\"\(returnURL)\""),
        ("cancel_url", "\"\(stored.cancelURL)\"", "\"\(cancelURL)\""),
      ])
  }
}

extension Fields {
  /// A page's address, or nothing.
  mutating func page(_ field: String, _ url: String) -> String? {
    url.isEmpty ? "" : requiredPage(field, url)
  }

  /// A page's address: http or https, without blanks.
  mutating func requiredPage(_ field: String, _ url: String) -> String? {
    guard let text = text(field, url, isRequired: true) else { return nil }
    let rest = ["https://", "http://"].first { text.hasPrefix($0) }.map {
      text.dropFirst($0.count)
    }
    if let rest, let first = rest.first, first != "/",
      text.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 })
    {
      return text
    }
    reject(field, "is \"\(Self.shown(text))\"; it must be the address of a page, https://...")
    return nil
  }
}
