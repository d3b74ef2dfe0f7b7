import Contract
import Runtime
import Store

extension Journal {
  /// Which entries are read.
  struct Selection: Sendable {
    /// Nil for both.
    var environment: Contract.Environment?
    /// Empty for all.
    var orderID = ""
    /// Empty for all.
    var entryID = ""
    var isNewestFirst = false
  }

  /// A condition that the entries of an order meet and few others do: their ids begin with the
  /// order's, as `JournalEntry.ID` makes them. '0' comes after '/'.
  static func isOfOrder(_ orderID: String) -> String {
    "entryID > \(orderID) || '/' AND entryID < \(orderID) || '0'"
  }

  /// The entry with this id.
  func entry(_ entryID: String) throws -> StoredEntry? {
    let row = try transaction.row(
      "SELECT \(Self.columns) FROM journalEntry WHERE entryID = $1", [.text(entryID)])
    return try row.map { try stored($0, lines: lines(of: $0.int("sequence"))) }
  }

  /// The next entries after a sequence number, in order or against it; `limit` at most. 0 is the start.
  func entries(after sequence: Int64, limit: Int, _ selection: Selection = Selection()) throws
    -> [StoredEntry]
  {
    let isBackwards = selection.isNewestFirst
    let start = isBackwards && sequence == 0 ? Int64.max : sequence
    // The few entries of an order are found by their ids, so not by chain and sequence.
    var conditions =
      selection.orderID.isEmpty
      ? "chain = $1 AND sequence \(isBackwards ? "<" : ">") $2"
      : "chain || '' = $1 AND sequence + 0 \(isBackwards ? "<" : ">") $2"
    var values: [SQLValue] = [.text(Self.chain), .integer(start), .integer(Int64(limit))]
    if let environment = selection.environment {
      values.append(.integer(Int64(environment.rawValue)))
      conditions += " AND environment = $\(values.count)"
    }
    if !selection.orderID.isEmpty {
      values.append(.text(selection.orderID))
      conditions += " AND orderID = $\(values.count) AND \(Self.isOfOrder("$\(values.count)"))"
    }
    if !selection.entryID.isEmpty {
      values.append(.text(selection.entryID))
      conditions += " AND entryID = $\(values.count)"
    }
    let order = isBackwards ? "sequence DESC" : "sequence"
    let rows = try transaction.rows(
      "SELECT \(Self.columns) FROM journalEntry WHERE \(conditions) ORDER BY \(order) LIMIT $3",
      values)
    let sequences = rows.map { $0.int("sequence") }
    guard let first = sequences.min(), let last = sequences.max() else { return [] }
    if !selection.orderID.isEmpty {
      return try rows.map { try stored($0, lines: lines(of: $0.int("sequence"))) }
    }
    var found: [Int64: [JournalHash.Line]] = [:]
    let postings = try transaction.rows(
      """
      SELECT sequence, debit, credit, amount, currency FROM posting
      WHERE chain = $1 AND sequence BETWEEN $2 AND $3 ORDER BY sequence, line
      """,
      [.text(Self.chain), .integer(first), .integer(last)])
    for row in postings { found[row.int("sequence"), default: []].append(line(row)) }
    return rows.map { stored($0, lines: found[$0.int("sequence")] ?? []) }
  }

  /// With the person who had an entry booked.
  private static let columns = """
    *, (SELECT actor FROM entryPerson WHERE entryPerson.entryID = journalEntry.entryID) AS actor
    """

  /// Keeps who had an entry booked, when it makes one; what goes by itself has nobody.
  func note(_ entryID: String, by actor: Actor) throws {
    if case .system = actor { return }
    try transaction.run(
      """
      INSERT INTO entryPerson (entryID, actor) SELECT entryID, $2 FROM journalEntry
      WHERE entryID = $1 ON CONFLICT (entryID) DO NOTHING
      """, [.text(entryID), .text("\(actor)")])
  }

  private func lines(of sequence: Int64) throws -> [JournalHash.Line] {
    try transaction.rows(
      """
      SELECT debit, credit, amount, currency FROM posting
      WHERE chain = $1 AND sequence = $2 ORDER BY line
      """,
      [.text(Self.chain), .integer(sequence)]
    ).map(line)
  }

  private func line(_ row: Row) -> JournalHash.Line {
    JournalHash.Line(
      debit: row.text("debit"), credit: row.text("credit"), minorUnits: row.int("amount"),
      currency: row.text("currency"))
  }

  private func stored(_ row: Row, lines: [JournalHash.Line]) -> StoredEntry {
    StoredEntry(
      content: JournalHash.Content(
        chain: row.text("chain"), sequence: row.int("sequence"), entryID: row.text("entryID"),
        kind: row.text("kind"), orderID: row.text("orderID"),
        environment: row.int("environment"), occurredAt: row.int("occurredAt"),
        recordedAt: row.int("recordedAt"), lines: lines),
      hash: row.blob("hash"), recordedBy: row.textOrNil("actor") ?? "")
  }

  /// One account's sums, as the trial balance shows them.
  struct Line: Sendable {
    let account: String
    let currency: String
    let debits: Int64
    let credits: Int64
  }

  /// Every account of an environment by name and currency; an empty currency for all.
  func trialBalance(_ environment: Contract.Environment, currency: String) throws -> [Line] {
    try transaction.rows(
      """
      SELECT name, currency, debits, credits FROM account
      WHERE environment = $1 AND ($2 = '' OR currency = $2) ORDER BY currency, name
      """,
      [.integer(Int64(environment.rawValue)), .text(currency)]
    ).map {
      Line(
        account: $0.text("name"), currency: $0.text("currency"), debits: $0.int("debits"),
        credits: $0.int("credits"))
    }
  }
}
