/// The methods of AliExpress that are used, with their limits.
///
/// The rates are those that the vendor states per method, over all applications (pages of the
/// methods, "call limit").
enum AliExpressMethod: String, Sendable, CaseIterable {
  case product = "aliexpress.ds.product.get"
  case deliveries = "aliexpress.ds.freight.query"
  case place = "aliexpress.ds.order.create"
  case order = "aliexpress.trade.ds.order.get"

  var ratePerSecond: Int {
    switch self {
    case .product: 500
    case .deliveries: 350
    case .place: 150
    case .order: 1000
    }
  }

  /// Placing is given long: an answer that comes late is better than an unknown.
  var timeout: Duration {
    switch self {
    case .product, .deliveries, .order: .seconds(10)
    case .place: .seconds(25)
    }
  }

  /// The key of the answer's wrapper.
  var answerName: String { rawValue.replacing(".", with: "_") + "_response" }
}
