import Contract
import Presentation
import Runtime

/// Orders and listings as people read them.
enum OrderPages {
  /// One order with everything that is known; while it waits: why, since when, what comes next.
  static func card(_ order: Contract.Order) -> String {
    let booked = [
      order.isCaptureBooked ? "capture" : "", order.isSaleBooked ? "sale" : "",
      order.isRefundBooked ? "refund" : "",
    ].filter { !$0.isEmpty }
    return Table.card(
      [
        ("order", order.orderID), ("state", state(order.state)),
        ("environment", order.environment.word),
        ("reseller", order.userID == 0 ? "house" : "\(order.userID)"),
        ("listing", order.listingID), ("product", order.productURL), ("sku", order.skuID),
        ("quantity", "\(order.quantity)"), ("price", Shown.amount(order.price)),
        ("ship to", Shown.address(order.shipTo)), ("paypal order", order.paypalOrderID),
        ("approve at", order.state == .awaitingPayment ? order.approveURL : ""),
        ("capture", order.captureID), ("payment fee", Shown.amount(order.paymentFee)),
        ("supplier orders", order.supplierOrderIDs.joined(separator: ", ")),
        ("landed cost", Shown.amount(order.landedCost)), ("bought by", order.purchasePath),
        ("carrier", order.carrier), ("tracking", order.trackingNumber),
        ("carrier says", order.carrierSaid), ("carrier saw it", Shown.time(order.carrierSeenAt)),
        ("shipped", known(order.shippedAt, order.shippedLag)),
        ("delivered", known(order.deliveredAt, order.deliveredLag)),
        ("refunded", Shown.amount(order.refundedAmount)), ("refund", order.paypalRefundID),
        ("in the books", booked.joined(separator: ", ")),
        ("to be cancelled", Shown.time(order.cancelRequestedAt)),
      ] + waiting(order.waiting) + [
        ("created", Shown.time(order.createdAt)), ("updated", Shown.time(order.updatedAt)),
      ])
  }

  /// When we learned of it, and how long after the carrier.
  private static func known(_ time: Timestamp?, _ lag: Lag?) -> String {
    guard let lag else { return Shown.time(time) }
    return "\(Shown.time(time)), \(Shown.passed(lag.milliseconds).dropFirst()) after the carrier"
  }

  private static func waiting(_ waiting: Waiting?) -> [(name: String, value: String)] {
    guard let waiting else { return [] }
    let actions = waiting.allowedActions.map { Shown.word($0.shortName) }
    return [
      ("waits because", Shown.reason(waiting.reason)), ("since", Shown.time(waiting.since)),
      ("next", waiting.next), ("next at", Shown.time(waiting.nextAt)),
      ("you may", actions.joined(separator: ", ")),
    ]
  }

  static func table(_ orders: [Contract.Order]) -> String {
    var table = Table([
      .left("order"), .left("state"), .right("reseller"), .left("listing"), .right("qty"),
      .right("price"), .right("cost"), .left("created"), .left("waits because"),
    ])
    for order in orders {
      table.add([
        order.orderID, state(order.state), order.userID == 0 ? "house" : "\(order.userID)",
        order.listingID, "\(order.quantity)", Shown.amount(order.price),
        Shown.amount(order.landedCost), Shown.time(order.createdAt),
        order.waiting?.reason?.code ?? "",
      ])
    }
    return table.text(ifEmpty: "no orders")
  }

  /// One change of an order, for a watch.
  static func line(_ order: Contract.Order) -> String {
    let why = Shown.reason(order.waiting?.reason)
    return Shown.line(
      "\(Shown.time(order.updatedAt))  \(order.orderID)  \(state(order.state))"
        + (why.isEmpty ? "" : "  \(why)"))
  }

  static func state(_ state: OrderState) -> String { Shown.word(state.shortName) }

  static func card(_ listing: Listing) -> String {
    Table.card([
      ("listing", listing.listingID),
      ("reseller", listing.userID == 0 ? "house" : "\(listing.userID)"),
      ("environment", listing.environment.word), ("title", listing.title),
      ("product", listing.productURL), ("sku", listing.skuID),
      ("price", Shown.amount(listing.price)), ("updated", Shown.time(listing.updatedAt)),
    ])
  }

  static func table(_ listings: [Listing]) -> String {
    var table = Table([
      .left("listing"), .right("reseller"), .left("environment"), .right("price"), .left("sku"),
      .left("title"), .left("product"),
    ])
    for listing in listings {
      table.add([
        listing.listingID, listing.userID == 0 ? "house" : "\(listing.userID)",
        listing.environment.word, Shown.amount(listing.price), listing.skuID, listing.title,
        listing.productURL,
      ])
    }
    return table.text(ifEmpty: "no listings")
  }
}
