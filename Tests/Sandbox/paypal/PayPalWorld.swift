import Money

/// PayPal: one merchant's account, its orders and its payouts.
struct PayPalWorld: Sendable {
  static let clientID = "sandbox-client"
  static let clientSecret = "sandbox-secret"
  /// How long the key of a created order is remembered.
  static let orderKeyMilliseconds: Int64 = 6 * 3_600_000
  /// How long a sender_batch_id is remembered.
  static let batchKeyMilliseconds: Int64 = 30 * 86_400_000

  var orders: [String: PayPalOrder] = [:]
  var payouts: [String: PayoutBatch] = [:]
  var refunds: [String: PayPalRefund] = [:]
  var refundOfRequest: [String: String] = [:]
  var orderOfRequest: [String: String] = [:]
  var orderOfCapture: [String: String] = [:]
  var batchOfSender: [String: String] = [:]
  var batchOfItem: [String: String] = [:]
  /// What the account holds in each currency, in minor units; the setting's value before any move.
  var balances: [String: Int64] = [:]
  /// Lines of the account's list that no call made, and ids that it does not show.
  var strangers: [TransactionLine] = []
  var hidden: Set<String> = []
  private var tokens: [String: Int64] = [:]
  private var made: Int64 = 0
  private let birth: String

  init(bornAt: Int64) {
    birth = String(String(bornAt / 1000, radix: 36).uppercased().suffix(6))
  }

  /// A new id of 17 characters, unlike those of a world that was started at another time.
  mutating func newID(_ prefix: String) -> String {
    made += 1
    let number = String(made, radix: 36).uppercased()
    let zeros = String(
      repeating: "0", count: max(0, 17 - prefix.count - birth.count - number.count))
    return prefix + birth + zeros + number
  }

  mutating func issueToken(now: Int64, seconds: Int64) -> String {
    let token = "A21AA" + newID("T")
    tokens[token] = now + seconds * 1000
    return token
  }

  func isValid(token: String, now: Int64) -> Bool { (tokens[token] ?? 0) > now }

  mutating func forget(token: String) { tokens[token] = nil }

  /// Lets the buyer approve; false when no such order waits for that.
  mutating func approve(_ id: String, now: Int64) -> Bool {
    guard var order = orders[id], order.status != .completed else { return false }
    order.status = .approved
    order.updatedAt = now
    orders[id] = order
    return true
  }

  func balance(_ currency: Currency, _ settings: WorldSettings) -> Int64 {
    balances[currency.code] ?? settings.balance
  }

  mutating func move(_ minorUnits: Int64, _ currency: Currency, _ settings: WorldSettings) {
    balances[currency.code] = balance(currency, settings) + minorUnits
  }

  /// Adds a capture to the balance once it is completed.
  mutating func settle(_ id: String, _ settings: WorldSettings, now: Int64) {
    guard let capture = orders[id]?.capture, !capture.isSettled,
      capture.status(at: now) == .completed
    else { return }
    orders[id]?.capture?.isSettled = true
    move(capture.net.minorUnits, capture.amount.currency, settings)
  }
}
