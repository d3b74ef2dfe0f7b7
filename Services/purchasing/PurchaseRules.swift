import Money

/// What may be bought, at what cost. Pure.
enum PurchaseRules {
  /// The only currency that AliExpress pays automatically in (page of aliexpress.ds.order.create).
  static let payCurrency = Currency.usd

  /// What a purchase will cost as far as anyone can say before placing it.
  struct Quote: Hashable, Sendable {
    let skuAttributes: String
    let deliveryCode: String
    let items: Amount
    let shipping: Amount
    let tax: Amount
    let landed: Amount
  }

  /// Checks everything that must hold before an order is placed: the exact variant, on sale, in
  /// stock, deliverable with tracking, and within the ceiling when there is one.
  static func quote(
    _ product: SupplierProduct, skuID: String, quantity: Int, deliveries: [Delivery],
    ceiling: Amount?
  ) throws(PurchaseReason) -> Quote {
    let sku = try available(product, skuID: skuID, quantity: quantity)
    let delivery = try cheapest(deliveries)
    guard let price = try price(of: sku, quantity: quantity), let tax = sku.taxOnTop,
      let shipping = delivery.fee
    else { throw unreadable("the price of variant \(skuID)") }
    let quote: Quote
    do throws(MoneyError) {
      let items = try price.multiplied(by: Int64(quantity))
      let taxes = try tax.multiplied(by: Int64(quantity))
      quote = Quote(
        skuAttributes: sku.attributes, deliveryCode: delivery.code, items: items,
        shipping: shipping, tax: taxes, landed: try items.adding(shipping).adding(taxes))
    } catch {
      throw unreadable("the cost of \(quantity) pieces (\(error))")
    }
    if let ceiling { try require(quote, within: ceiling) }
    return quote
  }

  /// The checks that need no delivery.
  static func requireAvailable(_ product: SupplierProduct, skuID: String, quantity: Int)
    throws(PurchaseReason)
  {
    _ = try available(product, skuID: skuID, quantity: quantity)
  }

  private static func available(_ product: SupplierProduct, skuID: String, quantity: Int)
    throws(PurchaseReason) -> SupplierProduct.SKU
  {
    guard let sku = product.skus.first(where: { $0.skuID == skuID }) else {
      throw PurchaseReason(
        code: .skuNotFound,
        text: "the product has no variant \(skuID); its \(product.skus.count) variants are others; "
          + "correct the listing, or refund",
        owner: .reseller)
    }
    guard product.status == "onSelling" else {
      throw PurchaseReason(
        code: .notOnSale, text: "the product is not on sale; refund, or buy it elsewhere",
        owner: .supplier, providerCode: product.status)
    }
    guard sku.stock >= Int64(quantity) else {
      throw PurchaseReason(
        code: .outOfStock,
        text: "variant \(skuID) has \(max(sku.stock, 0)) in stock, \(quantity) are ordered; "
          + "try again later, or refund",
        owner: .supplier)
    }
    return sku
  }

  private static func price(of sku: SupplierProduct.SKU, quantity: Int) throws(PurchaseReason)
    -> Amount?
  {
    guard let limit = sku.limit, Int64(quantity) > limit else { return sku.price }
    if sku.isLimitStrict {
      throw PurchaseReason(
        code: .quantityAboveLimit,
        text: "variant \(sku.skuID) is limited to \(limit) pieces, \(quantity) are ordered",
        owner: .reseller)
    }
    return sku.listPrice
  }

  /// The cheapest delivery that is tracked.
  static func cheapest(_ deliveries: [Delivery]) throws(PurchaseReason) -> Delivery {
    guard !deliveries.isEmpty else {
      throw PurchaseReason(
        code: .deliveryNotAvailable, text: "there is no delivery to this address; refund",
        owner: .buyer)
    }
    let tracked = deliveries.filter(\.isTracked)
    guard !tracked.isEmpty else {
      throw PurchaseReason(
        code: .noTrackedDelivery,
        text: "none of the \(deliveries.count) deliveries to this address is tracked; "
          + "buy it by hand, or refund", owner: .platform)
    }
    let readable = tracked.compactMap { delivery in
      delivery.fee.map { (fee: $0.minorUnits, delivery: delivery) }
    }
    guard
      let best = readable.min(by: { ($0.fee, $0.delivery.code) < ($1.fee, $1.delivery.code) })
    else { throw unreadable("the delivery's fee") }
    return best.delivery
  }

  private static func require(_ quote: Quote, within ceiling: Amount) throws(PurchaseReason) {
    let isAbove: Bool
    do throws(MoneyError) {
      isAbove = try ceiling.isLess(than: quote.landed)
    } catch {
      throw PurchaseReason(
        code: .currencyNotSupported,
        text: "the supplier asks for \(quote.landed), the ceiling is \(ceiling); "
          + "both must have one currency", owner: .platform)
    }
    if isAbove {
      throw PurchaseReason(
        code: .aboveCeiling,
        text: "it would cost \(quote.landed) (items \(quote.items), shipping \(quote.shipping), "
          + "tax \(quote.tax)), the ceiling is \(ceiling); raise the ceiling, or refund",
        owner: .reseller)
    }
  }

  private static func unreadable(_ what: String) -> PurchaseReason {
    PurchaseReason(
      code: .priceUnreadable, text: "\(what) cannot be read; nothing is bought on a guess",
      owner: .platform)
  }
}
