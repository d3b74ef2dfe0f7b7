import Contract
import Store

/// Reads the whole chain again and compares each hash.
///
/// Appends may go on meanwhile: what is checked ends at the head that was newest at the start.
struct JournalCheck: Sendable {
  static let entriesPerPage = 1000

  struct Result: Hashable, Sendable {
    var entries: Int64
    var headHash: [UInt8]
    /// Empty when the chain is whole.
    var firstBad: String
  }

  let store: Store

  /// Checks the chain, and that a head seen earlier is still in it.
  func verify(expectedHead: [UInt8]) async throws -> Result {
    let head = try await store.read { try Journal(transaction: $0).head() }
    var (sequence, hash, lastID) = (Int64(0), JournalHash.start, "")
    var foundHead = expectedHead.isEmpty || expectedHead == JournalHash.start
    while sequence < head.sequence {
      let from = sequence
      let page = try await store.read {
        try Journal(transaction: $0).entries(after: from, limit: Self.entriesPerPage)
      }
      if page.isEmpty { break }
      for stored in page where stored.content.sequence <= head.sequence {
        let content = stored.content
        guard content.sequence == sequence + 1, !content.lines.isEmpty,
          JournalHash.hash(content, after: hash) == stored.hash
        else { return Result(entries: sequence, headHash: hash, firstBad: content.entryID) }
        (sequence, hash, lastID) = (content.sequence, stored.hash, content.entryID)
        if hash == expectedHead { foundHead = true }
      }
      if let last = page.last, last.content.sequence > head.sequence { break }
    }
    return Result(
      entries: sequence, headHash: hash,
      firstBad: foundHead ? "" : lastID.isEmpty ? "missing" : "missing after \(lastID)")
  }

  /// One row that breaks a rule.
  struct Finding: Hashable, Sendable {
    let rule: String
    let subject: String
    let text: String
  }

  /// Everything that does not add up; empty when all does.
  func findings() async throws -> [Finding] {
    try await store.read { transaction in
      try Self.rules.flatMap { rule in
        try transaction.rows(rule.sql).map {
          Finding(rule: rule.name, subject: $0.text("subject"), text: $0.text("text"))
        }
      }
    }
  }

  /// Each query finds the rows that break its rule.
  private static let rules: [(name: String, sql: String)] = [
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
      "buyerDeposits holds the captures without a sale",
      """
      WITH open AS (
        SELECT environment, currency, SUM(price) AS held FROM capture
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
        WHERE state IN ('SUBMITTED', 'UNKNOWN', 'UNCLAIMED') GROUP BY environment, currency)
      SELECT currency AS subject,
        'balance ' || (credits - debits) || ', on their way ' || COALESCE(held, 0) AS text
      FROM account LEFT JOIN sent USING (environment, currency)
      WHERE name = 'payoutsInTransit' AND credits - debits <> COALESCE(held, 0)
      """
    ),
  ]
}
