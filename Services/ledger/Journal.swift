import Contract
import Money
import Store

/// The double-entry journal: appends entries, reads them, and keeps each account's sums.
///
/// **Invariant:** an entry, its postings and the sums of its accounts are one transaction. Entries
/// are never changed or deleted; the schema refuses it.
struct Journal {
  /// The one chain of today. Several writers could have one each.
  static let chain = "main"

  let transaction: Transaction

  /// Sequence and hash of the newest entry.
  func head() throws -> (sequence: Int64, hash: [UInt8]) {
    let row = try transaction.row(
      "SELECT sequence, hash FROM journalEntry WHERE chain = $1 ORDER BY sequence DESC LIMIT 1",
      [.text(Self.chain)])
    return row.map { ($0.int("sequence"), $0.blob("hash")) } ?? (0, JournalHash.start)
  }

  /// Appends an entry to the chain and adds it to its accounts.
  @discardableResult
  func append(_ entry: JournalEntry) throws -> StoredEntry {
    precondition(
      (1...JournalEntry.postingsMax).contains(entry.postings.count), "an entry has 1 to 8 postings")
    let head = try head()
    let content = JournalHash.Content(
      chain: Self.chain, sequence: head.sequence + 1, entryID: entry.entryID,
      kind: entry.kind.rawValue, orderID: entry.orderID,
      environment: Int64(entry.environment.rawValue), occurredAt: entry.occurredAt,
      recordedAt: transaction.now,
      lines: entry.postings.map {
        .init(
          debit: $0.debit.name, credit: $0.credit.name, minorUnits: $0.amount.minorUnits,
          currency: $0.amount.currency.code)
      })
    let stored = StoredEntry(
      content: content, hash: JournalHash.hash(content, after: head.hash))
    try insert(stored)
    try add(content)
    return stored
  }

  private func insert(_ stored: StoredEntry) throws {
    let content = stored.content
    try transaction.run(
      """
      INSERT INTO journalEntry (chain, sequence, entryID, kind, orderID, environment, occurredAt,
        recordedAt, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      """,
      [
        .text(content.chain), .integer(content.sequence), .text(content.entryID),
        .text(content.kind), .text(content.orderID), .integer(content.environment),
        .integer(content.occurredAt), .integer(content.recordedAt), .blob(stored.hash),
      ])
    var values: [SQLValue] = []
    for (index, line) in content.lines.enumerated() {
      values += [
        .text(content.chain), .integer(content.sequence), .integer(Int64(index + 1)),
        .text(line.debit), .text(line.credit), .integer(line.minorUnits), .text(line.currency),
      ]
    }
    try transaction.run(Self.insertPostings[content.lines.count], values)
  }

  /// Adds an entry's postings to the sums of its accounts, one row per account and currency.
  private func add(_ content: JournalHash.Content) throws {
    struct Key: Hashable {
      let name: String
      let currency: String
    }
    var sums: [(key: Key, debits: Int64, credits: Int64)] = []
    func add(_ key: Key, debit: Int64, credit: Int64) {
      if let index = sums.firstIndex(where: { $0.key == key }) {
        sums[index].debits += debit
        sums[index].credits += credit
      } else {
        sums.append((key, debit, credit))
      }
    }
    for line in content.lines {
      add(Key(name: line.debit, currency: line.currency), debit: line.minorUnits, credit: 0)
      add(Key(name: line.credit, currency: line.currency), debit: 0, credit: line.minorUnits)
    }
    let values = sums.flatMap { sum -> [SQLValue] in
      [
        .integer(content.environment), .text(sum.key.name), .text(sum.key.currency),
        .integer(sum.debits), .integer(sum.credits),
      ]
    }
    try transaction.run(Self.addToAccounts[sums.count], values)
  }

  /// By number of postings.
  private static let insertPostings = (0...JournalEntry.postingsMax).map {
    "INSERT INTO posting (chain, sequence, line, debit, credit, amount, currency) VALUES "
      + tuples($0, of: 7)
  }
  /// By number of accounts.
  private static let addToAccounts = (0...2 * JournalEntry.postingsMax).map {
    "INSERT INTO account (environment, name, currency, debits, credits) VALUES "
      + tuples($0, of: 5)
      + " ON CONFLICT (environment, name, currency) DO UPDATE"
      + " SET debits = account.debits + excluded.debits,"
      + " credits = account.credits + excluded.credits"
  }

  /// `($1, $2), ($3, $4)`: the parameters of several rows.
  static func tuples(_ rows: Int, of columns: Int) -> String {
    (0..<rows).map { row in
      let names = (1...columns).map { "$\(row * columns + $0)" }
      return "(\(names.joined(separator: ", ")))"
    }.joined(separator: ", ")
  }

  /// Debits and credits of an account.
  func sums(of account: Account, _ environment: Contract.Environment, _ currency: Currency) throws
    -> (debits: Int64, credits: Int64)
  {
    let row = try transaction.row(
      """
      SELECT debits, credits FROM account
      WHERE environment = $1 AND name = $2 AND currency = $3
      """,
      [.integer(Int64(environment.rawValue)), .text(account.name), .text(currency.code)])
    return row.map { ($0.int("debits"), $0.int("credits")) } ?? (0, 0)
  }

  /// An account's balance on its usual side; negative when it is on the other one.
  func balance(of account: Account, _ environment: Contract.Environment, _ currency: Currency)
    throws -> Amount
  {
    let sums = try sums(of: account, environment, currency)
    let debits = sums.debits - sums.credits
    return Amount(
      minorUnits: account.usualSide == .debit ? debits : -debits, currency: currency)
  }
}
