import Store

/// The end of the journal while a commit appends to it: the newest entry, and what the commit's
/// entries add to their accounts. The platform's accounts are in nearly every entry; so each is
/// written once a commit, however many orders share it.
final class JournalTail: DeferredRows {
  /// Nil until somebody has read it.
  var head: (sequence: Int64, hash: [UInt8])?
  private(set) var sums = AccountSums()

  func add(_ content: JournalHash.Content) { sums.add(content) }

  /// Adds the sums to the accounts, several rows a statement.
  func write(_ transaction: Transaction) throws(StoreError) {
    let rowsMax = Self.addToAccounts.count - 1
    var rest = sums.rows[...]
    sums = AccountSums()
    while !rest.isEmpty {
      let some = rest.prefix(rowsMax)
      rest = rest.dropFirst(rowsMax)
      let values = some.flatMap { row -> [SQLValue] in
        [
          .integer(row.key.environment), .text(row.key.name), .text(row.key.currency),
          .integer(row.debits), .integer(row.credits),
        ]
      }
      try transaction.run(Self.addToAccounts[some.count], values)
    }
  }

  /// By number of accounts.
  private static let addToAccounts = (0...2 * JournalEntry.postingsMax).map {
    "INSERT INTO account (environment, name, currency, debits, credits) VALUES "
      + Journal.tuples($0, of: 5)
      + " ON CONFLICT (environment, name, currency) DO UPDATE"
      + " SET debits = account.debits + excluded.debits,"
      + " credits = account.credits + excluded.credits"
  }
}
