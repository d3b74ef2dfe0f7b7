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

  /// Who carries gain and loss.
  var seller: Account { .seller(userID) }
  /// Who paid the supplier.
  var payer: Account { fundedBy == .reseller ? seller : .platformFunds }
  /// Who gets the commission.
  var commissionHolder: Account { userID == 0 ? .platformFunds : .adminPayable }
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
  ///
  /// What went back to the buyer before is a refund of the sale from now on; when that was all, the
  /// seller bore the fee, which is part of the sale now.
  ///
  /// - Parameter terms: with the price less `refunded`.
  static func salePostings(_ terms: SaleTerms, _ figures: SaleFigures, refunded: Amount)
    throws(MoneyError) -> [Posting]
  {
    let price = try terms.price.adding(refunded)
    let feeBorne = terms.price.isZero ? terms.paymentFee : .zero(price.currency)
    return [
      try Posting.signed(debit: .buyerDeposits, credit: .sales, amount: price),
      try Posting.signed(debit: .refunds, credit: .buyerDeposits, amount: refunded),
      try Posting.signed(debit: .paymentFees, credit: terms.seller, amount: feeBorne),
      try Posting.signed(debit: .supplierCost, credit: terms.payer, amount: terms.landedCost),
      try Posting.signed(
        debit: .commission, credit: terms.commissionHolder, amount: figures.commission),
      try Posting.signed(debit: .resellerShare, credit: terms.seller, amount: figures.net),
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
