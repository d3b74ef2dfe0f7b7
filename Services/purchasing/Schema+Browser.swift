extension Schema {
  /// What the browser path needs. `confirmingAt` is the mark that the confirm button is clicked next:
  /// an attempt without it has certainly bought nothing.
  static let browser = """
    ALTER TABLE attempt ADD COLUMN step TEXT NOT NULL DEFAULT '';
    ALTER TABLE attempt ADD COLUMN screenshots TEXT NOT NULL DEFAULT '';
    ALTER TABLE attempt ADD COLUMN confirmingAt INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE attempt ADD COLUMN pathCode TEXT NOT NULL DEFAULT '';
    ALTER TABLE attempt ADD COLUMN pathText TEXT NOT NULL DEFAULT '';
    ALTER TABLE attempt ADD COLUMN pathOwner TEXT NOT NULL DEFAULT '';
    ALTER TABLE purchase ADD COLUMN listReadAt INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE shopSession (
      number INTEGER PRIMARY KEY,
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      account TEXT NOT NULL CHECK (account <> ''),
      version INTEGER NOT NULL CHECK (version > 0),
      keyID TEXT NOT NULL,
      wrappedKey BLOB NOT NULL,
      sealed BLOB NOT NULL,
      updatedAt INTEGER NOT NULL,
      UNIQUE (environment, account)
    ) STRICT;
    CREATE INDEX shopSessionByKey ON shopSession (keyID, number);
    """
}
