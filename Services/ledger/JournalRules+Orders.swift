/// What must be true of each sale and of each payout.
extension JournalRules {
  /// What an order's postings have moved to an account: debits less credits.
  private static func moved(_ accounts: String) -> String {
    """
    (SELECT COALESCE(SUM(
        CASE WHEN debit IN (\(accounts)) THEN amount ELSE 0 END
        - CASE WHEN credit IN (\(accounts)) THEN amount ELSE 0 END), 0)
      FROM journalEntry JOIN posting USING (chain, sequence)
      WHERE journalEntry.orderID = sale.orderID AND \(Journal.isOfOrder("sale.orderID")))
    """
  }

  static let ofSales: [Rule] = [
    Rule(
      name: "price = payment fee + landed cost + commission + net",
      sql: """
        SELECT orderID AS subject,
          price || ' <> ' || (paymentFee + landedCost + commission + net) AS text
        FROM sale WHERE number > $1 AND number <= $2
          AND (price <> paymentFee + landedCost + commission + net OR gross <> commission + net)
        """, scope: .sales),
    Rule(
      name: "the commission is the rate's share of the gross, rounded half up",
      sql: """
        WITH share AS (
          SELECT orderID, commission, rateBasisPoints,
            CASE WHEN gross > 0 THEN gross ELSE 0 END AS shared
          FROM sale WHERE number > $1 AND number <= $2)
        SELECT orderID AS subject,
          'commission ' || commission || ' at ' || rateBasisPoints || ' of ' || shared AS text
        FROM share
        WHERE commission * 10000 > shared * rateBasisPoints + 5000
          OR commission * 10000 <= shared * rateBasisPoints - 5000
        """, scope: .sales),
    Rule(
      name: "a sale has the terms of its capture",
      sql: """
        SELECT s.orderID AS subject, 'price or fee or currency differs' AS text
        FROM sale s LEFT JOIN capture c USING (orderID)
        WHERE s.number > $1 AND s.number <= $2 AND (c.orderID IS NULL
          OR s.price <> c.price OR s.paymentFee <> c.paymentFee OR s.currency <> c.currency
          OR s.environment <> c.environment OR s.userID <> c.userID)
        """, scope: .sales),
    Rule(
      name: "price - refunded = payment fee + landed cost - supplier refunded + commission + net, "
        + "as posted",
      sql: """
        WITH found AS (
          SELECT orderID, \(moved("'sales', 'refunds', 'paymentFees', 'supplierCost', 'commission', 'resellerShare'"))
            AS difference
          FROM sale WHERE number > $1 AND number <= $2)
        SELECT orderID AS subject, 'the parts differ by ' || difference AS text
        FROM found WHERE difference <> 0
        """, scope: .sales),
    Rule(
      name: "a sold order has nothing in buyerDeposits",
      sql: """
        WITH found AS (
          SELECT orderID, \(moved("'buyerDeposits'")) AS difference
          FROM sale WHERE number > $1 AND number <= $2)
        SELECT orderID AS subject, 'it has ' || -difference AS text
        FROM found WHERE difference <> 0
        """, scope: .sales),
  ]

  /// The amount that an entry of a payout's newest generation moved.
  private static func posted(_ step: String, _ side: String) -> String {
    """
    (SELECT COALESCE(SUM(posting.amount), 0)
      FROM journalEntry JOIN posting USING (chain, sequence)
      WHERE entryID = payoutID || '-' || generation || '/\(step)' AND \(side) = 'payoutsInTransit')
    """
  }

  static let ofPayouts: [Rule] = [
    Rule(
      name: "a payout covers what it owes",
      sql: """
        SELECT cover.payoutID AS subject,
          'owes ' || cover.due || ', covers ' || SUM(share.due) AS text
        FROM payout AS cover JOIN payout AS share ON share.coveredBy = cover.payoutID
        WHERE cover.number > $1 AND cover.number <= $2 AND share.coveredBy <> ''
        GROUP BY cover.payoutID, cover.due, cover.payee
        HAVING SUM(share.due) <> cover.due OR MIN(share.payee) <> cover.payee
          OR MAX(share.payee) <> cover.payee
        """, scope: .payouts),
    Rule(
      name: "a payout that is not over has its intent",
      sql: """
        SELECT payoutID AS subject, 'it is ' || state || ' and nothing will move it' AS text
        FROM payout
        WHERE number > $1 AND number <= $2
          AND coveredBy = '' AND state IN ('PENDING', 'SUBMITTED', 'UNKNOWN', 'UNCLAIMED')
          AND NOT EXISTS (
          SELECT 1 FROM intent WHERE kind = 'sendPayouts' AND subject = CASE environment
            WHEN 1 THEN 'sandbox' ELSE 'production' END || '/' || currency
            AND (payout.state = 'PENDING' OR EXISTS (SELECT 1 FROM payoutBatch AS batch
              WHERE batch.senderBatchID = payout.senderBatchID
                AND batch.state IN ('SENDING', 'NOT_TAKEN')))
          UNION ALL
          SELECT 1 FROM intent JOIN payoutBatch AS batch ON subject = batch.senderBatchID
          WHERE batch.senderBatchID = payout.senderBatchID AND kind = CASE batch.state
            WHEN 'UNKNOWN' THEN 'repeatPayouts' WHEN 'ACCEPTED' THEN 'pollPayouts' ELSE '' END)
        """, scope: .payouts),
    Rule(
      name: "a payout is booked as PayPal's answers say",
      sql: """
        WITH found AS (
          SELECT payoutID, state, amount, \(posted("submitted", "credit")) AS submitted,
            \(posted("paid", "debit")) AS paid
          FROM payout
          WHERE number > $1 AND number <= $2 AND amount IS NOT NULL
            AND state IN ('SUBMITTED', 'UNKNOWN', 'UNCLAIMED', 'PAID'))
        SELECT payoutID AS subject, 'it is ' || state || ' with ' || amount
          || ', the journal has submitted ' || submitted || ' and paid ' || paid AS text
        FROM found
        WHERE submitted <> amount
          OR paid <> CASE WHEN state = 'PAID' THEN amount ELSE 0 END
        """, scope: .payouts),
    Rule(
      name: "a payout that ended without payment is given back to its payee",
      sql: """
        SELECT payoutID AS subject, 'generation ' || generation || ' ended ' || state AS text
        FROM (
          SELECT payoutEnd.payoutID, payoutEnd.generation, payoutEnd.state, payoutEnd.amount
          FROM payout JOIN payoutEnd USING (payoutID)
          WHERE payout.number > $1 AND payout.number <= $2) ended
        WHERE amount <> COALESCE((
          SELECT SUM(posting.amount) FROM journalEntry JOIN posting USING (chain, sequence)
          WHERE entryID = payoutID || '-' || generation || '/reversed'), 0)
        """, scope: .payouts),
  ]
}
