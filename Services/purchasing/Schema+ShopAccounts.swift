extension Schema {
  /// The shop's accounts that are left alone for a time, or until a person has seen to them. One that
  /// is open, as almost always, has no row. `passwordMark` tells whether the password that the shop
  /// refused is still the one that is set.
  static let shopAccounts = """
    CREATE TABLE shopAccount (
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      account TEXT NOT NULL CHECK (account <> ''),
      failures INTEGER NOT NULL CHECK (failures > 0),
      closedUntil INTEGER NOT NULL,
      failedAt INTEGER NOT NULL,
      reasonCode TEXT NOT NULL CHECK (reasonCode <> ''),
      reasonText TEXT NOT NULL,
      passwordMark TEXT NOT NULL,
      PRIMARY KEY (environment, account)
    ) STRICT, WITHOUT ROWID;
    """
}
