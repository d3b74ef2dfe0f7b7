/// The methods of AliExpress that are used, with their limits.
///
/// The rates are those that the vendor states per method, over all applications (pages of the
/// methods, "call limit").
enum AliExpressMethod: String, Sendable, CaseIterable {
  case product = "aliexpress.ds.product.get"
  case deliveries = "aliexpress.ds.freight.query"
  case place = "aliexpress.ds.order.create"
  case order = "aliexpress.trade.ds.order.get"
  case tracking = "aliexpress.ds.order.tracking.get"
  // Methods of the system, named by their path.
  case createToken = "/auth/token/create"
  case refreshToken = "/auth/token/refresh"

  var ratePerSecond: Int {
    switch self {
    case .product: 500
    case .deliveries: 350
    case .place: 150
    case .order: 1000
    case .tracking: 100
    // No figure is stated: enough for thousands of resellers, and no burst.
    case .createToken, .refreshToken: 20
    }
  }

  /// What one account may use of the rate: a fifth, so that one reseller's backlog leaves room for
  /// the others. Tokens are asked for on an application's account, which may be everybody's.
  var accountRatePerSecond: Int? {
    switch self {
    case .createToken, .refreshToken: nil
    default: max(1, ratePerSecond / 5)
    }
  }

  /// What spends something is given long: an answer that comes late is better than an unknown.
  var timeout: Duration {
    switch self {
    case .product, .deliveries, .order, .tracking: .seconds(10)
    case .place, .createToken, .refreshToken: .seconds(25)
    }
  }

  /// The key of the answer's wrapper.
  var answerName: String {
    switch self {
    case .product, .deliveries, .place, .order, .tracking:
      rawValue.replacing(".", with: "_") + "_response"
    // Answers come without one; a client of the vendor's is prepared for these.
    case .createToken: "aliexpress_system_oauth_token_create_response"
    case .refreshToken: "aliexpress_system_oauth_token_refresh_response"
    }
  }
}
