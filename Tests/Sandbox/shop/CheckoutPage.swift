/// Where an order gets its address and delivery, and is confirmed.
struct CheckoutPage: Sendable {
  let draft: ShopDraft
  let product: Product
  let sku: SKU
  /// An address that was entered and is not right.
  var rejected: ShopAddress?
  var addressFault = ""

  private var options: [FreightOption] {
    product.freight.filter { $0.countries.contains(draft.address.country) }
      .sorted { $0.fee < $1.fee }
  }
  private var items: Int64 { (sku.price + draft.surcharge) * draft.quantity }
  private var tax: Int64 { sku.tax * draft.quantity }

  var html: HTML {
    """
    <h1>Checkout</h1>
    <h2>Ship to</h2>
    \(chosenAddress)
    <p><button type="button" id="new-address">Use another address</button></p>
    \(AddressForm(draft: draft.id, address: rejected ?? .init(), fault: addressFault).html)
    <h2>Item</h2>
    <p>\(product.title), <span class="checkout-sku" data-sku-id="\(sku.id)">\(sku.label)</span>,
    <span class="checkout-quantity">\(draft.quantity)</span> x
    <span class="checkout-price">\(ShopPage.money(sku.price + draft.surcharge))</span></p>
    \(order)
    <script>\(Self.script)</script>
    """
  }

  private var chosenAddress: HTML {
    let address = draft.address
    return """
      <div class="card" id="\(draft.hasNewAddress ? "address-summary" : "saved-address")">
      <strong class="receiver">\(address.contactPerson)</strong>
      <span class="phone">\(address.phoneCountry) \(address.mobileNo)</span><br>
      <span class="address-line">\(ShopAddress.line(address.json))</span></div>
      """
  }

  private var order: HTML {
    guard sku.stock >= draft.quantity, !draft.isSoldOut else {
      return "<p class=\"sold-out notice\">Sorry, this variant is sold out.</p>"
    }
    guard let first = options.first else {
      return """
        <p class="not-deliverable notice">This item cannot be sent to \(draft.address.country).</p>
        """
    }
    let button: HTML =
      draft.hasConfirmButton ? "<button class=\"main\" id=\"place-order\">Place order</button>" : ""
    return """
      <form id="place-form" method="post" action="/shop/place" data-before-shipping="\(items + tax)"
      data-totals-delay="\(draft.totalsDelay)">
      <input type="hidden" name="checkout" value="\(draft.id)">
      <h2>Delivery</h2>
      \(options.map { choice($0, isFirst: $0.code == first.code) })
      <h2>Total</h2>
      <dl>
      <dt>Items</dt><dd id="total-items">\(ShopPage.money(items))</dd>
      <dt>Shipping</dt><dd id="total-shipping">\(ShopPage.money(first.fee))</dd>
      <dt>Tax</dt><dd id="total-tax">\(ShopPage.money(tax))</dd>
      <dt>Total</dt><dd><strong id="total-amount">\(ShopPage.money(items + tax + first.fee))</strong>
      </dd>
      </dl>
      <p>\(button)</p>
      </form>
      """
  }

  private func choice(_ option: FreightOption, isFirst: Bool) -> HTML {
    """
    <label><input type="radio" name="delivery" value="\(option.code)" data-fee="\(option.fee)"
    \(isFirst ? "checked" : "")> \(option.company), \(Int64(option.days.lowerBound)) to
    \(Int64(option.days.upperBound)) days, <span
    class="delivery-fee">\(ShopPage.money(option.fee))</span>\(option.isTracked ? ", tracked" : ", untracked")</label>

    """
  }

  private static let script: HTML = """
    const address = document.querySelector('#address-form');
    document.querySelector('#new-address').addEventListener('click', () => {
      address.hidden = false;
      address.elements.contactPerson.focus();
    });
    const order = document.querySelector('#place-form');
    const money = minor => 'US $' + (minor / 100).toLocaleString('en-US',
      {minimumFractionDigits: 2, maximumFractionDigits: 2});
    if (order) order.addEventListener('change', event => {
      if (event.target.name !== 'delivery') return;
      const fee = Number(event.target.dataset.fee);
      const show = () => {
        document.querySelector('#total-shipping').textContent = money(fee);
        document.querySelector('#total-amount').textContent =
          money(Number(order.dataset.beforeShipping) + fee);
      };
      const delay = Number(order.dataset.totalsDelay);
      if (delay > 0) setTimeout(show, delay); else show();
    });
    """
}
