import Contract
import Money
import PayPal

/// A checkout as it was read, with the listing as it is now.
struct Checkout: Hashable, Sendable {
  let orderID: String
  let listing: Listing
  let quantity: Int
  let shipTo: Address
  let returnURL: String
  let cancelURL: String
  /// Price x quantity.
  let total: Amount
}

/// In which currency an order can be sold, and what its purchase may cost. Pure.
enum CheckoutRules {
  static let quantityMax = 999
  /// The greatest total, so that no account's sum can overflow.
  static let totalMax: Int64 = 1_000_000_000_000
  /// How long a buyer may take to approve and pay: PayPal gives three hours from its order on (page of
  /// Orders v2), which may be made a little later than ours.
  static let approvalMilliseconds: Int64 = 4 * 3600 * 1000
  /// The supplier's pay currency: an order is sold, bought and booked in one currency.
  static let payCurrency = Currency.usd
  /// - Throws: `OrdersError.currencyNotTaken`.
  static func requireSellable(_ currency: Currency) throws(OrdersError) {
    if !PayPalCurrency.isSupported(currency) {
      throw .currencyNotTaken(currency.code, why: "PayPal does not receive it")
    }
    if currency != payCurrency {
      throw .currencyNotTaken(
        currency.code, why: "the supplier is paid in \(payCurrency.code), and an order has one")
    }
  }

  /// Price x quantity; nil when it is too great to be booked.
  static func total(_ price: Amount, quantity: Int) -> Amount? {
    guard let total = try? price.multiplied(by: Int64(quantity)), total.minorUnits <= totalMax
    else { return nil }
    return total
  }

  /// What items, shipping and tax may cost together: the price less PayPal's fee and the margin
  /// that the platform wants at least. Never negative.
  ///
  /// - Parameter marginBasisPoints: of the price.
  static func costCeiling(_ price: Amount, fee: Amount, marginBasisPoints: Int)
    throws(MoneyError) -> Amount
  {
    let margin = try price.share(basisPoints: marginBasisPoints)
    let ceiling = try price.subtracting(fee).subtracting(margin)
    return ceiling.isNegative ? .zero(price.currency) : ceiling
  }
}
