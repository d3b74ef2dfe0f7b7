import Foundation

extension ShopProfile {
  /// The profile that counts unless another one is set.
  static let builtIn: ShopProfile = {
    do {
      return try ShopProfile(builtInText)
    } catch {
      preconditionFailure("the built-in profile is tested: \(error)")
    }
  }()

  /// Prints it and ends the process, when asked with `--shop-profile`.
  static func printIfAsked(_ arguments: [String]) {
    guard arguments == ["--shop-profile"] else { return }
    print(builtInText)
    exit(0)
  }

  /// As a file has it.
  static let builtInText = #"""
    {
      "pages": {
        "login": "/login",
        "item": "/item/{product}.html?shipTo={country}",
        "orders": "/orders",
        "order": "/orders/{order}"
      },
      "elements": {
        "challenge": "#challenge",
        "loginForm": "#login-form",
        "loginEmail": "#fm-login-id",
        "loginPassword": "#fm-login-password",
        "loginSubmit": "#login-submit",
        "loginError": ".login-error",
        "productTitle": "h1[data-pl=product-title]",
        "productGone": ".product-gone",
        "variant": ".sku-item[data-sku-id=\"{sku}\"]",
        "variantChosen": ".sku-item[data-sku-id=\"{sku}\"][aria-pressed=\"true\"]",
        "variantSoldOut": ".sku-item[data-sku-id=\"{sku}\"][aria-disabled=\"true\"]",
        "quantity": "#quantity input",
        "price": ".product-price-value",
        "shippingFee": ".shipping-fee",
        "buyNow": "#buy-now",
        "newAddress": "#new-address",
        "addressForm": "#address-form",
        "receiver": "#address-form [name=contactPerson]",
        "phoneCountry": "#address-form [name=phoneCountry]",
        "phone": "#address-form [name=mobileNo]",
        "line1": "#address-form [name=address]",
        "line2": "#address-form [name=address2]",
        "city": "#address-form [name=city]",
        "province": "#address-form [name=province]",
        "country": "#address-form [name=country]",
        "postalCode": "#address-form [name=zip]",
        "taxID": "#address-form [name=cpf]",
        "saveAddress": "#save-address",
        "addressSummary": "#address-summary",
        "addressError": ".address-error",
        "checkoutVariant": ".checkout-sku[data-sku-id=\"{sku}\"]",
        "checkoutQuantity": ".checkout-quantity",
        "soldOut": ".sold-out",
        "notDeliverable": ".not-deliverable",
        "delivery": "input[name=delivery]",
        "deliveryFee": ".delivery-fee",
        "totalItems": "#total-items",
        "totalShipping": "#total-shipping",
        "totalTax": "#total-tax",
        "totalAmount": "#total-amount",
        "placeOrder": "#place-order",
        "orderNumber": ".order-number",
        "orderRow": ".order-row",
        "orderID": ".order-id",
        "orderVariant": ".order-sku[data-sku-id=\"{sku}\"]",
        "orderQuantity": ".order-quantity",
        "orderReceiver": ".order-receiver",
        "orderAddress": ".order-address",
        "orderTime": ".order-time",
        "orderAmount": ".order-amount",
        "nextPage": "a.next-page",
        "orderList": "#order-list",
        "orderPayment": "#payment-state",
        "orderState": ".order-state",
        "trackingNumber": "#tracking-number"
      },
      "words": {
        "paid": "Paid",
        "unpaid": "Awaiting payment",
        "closed": "Closed",
        "shipped": "Shipped",
        "finished": "Finished",
        "freeShipping": "Free shipping",
        "tracked": "tracked"
      },
      "currencies": { "US $": "USD", "US$": "USD", "USD": "USD" }
    }
    """#
}
