import Contract
import Money
import Store

extension Journal {
  /// What an entry did to one account.
  struct StatementLine: Hashable, Sendable {
    let sequence: Int64
    let entryID: String
    let occurredAt: Int64
    /// On the account's usual side; zero when it came and went.
    let amount: Amount
    /// After this entry.
    let balance: Amount
  }

  /// Where a page of a statement begins: after an entry, with the balance it left.
  struct StatementMark: Hashable, Sendable {
    var sequence: Int64 = 0
    var balance: Int64 = 0

    /// What comes before the first entry.
    static let start = StatementMark()

    init(sequence: Int64 = 0, balance: Int64 = 0) {
      self.sequence = sequence
      self.balance = balance
    }

    /// Reads the token of a page.
    init?(token: String) {
      let parts = token.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let sequence = Int64(parts[0]), sequence > 0,
        let balance = Int64(parts[1])
      else { return nil }
      self.init(sequence: sequence, balance: balance)
    }

    var token: String { "\(sequence):\(balance)" }
  }

  /// The postings of one account and currency from both sides, merged in the order of the indexes.
  static let statement = """
    SELECT sequence, entryID, occurredAt, amount FROM posting JOIN journalEntry
      USING (chain, sequence)
      WHERE chain = $1 AND debit = $2 AND currency = $3 AND sequence > $4 AND environment = $5
        AND \(isIndexed("debit"))
    UNION ALL
    SELECT sequence, entryID, occurredAt, -amount FROM posting JOIN journalEntry
      USING (chain, sequence)
      WHERE chain = $1 AND credit = $2 AND currency = $3 AND sequence > $4 AND environment = $5
        AND \(isIndexed("credit"))
    ORDER BY 1 LIMIT $6
    """

  /// Those of a busy account, which has no index: the entries of the currency are gone through. That
  /// a line is above 0 makes SQLite look for each entry's postings by all of their key.
  static let busyStatement = """
    SELECT first.sequence AS sequence, entryID, occurredAt,
      CASE WHEN posting.debit = $2 THEN posting.amount ELSE -posting.amount END AS amount
    FROM posting AS first
      JOIN journalEntry AS entry ON entry.chain = first.chain AND entry.sequence = first.sequence
      JOIN posting ON posting.chain = first.chain AND posting.sequence = first.sequence
        AND posting.line > 0
    WHERE first.line = 1 AND first.currency = $3 AND first.chain = $1 AND first.sequence > $4
      AND environment = $5 AND (posting.debit = $2 OR posting.credit = $2)
    ORDER BY first.sequence LIMIT $6
    """

  /// The condition of an index, as the schema has it.
  private static func isIndexed(_ side: String) -> String {
    Account.busy.map { "\(side) <> '\($0.name)'" }.joined(separator: " AND ")
  }

  /// The next lines of an account's statement after a mark; `limit` at most.
  func statement(
    of account: Account, _ environment: Contract.Environment, _ currency: Currency,
    after mark: StatementMark, limit: Int
  ) throws -> [StatementLine] {
    // An entry can have several postings of the account: as many rows as `limit` entries can have.
    let rows = try transaction.rows(
      Account.busy.contains(account) ? Self.busyStatement : Self.statement,
      [
        .text(Self.chain), .text(account.name), .text(currency.code), .integer(mark.sequence),
        .integer(Int64(environment.rawValue)),
        .integer(Int64(limit * JournalEntry.postingsMax * 2)),
      ])
    var (lines, balance) = ([StatementLine](), Amount(minorUnits: mark.balance, currency: currency))
    var next = rows.startIndex
    while next < rows.endIndex, lines.count < limit {
      let first = rows[next]
      var sum = Amount.zero(currency)
      while next < rows.endIndex, rows[next].int("sequence") == first.int("sequence") {
        sum = try sum.adding(
          Amount(minorUnits: rows[next].int("amount"), currency: currency))
        next += 1
      }
      if account.usualSide == .credit { sum = try sum.multiplied(by: -1) }
      balance = try balance.adding(sum)
      lines.append(
        StatementLine(
          sequence: first.int("sequence"), entryID: first.text("entryID"),
          occurredAt: first.int("occurredAt"), amount: sum, balance: balance))
    }
    return lines
  }
}
