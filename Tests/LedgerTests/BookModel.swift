/// Numbers that are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The books as a child would keep them: what is known of each order, and every balance computed
/// anew from that. It has no journal and posts no differences.
struct BookModel {
  struct Order {
    let id: String
    let user: Int64
    let currency: String
    let price: Int64
    let fee: Int64
    var cost: Int64?
    var isFundedByReseller = false
    var rate: Int64 = 1000
    var refunded: Int64 = 0
    var supplier: Int64 = 0
    /// By dispute, while it is open.
    var holds: [String: Int64] = [:]
    var disputeFees: Int64 = 0

    var gross: Int64 { price - refunded - (cost ?? 0) + supplier - fee }
    var commission: Int64 { (max(gross, 0) * rate + 5000) / 10_000 }
    var net: Int64 { gross - commission }
    var seller: String { user == 0 ? "platformFunds" : "reseller:\(user)" }
    var paid: Int64 { (cost ?? 0) - supplier }
    var adminDue: Int64 { commission }
    var resellerDue: Int64 { net + (isFundedByReseller ? paid : 0) }
  }

  /// One sending that has not come back.
  struct Sending {
    let account: String
    let currency: String
    let amount: Int64
    var fee: Int64?
  }

  var orders: [Order] = []
  var fundings: [(currency: String, amount: Int64)] = []
  /// By payout; what has a fee has arrived.
  var sendings: [String: Sending] = [:]

  /// Debits less credits by account and currency; what is zero is left out.
  var balances: [String: Int64] {
    var found: [String: Int64] = [:]
    func add(_ account: String, _ currency: String, _ units: Int64) {
      found["\(account) \(currency)", default: 0] += units
    }
    for (currency, amount) in fundings {
      add("paypal", currency, amount)
      add("platformFunds", currency, -amount)
    }
    for order in orders {
      let currency = order.currency
      for (account, units) in Self.parts(of: order) { add(account, currency, units) }
    }
    for sending in sendings.values {
      add(sending.account, sending.currency, sending.amount)
      if let fee = sending.fee {
        add("paypal", sending.currency, -sending.amount - fee)
        add("payoutFees", sending.currency, fee)
      } else {
        add("payoutsInTransit", sending.currency, -sending.amount)
      }
    }
    return found.filter { $0.value != 0 }
  }

  private static func parts(of order: Order) -> [(String, Int64)] {
    let held = order.holds.values.reduce(0, +)
    var parts = [
      ("paypal", order.price - order.fee - order.refunded - order.disputeFees),
      ("paymentFees", order.fee), ("disputeHolds", -held),
      (order.seller, held + order.disputeFees),
    ]
    guard order.cost != nil else {
      parts.append(("buyerDeposits", order.refunded - order.price))
      if order.refunded == order.price {
        parts += [("paymentFees", -order.fee), (order.seller, order.fee)]
      }
      return parts
    }
    return parts + [
      ("sales", -order.price), ("refunds", order.refunded), ("supplierCost", order.paid),
      (order.isFundedByReseller ? order.seller : "platformFunds", -order.paid),
      ("commission", order.commission), ("resellerShare", order.net),
      (order.user == 0 ? "platformFunds" : "adminPayable", -order.commission),
      (order.seller, -order.net),
    ]
  }

  /// What an account holds for its payee.
  func owed(_ account: String, _ currency: String) -> Int64 {
    -(balances["\(account) \(currency)"] ?? 0)
  }

  /// A payout that waits.
  struct Wanted {
    let payoutID: String
    let account: String
    let due: Int64
    let isHeld: Bool
  }

  /// What is sent of each, and why the others wait: one after the other, what went before is gone.
  func decide(_ wanted: [Wanted], _ currency: String) -> (
    sent: [String: Int64], waits: [String: String]
  ) {
    var (sent, waits): ([String: Int64], [String: String]) = ([:], [:])
    var platform = -owed("paypal", currency) - owed("payoutsInTransit", currency)
    var taken: [String: Int64] = [:]
    for one in wanted {
      let amount = min(one.due, owed(one.account, currency) - taken[one.account, default: 0])
      if one.isHeld {
        waits[one.payoutID] = "DISPUTED"
      } else if amount <= 0 {
        waits[one.payoutID] = "PAYEE_BALANCE_TOO_LOW"
      } else if amount > platform {
        waits[one.payoutID] = "PLATFORM_BALANCE_TOO_LOW"
      } else {
        sent[one.payoutID] = amount
        taken[one.account, default: 0] += amount
        platform -= amount
      }
    }
    return (sent, waits)
  }
}
