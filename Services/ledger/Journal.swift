import Contract
import Money
import Store

/// The double-entry journal: appends entries, reads them, and keeps each account's sums.
///
/// **Invariant:** an entry, its postings and the sums of its accounts are one transaction. Entries
/// are never changed or deleted; the schema refuses it. The sums are written at the end of the commit;
/// until then `sums(of:)` knows them, so a transaction that writes reads no account otherwise.
struct Journal {
  /// The one chain of today. Several writers could have one each.
  static let chain = "main"

  let transaction: Transaction

  /// Sequence and hash of the newest entry.
  func head() throws -> (sequence: Int64, hash: [UInt8]) {
    if let known = transaction.waiting(JournalTail.self)?.head { return known }
    let row = try transaction.row(
      "SELECT sequence, hash FROM journalEntry WHERE chain = $1 ORDER BY sequence DESC LIMIT 1",
      [.text(Self.chain)])
    return row.map { ($0.int("sequence"), $0.blob("hash")) } ?? (0, JournalHash.start)
  }

  /// Appends an entry to the chain and adds it to its accounts.
  @discardableResult
  func append(_ entry: JournalEntry) throws -> StoredEntry {
    let stored = try append([entry])
    guard let first = stored.first else { preconditionFailure("one entry makes one") }
    return first
  }

  /// Appends entries in their order, all in this transaction.
  @discardableResult
  func append(_ entries: [JournalEntry]) throws -> [StoredEntry] {
    if entries.isEmpty { return [] }
    let tail = transaction.deferred(JournalTail.self)
    var (sequence, hash) = try head()
    var appended: [StoredEntry] = []
    for entry in entries {
      precondition(
        (1...JournalEntry.postingsMax).contains(entry.postings.count),
        "an entry has 1 to 8 postings")
      sequence += 1
      let content = content(entry, sequence: sequence)
      hash = JournalHash.hash(content, after: hash)
      let stored = StoredEntry(content: content, hash: hash)
      try insert(stored)
      tail.add(content)
      tail.head = (sequence, hash)
      appended.append(stored)
    }
    return appended
  }

  private func content(_ entry: JournalEntry, sequence: Int64) -> JournalHash.Content {
    JournalHash.Content(
      chain: Self.chain, sequence: sequence, entryID: entry.entryID,
      kind: entry.kind.rawValue, orderID: entry.orderID,
      environment: Int64(entry.environment.rawValue), occurredAt: entry.occurredAt,
      recordedAt: transaction.now,
      lines: entry.postings.map {
        .init(
          debit: $0.debit.name, credit: $0.credit.name, minorUnits: $0.amount.minorUnits,
          currency: $0.amount.currency.code)
      })
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

  /// By number of postings.
  private static let insertPostings = (0...JournalEntry.postingsMax).map {
    "INSERT INTO posting (chain, sequence, line, debit, credit, amount, currency) VALUES "
      + tuples($0, of: 7)
  }
  /// `($1, $2), ($3, $4)`: the parameters of several rows.
  static func tuples(_ rows: Int, of columns: Int) -> String {
    (0..<rows).map { row in
      let names = (1...columns).map { "$\(row * columns + $0)" }
      return "(\(names.joined(separator: ", ")))"
    }.joined(separator: ", ")
  }

  /// Debits and credits of an account, with what this commit adds at its end.
  func sums(of account: Account, _ environment: Contract.Environment, _ currency: Currency) throws
    -> (debits: Int64, credits: Int64)
  {
    let row = try transaction.row(
      """
      SELECT debits, credits FROM account
      WHERE environment = $1 AND name = $2 AND currency = $3
      """,
      [.integer(Int64(environment.rawValue)), .text(account.name), .text(currency.code)])
    let kept = row.map { ($0.int("debits"), $0.int("credits")) } ?? (0, 0)
    guard let tail = transaction.waiting(JournalTail.self) else { return kept }
    let key = AccountSums.Key(
      environment: Int64(environment.rawValue), name: account.name, currency: currency.code)
    let added = tail.sums[key]
    return (kept.0 + added.debits, kept.1 + added.credits)
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
