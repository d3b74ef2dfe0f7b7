import Store

/// What entries add to each account, one row per account, in the order of first use.
struct AccountSums {
  struct Key: Hashable {
    let environment: Int64
    let name: String
    let currency: String
  }

  private(set) var rows: [(key: Key, debits: Int64, credits: Int64)] = []
  private var indexes: [Key: Int] = [:]

  mutating func add(_ content: JournalHash.Content) {
    for line in content.lines {
      rows[index(content, line.debit, line.currency)].debits += line.minorUnits
      rows[index(content, line.credit, line.currency)].credits += line.minorUnits
    }
  }

  /// What was added to one account.
  subscript(key: Key) -> (debits: Int64, credits: Int64) {
    indexes[key].map { (rows[$0].debits, rows[$0].credits) } ?? (0, 0)
  }

  private mutating func index(_ content: JournalHash.Content, _ name: String, _ currency: String)
    -> Int
  {
    let key = Key(environment: content.environment, name: name, currency: currency)
    if let known = indexes[key] { return known }
    rows.append((key, 0, 0))
    indexes[key] = rows.count - 1
    return rows.count - 1
  }
}
