import Contract
import Store

/// The shop's accounts that are left alone.
extension PurchaseStore {
  /// Nil for one that nothing is wrong with.
  func shopAccount(_ name: ShopAccount.Name) throws -> ShopAccount? {
    try transaction.row(
      "SELECT * FROM shopAccount WHERE environment = $1 AND account = $2", Self.key(name)
    ).map { row in
      ShopAccount(
        failures: Int(row.int("failures")), closedUntil: row.int("closedUntil"),
        failedAt: row.int("failedAt"),
        reason: PurchaseReason(
          code: PurchaseReason.Code(rawValue: row.text("reasonCode")) ?? .browserChallenge,
          text: row.text("reasonText"), owner: .platform),
        passwordMark: row.text("passwordMark"))
    }
  }

  func put(_ account: ShopAccount, _ name: ShopAccount.Name) throws {
    try transaction.run(
      """
      INSERT INTO shopAccount (environment, account, failures, closedUntil, failedAt, reasonCode,
        reasonText, passwordMark)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      ON CONFLICT (environment, account) DO UPDATE SET failures = $3, closedUntil = $4,
        failedAt = $5, reasonCode = $6, reasonText = $7, passwordMark = $8
      """,
      Self.key(name) + [
        .integer(Int64(account.failures)), .integer(account.closedUntil),
        .integer(account.failedAt), .text(account.reason.code.rawValue),
        .text(account.reason.text), .text(account.passwordMark),
      ])
  }

  /// Opens an account, after a visit that went well or by a person.
  ///
  /// - Returns: whether it was closed, or near it.
  @discardableResult
  func open(_ name: ShopAccount.Name) throws -> Bool {
    try transaction.run(
      "DELETE FROM shopAccount WHERE environment = $1 AND account = $2", Self.key(name)) > 0
  }

  /// Lets those purchases go on that wait for the shop's account of an environment.
  func wakeShop(_ environment: Contract.Environment) throws {
    let rows = try transaction.rows(
      """
      SELECT orderID FROM purchase WHERE environment = $1
        AND ((path = 'browser' AND state IN ('PLACING', 'AWAITING_SUPPLIER_PAYMENT', 'UNKNOWN'))
          OR (state = 'REQUESTED' AND reasonCode = 'BROWSER_ACCOUNT_CLOSED'))
      """,
      [.integer(Int64(environment.rawValue))])
    for row in rows { try transaction.schedule(Self.intent, row.text("orderID")) }
  }

  private static func key(_ name: ShopAccount.Name) -> [SQLValue] {
    [.integer(Int64(name.environment.rawValue)), .text(name.account)]
  }
}
