/// How the shop's pages can misbehave. The keys of a request are its path and, where it has them, SKU,
/// product id, receiver and first line of the address.
enum ShopFault: String, FaultName {
  case slow = "shop.slow"
  case captcha = "shop.captcha"
  case captchaAtPlacing = "shop.captchaAtPlacing"
  case sessionLost = "shop.sessionLost"
  case loginRefused = "shop.loginRefused"
  case soldOut = "shop.soldOut"
  case priceChange = "shop.priceChange"
  case lateTotals = "shop.lateTotals"
  case noConfirm = "shop.noConfirm"
  case error = "shop.error"
  case lostPage = "shop.lostPage"
  case unpaid = "shop.unpaid"
  case severalOrders = "shop.severalOrders"

  var summary: String {
    switch self {
    case .slow: "any page: late, by seconds or delayMilliseconds (5000)"
    case .captcha:
      "login and checkout: a challenge, for seconds (0: that once) or until it is cleared"
    case .captchaAtPlacing: "placing: a challenge in its place, as long; nothing placed"
    case .sessionLost: "any page: the session is at its end, the buyer has to log in again"
    case .loginRefused: "logging in: refused though the password is right"
    case .soldOut: "product, checkout and placing, which is first: sold out, nothing placed"
    case .priceChange: "checkout: a piece costs minorUnits (100) more than on the product's page"
    case .lateTotals:
      "checkout: the totals follow the choice of delivery after delayMilliseconds (2000)"
    case .noConfirm: "checkout: there is no button to place the order with"
    case .error: "placing: a page with a status (500), nothing placed"
    case .lostPage: "placing: places, then drops the connection, or a page with a status"
    case .unpaid: "placing: places, but the payment does not succeed; awaits payment"
    case .severalOrders: "placing: one checkout becomes two orders, the shipping on the second"
    }
  }
}
