extension Schema {
  /// The supplier's bans that last longer than a restart.
  static let bans = """
    CREATE TABLE callBan (
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      method TEXT NOT NULL,
      holder TEXT NOT NULL,
      providerCode TEXT NOT NULL CHECK (providerCode <> ''),
      endsAt INTEGER NOT NULL,
      PRIMARY KEY (environment, method, holder)
    ) STRICT, WITHOUT ROWID;
    """
}
