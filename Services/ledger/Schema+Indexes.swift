import Store

extension Schema {
  /// Fewer index entries a sale. Accounts that captures and sales move all the time are found by going
  /// through the entries of a currency, the admin's payouts by going through the payouts: they are in
  /// nearly all of them. The entries of an order are those whose ids begin with its id. All other
  /// accounts and payees keep their indexes.
  static let leanIndexes = """
    DROP INDEX postingByDebit;
    DROP INDEX postingByCredit;
    CREATE INDEX postingByDebit ON posting (debit, currency, sequence, amount)
      WHERE debit <> 'paypal' AND debit <> 'buyerDeposits' AND debit <> 'paymentFees'
        AND debit <> 'sales' AND debit <> 'supplierCost' AND debit <> 'commission'
        AND debit <> 'resellerShare' AND debit <> 'adminPayable';
    CREATE INDEX postingByCredit ON posting (credit, currency, sequence, amount)
      WHERE credit <> 'paypal' AND credit <> 'buyerDeposits' AND credit <> 'paymentFees'
        AND credit <> 'sales' AND credit <> 'supplierCost' AND credit <> 'commission'
        AND credit <> 'resellerShare' AND credit <> 'adminPayable';
    CREATE INDEX postingByCurrency ON posting (currency, sequence) WHERE line = 1;

    DROP INDEX journalEntryByOrder;

    DROP INDEX payoutByPayee;
    CREATE INDEX payoutByPayee ON payout (payee, number) WHERE payee <> 'admin';
    """

  /// A reseller's sales are found by his payouts: each has one. Where many sales were booked, a page
  /// less is changed by each.
  static let salesByPayouts = "DROP INDEX saleByUser;"
}
