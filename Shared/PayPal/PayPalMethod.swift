/// What PayPal can be asked, how often, and for how long we listen.
///
/// PayPal publishes no call rates; it throttles what looks like a burst. The rates are well above
/// what one shop sells in a second, and far below a flood. `DROPWIRE_OUTSIDE_RATE_PER_SECOND`
/// replaces them all.
struct PayPalMethod: Sendable {
  /// As it is named in logs and limits.
  let name: String
  /// Calls per second.
  let ratePerSecond: Int
  /// Bound of the whole call. Long where money moves: a late answer is better than none, which must
  /// be looked up.
  let timeout: Duration

  /// One call serves some nine hours, so more than a few per second is a mistake.
  static let token = PayPalMethod(
    name: "oauth2.token", ratePerSecond: 5, timeout: .seconds(15))
  static let createOrder = PayPalMethod(
    name: "orders.create", ratePerSecond: 50, timeout: .seconds(20))
  static let captureOrder = PayPalMethod(
    name: "orders.capture", ratePerSecond: 50, timeout: .seconds(30))
  static let getOrder = PayPalMethod(
    name: "orders.get", ratePerSecond: 50, timeout: .seconds(15))
  static let refundCapture = PayPalMethod(
    name: "captures.refund", ratePerSecond: 50, timeout: .seconds(30))
  static let getRefund = PayPalMethod(
    name: "refunds.get", ratePerSecond: 50, timeout: .seconds(15))
  /// A batch carries many payouts, so few calls are needed however many orders there are.
  static let createPayout = PayPalMethod(
    name: "payouts.create", ratePerSecond: 50, timeout: .seconds(30))
  /// Asked by people, a page at a time.
  static let listTransactions = PayPalMethod(
    name: "transactions.list", ratePerSecond: 5, timeout: .seconds(30))
  static let getPayoutBatch = PayPalMethod(
    name: "payouts.get", ratePerSecond: 50, timeout: .seconds(15))
}
