import Contract
import Money
import Store

/// What orders brought, added up from their postings: by order, product, reseller or month.
///
/// It counts every entry about an order but its payouts, so that its totals are those of the
/// accounts in the trial balance.
struct ProfitReport {
  enum Grouping: Sendable { case order, product, reseller, month }

  /// Which entries count.
  struct Selection: Sendable {
    let environment: Contract.Environment
    /// Empty for all.
    let currency: String
    /// 0 for all.
    let userID: Int64
    /// Milliseconds since the epoch; `until` is outside.
    let from: Int64
    let until: Int64
  }

  /// Sums of one key and one currency.
  struct Line: Hashable, Sendable {
    let key: String
    let orders: Int64
    let sales: Amount
    /// What stands against the sales, each as a cost.
    let refunds: Amount
    let paymentFees: Amount
    let supplierCost: Amount
    let commission: Amount
    let resellerShare: Amount

    func gross() throws(MoneyError) -> Amount { try commission.adding(resellerShare) }
  }

  /// Where a page begins: after this key and currency.
  struct Mark: Hashable, Sendable {
    let currency: String
    let key: String

    static let start = Mark(currency: "", key: "")

    var token: String { "\(currency):\(key)" }

    init(currency: String, key: String) {
      self.currency = currency
      self.key = key
    }

    init?(token: String) {
      let parts = token.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].count == 3 else { return nil }
      self.init(currency: String(parts[0]), key: String(parts[1]))
    }
  }

  /// Months of a report. More are asked for in parts.
  static let monthsMax = 1_200

  let transaction: Transaction

  /// Sums by key, in order of key and currency.
  func lines(_ grouping: Grouping, _ selection: Selection, after mark: Mark, limit: Int) throws
    -> [Line]
  {
    let months = grouping == .month ? try months(selection) : []
    if grouping == .month && months.isEmpty { return [] }
    let first = months.count * 3
    func value(_ number: Int) -> String { "$\(first + number)" }
    let start =
      grouping == .month
      ? "WITH month (key, start, stop) AS (VALUES \(Journal.tuples(months.count, of: 3))) " : ""
    let sql = """
      \(start)SELECT * FROM (
        SELECT \(Self.key(grouping)) AS key, \(Self.sums)
        FROM \(Self.tables)\(grouping == .month ? " JOIN month ON journalEntry.occurredAt >= start AND journalEntry.occurredAt < stop" : "")
        WHERE \(Self.condition(first))
        GROUP BY 1, posting.currency) grouped
      WHERE key > \(value(6)) OR key = \(value(6)) AND currency > \(value(7))
      ORDER BY key, currency LIMIT \(value(8))
      """
    let values = months.flatMap { month -> [SQLValue] in
      [.text(month.key), .integer(month.start), .integer(month.stop)]
    }
    return try transaction.rows(
      sql,
      values + Self.values(selection) + [
        .text(mark.key), .text(mark.currency), .integer(Int64(limit)),
      ]
    ).map { try line($0, key: $0.text("key")) }
  }

  /// One line per currency, with an empty key.
  func totals(_ selection: Selection) throws -> [Line] {
    try transaction.rows(
      """
      SELECT \(Self.sums) FROM \(Self.tables) WHERE \(Self.condition(0))
      GROUP BY posting.currency ORDER BY posting.currency
      """,
      Self.values(selection)
    ).map { try line($0, key: "") }
  }

  private static let tables = """
    journalEntry JOIN posting USING (chain, sequence)
      JOIN capture ON capture.orderID = journalEntry.orderID
      LEFT JOIN sale ON sale.orderID = journalEntry.orderID
    """

  private static func key(_ grouping: Grouping) -> String {
    switch grouping {
    case .order: "journalEntry.orderID"
    case .product: "COALESCE(sale.productURL, '')"
    case .reseller: "CAST(capture.userID AS TEXT)"
    case .month: "month.key"
    }
  }

  /// Debits less credits of each account.
  private static let sums: String = {
    let accounts: [Account] = [
      .sales, .refunds, .paymentFees, .supplierCost, .commission, .resellerShare,
    ]
    let columns = accounts.map { account in
      """
      SUM(CASE '\(account.name)' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END)
        AS \(account.name)
      """
    }
    return "posting.currency AS currency, COUNT(DISTINCT journalEntry.orderID) AS orders, "
      + columns.joined(separator: ", ")
  }()

  private static func condition(_ first: Int) -> String {
    """
    journalEntry.environment = $\(first + 1) AND journalEntry.kind IN ('capture', 'sale', 'refund', 'dispute')
      AND journalEntry.occurredAt >= $\(first + 2) AND journalEntry.occurredAt < $\(first + 3)
      AND ($\(first + 4) = '' OR posting.currency = $\(first + 4))
      AND ($\(first + 5) = 0 OR capture.userID = $\(first + 5))
    """
  }

  private static func values(_ selection: Selection) -> [SQLValue] {
    [
      .integer(Int64(selection.environment.rawValue)), .integer(selection.from),
      .integer(selection.until), .text(selection.currency), .integer(selection.userID),
    ]
  }

  private func line(_ row: Row, key: String) throws -> Line {
    let currency = try Currency(validating: row.text("currency"))
    func amount(_ account: Account, _ sign: Int64 = 1) -> Amount {
      Amount(minorUnits: sign * row.int(account.name), currency: currency)
    }
    return Line(
      key: key, orders: row.int("orders"), sales: amount(.sales, -1),
      refunds: amount(.refunds), paymentFees: amount(.paymentFees),
      supplierCost: amount(.supplierCost), commission: amount(.commission),
      resellerShare: amount(.resellerShare))
  }

  /// The months in which there are entries, as far as they are asked for.
  private func months(_ selection: Selection) throws -> [UTC.Month] {
    let row = try transaction.row(
      """
      SELECT MIN(occurredAt) AS first, MAX(occurredAt) AS last FROM journalEntry
      WHERE environment = $1 AND orderID <> ''
      """,
      [.integer(Int64(selection.environment.rawValue))])
    guard let first = row?.intOrNil("first"), let last = row?.intOrNil("last") else { return [] }
    var months: [UTC.Month] = []
    var next = UTC.Month(of: max(first, selection.from))
    let end = min(last, selection.until - 1)
    while next.start <= end {
      guard months.count < Self.monthsMax else { throw LedgerError.tooManyMonths(Self.monthsMax) }
      months.append(next)
      next = UTC.Month(of: next.stop)
    }
    return months
  }
}
