/// What must be true of the books at any moment, as queries.
enum JournalRules {
  /// Each query finds the rows that break its rule.
  static let all: [(name: String, sql: String)] = [
    (
      "an account's sums are those of its postings",
      """
      WITH side AS (
        SELECT environment, debit AS name, currency, amount AS debits, 0 AS credits
          FROM posting JOIN journalEntry USING (chain, sequence)
        UNION ALL
        SELECT environment, credit, currency, 0, amount
          FROM posting JOIN journalEntry USING (chain, sequence)),
      posted AS (
        SELECT environment, name, currency, SUM(debits) AS debits, SUM(credits) AS credits
          FROM side GROUP BY environment, name, currency)
      SELECT name || ' ' || currency AS subject,
        'kept ' || COALESCE(a.debits, 0) || '/' || COALESCE(a.credits, 0)
          || ', posted ' || COALESCE(p.debits, 0) || '/' || COALESCE(p.credits, 0) AS text
      FROM account a FULL JOIN posted p USING (environment, name, currency)
      WHERE COALESCE(a.debits, 0) <> COALESCE(p.debits, 0)
        OR COALESCE(a.credits, 0) <> COALESCE(p.credits, 0)
      """
    ),
    (
      "price = payment fee + landed cost + commission + net",
      """
      SELECT orderID AS subject,
        price || ' <> ' || (paymentFee + landedCost + commission + net) AS text
      FROM sale WHERE price <> paymentFee + landedCost + commission + net
      """
    ),
    (
      "a sale has the terms of its capture",
      """
      SELECT s.orderID AS subject, 'price or fee or currency differs' AS text
      FROM sale s JOIN capture c USING (orderID)
      WHERE s.price <> c.price OR s.paymentFee <> c.paymentFee OR s.currency <> c.currency
        OR s.environment <> c.environment OR s.userID <> c.userID
      """
    ),
    (
      "buyerDeposits holds the captures without a sale, less their refunds",
      """
      WITH open AS (
        SELECT environment, currency, SUM(price - COALESCE(
            (SELECT SUM(refunded) FROM refund WHERE refund.orderID = capture.orderID), 0)) AS held
        FROM capture
        WHERE NOT EXISTS (SELECT 1 FROM sale WHERE sale.orderID = capture.orderID)
        GROUP BY environment, currency)
      SELECT currency AS subject,
        'balance ' || (credits - debits) || ', open captures ' || COALESCE(held, 0) AS text
      FROM account LEFT JOIN open USING (environment, currency)
      WHERE name = 'buyerDeposits' AND credits - debits <> COALESCE(held, 0)
      """
    ),
    (
      "payoutsInTransit holds the payouts that are on their way",
      """
      WITH sent AS (
        SELECT environment, currency, SUM(amount) AS held FROM payout
        WHERE coveredBy = '' AND state IN ('SUBMITTED', 'UNKNOWN', 'UNCLAIMED') GROUP BY environment, currency)
      SELECT currency AS subject,
        'balance ' || (credits - debits) || ', on their way ' || COALESCE(held, 0) AS text
      FROM account LEFT JOIN sent USING (environment, currency)
      WHERE name = 'payoutsInTransit' AND credits - debits <> COALESCE(held, 0)
      """
    ),
    (
      "disputeHolds holds what open disputes are about",
      """
      WITH open AS (
        SELECT environment, currency, SUM(held) AS held FROM dispute JOIN capture USING (orderID)
        WHERE state = 'OPENED' GROUP BY environment, currency)
      SELECT currency AS subject,
        'balance ' || (credits - debits) || ', open disputes ' || COALESCE(held, 0) AS text
      FROM account LEFT JOIN open USING (environment, currency)
      WHERE name = 'disputeHolds' AND credits - debits <> COALESCE(held, 0)
      """
    ),
    (
      "price - refunded = payment fee + landed cost - supplier refunded + commission + net, as posted",
      """
      WITH side AS (
        SELECT orderID, debit AS name, amount FROM posting JOIN journalEntry USING (chain, sequence)
        UNION ALL
        SELECT orderID, credit, -amount FROM posting JOIN journalEntry USING (chain, sequence))
      SELECT orderID AS subject, 'the parts differ by ' || SUM(amount) AS text
      FROM side JOIN sale USING (orderID)
      WHERE name IN ('sales', 'refunds', 'paymentFees', 'supplierCost', 'commission',
        'resellerShare')
      GROUP BY orderID HAVING SUM(amount) <> 0
      """
    ),
    (
      "no more is given back than was paid",
      """
      SELECT capture.orderID AS subject,
        'refunded ' || SUM(refunded) || ' of ' || capture.price || ', supplier ' || SUM(supplierRefunded)
          || ' of ' || COALESCE(landedCost, 0) AS text
      FROM refund JOIN capture USING (orderID) LEFT JOIN sale USING (orderID)
      GROUP BY capture.orderID, capture.price, landedCost
      HAVING SUM(refunded) > capture.price OR SUM(supplierRefunded) > COALESCE(landedCost, 0)
      """
    ),
    (
      "a payout covers what it owes",
      """
      SELECT cover.payoutID AS subject, 'owes ' || cover.due || ', covers ' || SUM(payout.due) AS text
      FROM payout JOIN payout AS cover ON cover.payoutID = payout.coveredBy
      WHERE payout.coveredBy <> ''
      GROUP BY cover.payoutID, cover.due, cover.payee
      HAVING SUM(payout.due) <> cover.due OR MIN(payout.payee) <> cover.payee
        OR MAX(payout.payee) <> cover.payee
      """
    ),
    (
      "a payout that is not over has its intent",
      """
      SELECT payoutID AS subject, 'it is ' || state || ' and nothing will move it' AS text
      FROM payout
      WHERE state IN ('PENDING', 'SUBMITTED', 'UNKNOWN', 'UNCLAIMED') AND coveredBy = ''
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
      """
    ),
  ]
}
