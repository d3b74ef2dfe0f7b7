import Contract
import Money

/// What a quote is asked for.
struct QuoteWish: Sendable {
  let productID: String
  let skuID: String
  let quantity: Int
  let shipTo: Address
  let currency: Currency
  /// Nil to ask for the cost alone.
  let ceiling: Amount?
}

/// Asks the supplier for product and delivery at once, and checks what must hold.
struct Quoting: Sendable {
  let account: any SupplierAccount

  func quote(_ wish: QuoteWish) async -> Reading<PurchaseRules.Quote> {
    async let asked = account.product(
      wish.productID, shipTo: wish.shipTo.country, in: wish.currency)
    let deliveries = await account.deliveries(
      DeliveryWish(
        productID: wish.productID, skuID: wish.skuID, quantity: wish.quantity,
        shipTo: wish.shipTo, currency: wish.currency))
    let product: SupplierProduct
    switch await asked {
    case .refused(let reason): return .refused(reason)
    case .later(let reason, let seconds): return .later(reason, retryAfterSeconds: seconds)
    case .value(let value): product = value
    }
    do throws(PurchaseReason) {
      // The product's own faults come first: an unknown variant has no delivery either.
      try PurchaseRules.requireAvailable(product, skuID: wish.skuID, quantity: wish.quantity)
      switch deliveries {
      case .refused(let reason): return .refused(reason)
      case .later(let reason, let seconds): return .later(reason, retryAfterSeconds: seconds)
      case .value(let deliveries):
        return .value(
          try PurchaseRules.quote(
            product, skuID: wish.skuID, quantity: wish.quantity, deliveries: deliveries,
            ceiling: wish.ceiling))
      }
    } catch {
      return .refused(error)
    }
  }
}
