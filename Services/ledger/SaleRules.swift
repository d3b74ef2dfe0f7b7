import Money

/// Who paid the supplier.
enum Funder: String, Sendable, CaseIterable {
  case reseller, platform
}

/// What an order brought: `price = paymentFee + landedCost + commission + net`.
struct SaleFigures: Hashable, Sendable {
  /// Price less landed cost less payment fee; may be negative.
  let gross: Amount
  /// The platform's share; never negative.
  let commission: Amount
  /// The reseller's share; may be negative.
  let net: Amount
}

/// The terms of a sale, all of one currency.
struct SaleTerms: Hashable, Sendable {
  let price: Amount
  let landedCost: Amount
  let paymentFee: Amount
  let rateBasisPoints: Int
  let fundedBy: Funder
  /// 0 for a house order.
  let userID: Int64
}

/// How a sale is divided, posted and paid out. Pure: no clock, no database.
enum SaleRules {
  /// 10 %.
  static let defaultRateBasisPoints = 1000

  /// Divides the price: gross `G = P - C - F`, commission `K = half up (max(G, 0) x rate)`, net
  /// `N = G - K`.
  static func figures(_ terms: SaleTerms) throws(MoneyError) -> SaleFigures {
    let gross = try terms.price.subtracting(terms.landedCost).subtracting(terms.paymentFee)
    let shared = gross.isNegative ? Amount.zero(gross.currency) : gross
    let commission = try shared.share(basisPoints: terms.rateBasisPoints)
    let net = try gross.subtracting(commission)
    let parts = try terms.paymentFee.adding(terms.landedCost).adding(commission).adding(net)
    precondition(parts == terms.price, "price = fee + cost + commission + net")
    return SaleFigures(gross: gross, commission: commission, net: net)
  }

  /// The postings of a captured payment.
  static func capturePostings(price: Amount, paymentFee: Amount) throws(MoneyError) -> [Posting] {
    [
      try Posting.signed(debit: .payPal, credit: .buyerDeposits, amount: price),
      try Posting.signed(debit: .paymentFees, credit: .payPal, amount: paymentFee),
    ].compactMap { $0 }
  }

  /// The postings of a sale. A house order's shares stay with the platform.
  static func salePostings(_ terms: SaleTerms, _ figures: SaleFigures) throws(MoneyError)
    -> [Posting]
  {
    let isHouse = terms.userID == 0
    let seller: Account = isHouse ? .platformFunds : .reseller(terms.userID)
    let payer: Account = terms.fundedBy == .reseller ? seller : .platformFunds
    return [
      try Posting.signed(debit: .buyerDeposits, credit: .sales, amount: terms.price),
      try Posting.signed(debit: .supplierCost, credit: payer, amount: terms.landedCost),
      try Posting.signed(
        debit: .commission, credit: isHouse ? .platformFunds : .adminPayable,
        amount: figures.commission),
      try Posting.signed(debit: .resellerShare, credit: seller, amount: figures.net),
    ].compactMap { $0 }
  }

  /// What a sale owes: the commission to the administrator, the net to the reseller, with the landed
  /// cost when he paid it. A house order owes nothing.
  static func dues(_ terms: SaleTerms, _ figures: SaleFigures) throws(MoneyError)
    -> [(payee: Payee, amount: Amount)]
  {
    if terms.userID == 0 { return [] }
    let share =
      terms.fundedBy == .reseller ? try figures.net.adding(terms.landedCost) : figures.net
    return [(.admin, figures.commission), (.reseller(terms.userID), share)]
  }
}
