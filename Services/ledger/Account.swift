/// A name in the chart of accounts. Each exists once per environment and currency.
///
/// **Invariant:** the name is what the journal stores; it never changes once used.
enum Account: Hashable, Sendable, CustomStringConvertible {
  /// What our PayPal account holds.
  case payPal
  /// What buyers paid for orders whose sale is not booked yet.
  case buyerDeposits
  /// What PayPal kept of buyers' payments.
  case paymentFees
  /// What orders brought in.
  case sales
  /// What went back to buyers after their orders' sales.
  case refunds
  /// What suppliers charged.
  case supplierCost
  /// The platform's share of the sales.
  case commission
  /// The resellers' share of the sales.
  case resellerShare
  /// What is owed to the platform's administrator.
  case adminPayable
  /// The platform's own money: top-ups, house orders, goods it paid for resellers.
  case platformFunds
  /// What was sent to payees and has not arrived yet.
  case payoutsInTransit
  /// What open disputes hold back from sellers.
  case disputeHolds
  /// What PayPal charged for sending payouts.
  case payoutFees
  /// What is owed to a reseller.
  case reseller(Int64)

  /// The side on which an account's balance usually is, and is shown positive.
  enum Side: Sendable { case debit, credit }

  private static let named: [(account: Account, name: String)] = [
    (.payPal, "paypal"), (.buyerDeposits, "buyerDeposits"), (.paymentFees, "paymentFees"),
    (.sales, "sales"), (.refunds, "refunds"), (.supplierCost, "supplierCost"),
    (.commission, "commission"), (.resellerShare, "resellerShare"),
    (.adminPayable, "adminPayable"), (.platformFunds, "platformFunds"),
    (.payoutsInTransit, "payoutsInTransit"), (.disputeHolds, "disputeHolds"),
    (.payoutFees, "payoutFees"),
  ]

  /// Names of all accounts but the resellers', for messages.
  static var names: [String] { named.map(\.name) }

  /// The account of an order's seller: its reseller, or the platform for a house order.
  static func seller(_ userID: Int64) -> Account {
    userID == 0 ? .platformFunds : .reseller(userID)
  }

  /// Reads `paypal` or `reseller:42`; nil for a name that is not in the chart.
  init?(name: String) {
    if let known = Self.named.first(where: { $0.name == name }) {
      self = known.account
      return
    }
    guard name.hasPrefix("reseller:"), let id = Int64(name.dropFirst(9)), id > 0,
      name == "reseller:\(id)"
    else { return nil }
    self = .reseller(id)
  }

  var name: String {
    switch self {
    case .payPal: "paypal"
    case .buyerDeposits: "buyerDeposits"
    case .paymentFees: "paymentFees"
    case .sales: "sales"
    case .refunds: "refunds"
    case .supplierCost: "supplierCost"
    case .commission: "commission"
    case .resellerShare: "resellerShare"
    case .adminPayable: "adminPayable"
    case .platformFunds: "platformFunds"
    case .payoutsInTransit: "payoutsInTransit"
    case .disputeHolds: "disputeHolds"
    case .payoutFees: "payoutFees"
    case .reseller(let id): "reseller:\(id)"
    }
  }

  var description: String { name }

  /// Accounts that nearly every capture or sale moves, so that an index of their postings would be
  /// one of the whole journal. The schema's indexes leave them out.
  static let busy: [Account] = [
    .payPal, .buyerDeposits, .paymentFees, .sales, .supplierCost, .commission, .resellerShare,
    .adminPayable,
  ]

  var usualSide: Side {
    switch self {
    case .payPal, .paymentFees, .refunds, .supplierCost, .commission, .resellerShare,
      .payoutFees:
      .debit
    case .buyerDeposits, .sales, .adminPayable, .platformFunds, .payoutsInTransit,
      .disputeHolds, .reseller:
      .credit
    }
  }
}

/// Who gets payouts: the platform's administrator, or a reseller.
enum Payee: Hashable, Sendable, CustomStringConvertible {
  case admin
  case reseller(Int64)

  /// Reads `admin` or `reseller:42`; nil for anything else.
  init?(_ text: String) {
    switch Account(name: text) {
    case .reseller(let id): self = .reseller(id)
    default:
      guard text == "admin" else { return nil }
      self = .admin
    }
  }

  /// The account that holds what this payee is owed.
  var account: Account {
    switch self {
    case .admin: .adminPayable
    case .reseller(let id): .reseller(id)
    }
  }

  /// Last part of the id of this payee's payout of an order.
  var word: String {
    switch self {
    case .admin: "admin"
    case .reseller: "reseller"
    }
  }

  var description: String {
    switch self {
    case .admin: "admin"
    case .reseller(let id): "reseller:\(id)"
    }
  }
}
