import Money

/// How refunds and disputes are posted. Pure: no clock, no database.
enum RefundRules {
  /// The postings that lead from the books before a refund to those after it.
  ///
  /// After the sale it is divided anew, with what is left of price and cost, and the differences
  /// are posted. Before it, the deposit goes back; when all of it does, the seller bears the fee
  /// that PayPal keeps.
  static func postings(from before: OrderBooks, to after: OrderBooks) throws(MoneyError)
    -> [Posting]
  {
    let amount = try after.refunded.subtracting(before.refunded)
    guard let sale = after.sale else {
      let isAll = after.isRefunded && !before.isRefunded
      let fee = isAll ? after.capture.paymentFee : .zero(amount.currency)
      return [
        try Posting.signed(debit: .buyerDeposits, credit: .payPal, amount: amount),
        try Posting.signed(debit: after.seller, credit: .paymentFees, amount: fee),
      ].compactMap { $0 }
    }
    let (old, new) = (try before.terms(of: sale), try after.terms(of: sale))
    let (oldFigures, newFigures) = (try SaleRules.figures(old), try SaleRules.figures(new))
    return [
      try Posting.signed(debit: .refunds, credit: .payPal, amount: amount),
      try Posting.signed(
        debit: new.payer, credit: .supplierCost,
        amount: after.supplierRefunded.subtracting(before.supplierRefunded)),
      try Posting.signed(
        debit: .commission, credit: new.commissionHolder,
        amount: newFigures.commission.subtracting(oldFigures.commission)),
      try Posting.signed(
        debit: .resellerShare, credit: new.seller,
        amount: newFigures.net.subtracting(oldFigures.net)),
    ].compactMap { $0 }
  }

  /// What an opened dispute holds back from the seller, or gives free at its end.
  static func hold(_ amount: Amount, from seller: Account) -> Posting {
    Posting(debit: seller, credit: .disputeHolds, amount: amount)
  }

  static func release(_ amount: Amount, to seller: Account) -> Posting {
    Posting(debit: .disputeHolds, credit: seller, amount: amount)
  }

  /// What PayPal charges for a lost dispute; the seller bears it.
  static func fee(_ amount: Amount, borneBy seller: Account) -> Posting {
    Posting(debit: seller, credit: .payPal, amount: amount)
  }
}
