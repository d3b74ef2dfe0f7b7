import Money

/// The totals as a checkout shows them at one moment; nil where one cannot be read.
struct ShownTotals: Hashable, Sendable {
  let items: Amount?
  let shipping: Amount?
  let tax: Amount?
  let landed: Amount?

  /// Whether the total is the sum of its parts.
  var addsUp: Bool {
    guard let items, let shipping, let tax, let landed else { return false }
    return (try? items.adding(shipping).adding(tax)) == landed
  }

  /// Whether they are those of a delivery.
  func isOf(_ delivery: Delivery) -> Bool { addsUp && shipping == delivery.fee }
}

extension BrowserRules {
  /// The totals of a checkout with a delivery.
  ///
  /// - Throws: `PurchaseReason` when they cannot be read, do not add up, or have another shipping than
  ///   the delivery.
  static func totals(_ shown: ShownTotals, of delivery: Delivery) throws(PurchaseReason)
    -> ShopTotals
  {
    guard let items = shown.items, let shipping = shown.shipping, let tax = shown.tax,
      let landed = shown.landed
    else { throw unreadable("the checkout's total") }
    guard shown.addsUp else {
      throw unreadable("the checkout's total, which is not the sum of its parts,")
    }
    guard let fee = delivery.fee, shipping == fee else {
      let fee = delivery.fee.map { "\($0)" } ?? "nobody knows what"
      throw PurchaseReason(
        code: .priceUnreadable,
        text: "the checkout shows \(shipping) for shipping, and the delivery that was chosen costs "
          + "\(fee); nothing is bought on a guess", owner: .platform)
    }
    return ShopTotals(
      items: items, shipping: shipping, tax: tax, landed: landed, delivery: delivery.code)
  }
}
