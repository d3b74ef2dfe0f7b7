import Store

/// What must be true of the books at any moment, as queries.
enum JournalRules {
  /// What a rule is about.
  enum Scope: Sendable {
    /// All at once: sums over small tables.
    case whole
    /// Single sales or payouts: those with numbers above $1, up to $2.
    case sales, payouts

    /// The table whose numbers make the steps.
    var table: String? {
      switch self {
      case .whole: nil
      case .sales: "sale"
      case .payouts: "payout"
      }
    }
  }

  /// A rule, and the query that finds the rows that break it.
  struct Rule: Sendable {
    let name: String
    let sql: String
    var scope = Scope.whole
    /// The background check has another way to find the same.
    var isOnDemandOnly = false
    /// What breaks it is damage of the file, not of what was booked.
    var isAboutFile = false
  }

  /// Rows that break a rule, of all or of those in a range of numbers.
  static func findings(
    _ rule: Rule, _ transaction: Transaction, _ range: (Int64, Int64) = (0, .max)
  ) throws -> RuleFindings {
    let values: [SQLValue] =
      rule.scope.table == nil ? [] : [.integer(range.0), .integer(range.1)]
    let most = RuleFindings.shownMax
    let rows = try transaction.rows(
      "SELECT subject, text FROM (\(rule.sql)) LIMIT \(most + 1)", values)
    var found = RuleFindings(rule: rule.name)
    if rows.count <= most {
      found.add(rows.map { Finding(rule: rule.name, $0) })
    } else {
      let all = try transaction.row("SELECT COUNT(*) AS count FROM (\(rule.sql))", values)
      found.add(
        rows.prefix(most).map { Finding(rule: rule.name, $0) },
        more: (all?.int("count") ?? 0) - Int64(most))
    }
    return found
  }

  /// The world, as subjects of sums begin.
  private static let world = "CASE environment WHEN 1 THEN 'sandbox' ELSE 'production' END"

  static let all: [Rule] = sums + clearing + ofSales + ofPayouts

  private static let sums: [Rule] = [
    Rule(
      name: "debits equal credits",
      sql: """
        SELECT \(world) || ' ' || currency AS subject,
          'debits ' || SUM(debits) || ', credits ' || SUM(credits) AS text
        FROM account GROUP BY environment, currency HAVING SUM(debits) <> SUM(credits)
        """, isAboutFile: true),
    Rule(
      name: "an account's sums are those of its postings",
      sql: """
        WITH side AS (
          SELECT environment, debit AS name, currency, amount AS debits, 0 AS credits
            FROM posting JOIN journalEntry USING (chain, sequence)
          UNION ALL
          SELECT environment, credit, currency, 0, amount
            FROM posting JOIN journalEntry USING (chain, sequence)),
        posted AS (
          SELECT environment, name, currency, SUM(debits) AS debits, SUM(credits) AS credits
            FROM side GROUP BY environment, name, currency)
        SELECT \(world) || ' ' || name || ' ' || currency AS subject,
          'kept ' || COALESCE(a.debits, 0) || '/' || COALESCE(a.credits, 0)
            || ', posted ' || COALESCE(p.debits, 0) || '/' || COALESCE(p.credits, 0) AS text
        FROM account a FULL JOIN posted p USING (environment, name, currency)
        WHERE COALESCE(a.debits, 0) <> COALESCE(p.debits, 0)
          OR COALESCE(a.credits, 0) <> COALESCE(p.credits, 0)
        """, isOnDemandOnly: true, isAboutFile: true),
    Rule(
      name: "no more is given back than was paid",
      sql: """
        SELECT capture.orderID AS subject,
          'refunded ' || SUM(refunded) || ' of ' || capture.price || ', supplier ' || SUM(supplierRefunded)
            || ' of ' || COALESCE(landedCost, 0) AS text
        FROM refund JOIN capture USING (orderID) LEFT JOIN sale USING (orderID)
        GROUP BY capture.orderID, capture.price, landedCost
        HAVING SUM(refunded) > capture.price OR SUM(supplierRefunded) > COALESCE(landedCost, 0)
        """),
  ]

  private static let clearing: [Rule] = [
    Rule(
      name: "buyerDeposits holds the captures without a sale, less their refunds",
      sql: """
        WITH open AS (
          SELECT environment, currency, SUM(price - COALESCE(
              (SELECT SUM(refunded) FROM refund WHERE refund.orderID = capture.orderID), 0)) AS held
          FROM capture
          WHERE NOT EXISTS (SELECT 1 FROM sale WHERE sale.orderID = capture.orderID)
          GROUP BY environment, currency)
        SELECT \(world) || ' ' || currency AS subject,
          'balance ' || (credits - debits) || ', open captures ' || COALESCE(held, 0) AS text
        FROM account LEFT JOIN open USING (environment, currency)
        WHERE name = 'buyerDeposits' AND credits - debits <> COALESCE(held, 0)
        """),
    Rule(
      name: "payoutsInTransit holds the payouts that are on their way",
      sql: """
        WITH sent AS (
          SELECT environment, currency, SUM(amount) AS held FROM payout
          WHERE coveredBy = '' AND state IN ('SUBMITTED', 'UNKNOWN', 'UNCLAIMED')
          GROUP BY environment, currency)
        SELECT \(world) || ' ' || currency AS subject,
          'balance ' || (credits - debits) || ', on their way ' || COALESCE(held, 0) AS text
        FROM account LEFT JOIN sent USING (environment, currency)
        WHERE name = 'payoutsInTransit' AND credits - debits <> COALESCE(held, 0)
        """),
    Rule(
      name: "disputeHolds holds what open disputes are about",
      sql: """
        WITH open AS (
          SELECT environment, currency, SUM(held) AS held FROM dispute JOIN capture USING (orderID)
          WHERE state = 'OPENED' GROUP BY environment, currency)
        SELECT \(world) || ' ' || currency AS subject,
          'balance ' || (credits - debits) || ', open disputes ' || COALESCE(held, 0) AS text
        FROM account LEFT JOIN open USING (environment, currency)
        WHERE name = 'disputeHolds' AND credits - debits <> COALESCE(held, 0)
        """),
  ]
}
