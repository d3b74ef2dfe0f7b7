/// What a buyer sees after the order is placed.
enum ConfirmationPage {
  static func html(_ orders: [SupplierOrder], now: Int64) -> HTML {
    let numbers = orders.map { order -> HTML in "<span class=\"order-number\">\(order.id)</span>" }
    let isPaid = orders.allSatisfy { $0.isPaid(at: now) }
    return """
      <h1>Thank you for your order</h1>
      <dl>
      <dt>Order number</dt><dd id="order-number">\(numbers)</dd>
      <dt>Payment</dt><dd id="payment-state">\(isPaid ? "Paid" : "Awaiting payment")</dd>
      <dt>Total</dt>
      <dd id="order-amount">\(ShopPage.money(orders.reduce(0) { $0 + $1.total }))</dd>
      </dl>
      <p><a href="/shop/orders">My orders</a></p>
      """
  }
}

/// An account's orders, newest first.
struct OrderListPage: Sendable {
  static let rowsMax = 10

  let orders: [SupplierOrder]
  /// From 1.
  let number: Int
  let now: Int64

  var html: HTML {
    let first = max(0, min(number - 1, orders.count)) * Self.rowsMax
    let rows = orders.dropFirst(first).prefix(Self.rowsMax)
    let next: HTML =
      first + rows.count < orders.count
      ? "<p><a class=\"next-page\" href=\"/shop/orders?page=\(Int64(number + 1))\">Next page</a></p>"
      : ""
    return """
      <h1>My orders</h1>
      <table id="order-list"><thead><tr><th>Order</th><th>Item</th><th>Pieces</th><th>Receiver</th>
      <th>State</th><th>Total</th></tr></thead>
      <tbody>\(rows.map(row))</tbody></table>
      \(rows.isEmpty ? "<p class=\"no-orders\">There are no orders here.</p>" : "" as HTML)
      \(next)
      """
  }

  private func row(_ order: SupplierOrder) -> HTML {
    """
    <tr class="order-row" data-order-id="\(order.id)">
    <td><a class="order-id" href="/shop/orders/\(order.id)">\(order.id)</a><br>\(order.time)</td>
    <td>\(order.skus)</td>
    <td class="order-quantity">\(order.pieces)</td>
    <td>\(order.destination)</td>
    <td class="order-state">\(order.state(at: now))</td>
    <td class="order-amount">\(ShopPage.money(order.total))</td></tr>

    """
  }
}

/// One order.
enum OrderPage {
  static func html(_ order: SupplierOrder, now: Int64) -> HTML {
    let tracking: HTML =
      order.isShipped(at: now)
      ? "<dt>Tracking number</dt><dd id=\"tracking-number\">\(order.trackingNumber)</dd>" : ""
    return """
      <h1>Order <span class="order-id">\(order.id)</span></h1>
      <dl>
      <dt>Placed</dt><dd>\(order.time)</dd>
      <dt>Item</dt><dd>\(order.skus)</dd>
      <dt>Pieces</dt><dd class="order-quantity">\(order.pieces)</dd>
      <dt>Ship to</dt><dd>\(order.destination)</dd>
      <dt>State</dt><dd class="order-state">\(order.state(at: now))</dd>
      <dt>Payment</dt><dd id="payment-state">\(order.paymentState(at: now))</dd>
      <dt>Total</dt>
      <dd id="order-amount" class="order-amount">\(ShopPage.money(order.total))</dd>
      \(tracking)
      </dl>
      """
  }
}

extension SupplierOrder {
  fileprivate var time: HTML {
    let text = Moment(milliseconds: placedAt).text
    return "<time class=\"order-time\" datetime=\"\(text)\">\(text)</time>"
  }

  fileprivate var skus: [HTML] {
    lines.map { line in
      "<span class=\"order-sku\" data-sku-id=\"\(line.skuID)\">\(line.title)</span> "
    }
  }

  fileprivate var pieces: Int64 { lines.reduce(0) { $0 + $1.count } }

  fileprivate var destination: HTML {
    """
    <span class="order-receiver">\(origin.address["contact_person"]?.text ?? "")</span><br>
    <span class="order-address">\(ShopAddress.line(origin.address))</span>
    """
  }

  fileprivate func state(at now: Int64) -> String {
    if isCancelled(at: now) { return "Closed" }
    switch status(at: now) {
    case "PLACE_ORDER_SUCCESS": return "Awaiting payment"
    case "WAIT_SELLER_SEND_GOODS": return "Awaiting shipment"
    case "WAIT_BUYER_ACCEPT_GOODS": return "Shipped"
    default: return "Finished"
    }
  }

  fileprivate func paymentState(at now: Int64) -> String {
    if isPaid(at: now) { return "Paid" }
    return isCancelled(at: now) ? "Closed" : "Awaiting payment"
  }
}
