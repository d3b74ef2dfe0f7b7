/// The list of everything that is sold.
enum HomePage {
  static func html(_ catalogue: Catalogue) -> HTML {
    let cards = catalogue.onSale.map { product -> HTML in
      """
      <article class="card"><a href="/shop/item/\(product.id).html">\(product.title)</a>
      <p>from \(ShopPage.money(product.skus.map(\.price).min() ?? 0))</p></article>

      """
    }
    return "<h1>Everything</h1><div class=\"grid\">\(cards)</div>"
  }
}

/// A product with its variants.
struct ItemPage: Sendable {
  let product: Product
  /// Where it would be sent to.
  let country: String
  var isSoldOut = false

  var html: HTML {
    let single = product.skus.count == 1 ? product.skus.first : nil
    let picked = single.flatMap { $0.stock > 0 && !isSoldOut ? $0 : nil }
    let price = picked?.price ?? product.skus.map(\.price).min() ?? 0
    return """
      <h1 data-pl="product-title">\(product.title)</h1>
      <p class="price"><span class="product-price-value" data-minor="\(price)"
      data-currency="USD">\(ShopPage.money(price))</span></p>
      <p>\(shipping)</p>
      <h2>Variant</h2>
      <div id="variants">\(product.skus.map { variant($0, isPicked: $0.id == picked?.id) })</div>
      <form id="item-form" action="/shop/checkout" method="get">
      <input type="hidden" name="sku" value="\(picked?.id ?? "")">
      <label id="quantity">Quantity
      <input name="quantity" type="number" min="1" max="\(PlaceOrder.countMax)" value="1"></label>
      <p class="item-error notice" hidden>Please select a variant first.</p>
      <button class="main" id="buy-now">Buy now</button>
      </form>
      <script>\(Self.script)</script>
      """
  }

  private var shipping: HTML {
    let options = product.freight.filter { $0.countries.contains(country) }
    guard let cheapest = options.min(by: { $0.fee < $1.fee }) else {
      return "<span class=\"not-deliverable\">Cannot be sent to \(country).</span>"
    }
    let fee = cheapest.fee == 0 ? "Free shipping" : ShopPage.money(cheapest.fee)
    return """
      Shipping to \(country): <span class="shipping-fee">\(fee)</span> by \(cheapest.company),
      \(Int64(cheapest.days.lowerBound)) to \(Int64(cheapest.days.upperBound)) days
      """
  }

  private func variant(_ sku: SKU, isPicked: Bool) -> HTML {
    """
    <button type="button" class="sku-item" data-sku-id="\(sku.id)" data-minor="\(sku.price)"
    data-price="\(ShopPage.money(sku.price))" aria-pressed="\(isPicked ? "true" : "false")"
    aria-disabled="\(sku.stock > 0 && !isSoldOut ? "false" : "true")">\(sku.label)</button>

    """
  }

  private static let script: HTML = """
    const form = document.querySelector('#item-form');
    const price = document.querySelector('.product-price-value');
    const variants = document.querySelectorAll('.sku-item');
    const error = document.querySelector('.item-error');
    for (const variant of variants) {
      variant.addEventListener('click', () => {
        if (variant.getAttribute('aria-disabled') === 'true') return;
        for (const other of variants) other.setAttribute('aria-pressed', String(other === variant));
        form.elements.sku.value = variant.dataset.skuId;
        price.textContent = variant.dataset.price;
        price.dataset.minor = variant.dataset.minor;
        error.hidden = true;
      });
    }
    form.addEventListener('submit', event => {
      if (form.elements.sku.value) return;
      event.preventDefault();
      error.hidden = false;
    });
    """
}

extension SKU {
  /// Such as `Black / M`, of `14:193#Black;5:361386#M`.
  var label: String {
    let names = attributes.split(separator: ";").map { property in
      String(property.split(separator: "#", maxSplits: 1).last ?? "")
    }
    return names.isEmpty ? "Standard" : names.joined(separator: " / ")
  }
}
