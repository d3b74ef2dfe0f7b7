extension Schema {
  /// What the supplier pushed; and a purchase that was resolved by it.
  ///
  /// A check cannot be widened in place, so the column moves into a new one.
  static let events = """
    CREATE TABLE providerEvent (
      provider TEXT NOT NULL CHECK (provider <> ''),
      eventID TEXT NOT NULL CHECK (eventID <> ''),
      eventType TEXT NOT NULL,
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      payload BLOB NOT NULL,
      supplierOrderID TEXT NOT NULL,
      occurredAt INTEGER NOT NULL,
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (provider, eventID)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX providerEventByTime ON providerEvent (environment, occurredAt)
      WHERE supplierOrderID <> '';

    ALTER TABLE purchase ADD COLUMN resolution TEXT NOT NULL DEFAULT ''
      CHECK (resolution IN ('', 'repeatedRequest', 'pushMessage', 'orderList', 'person'));
    UPDATE purchase SET resolution = resolvedBy;
    ALTER TABLE purchase DROP COLUMN resolvedBy;
    ALTER TABLE purchase RENAME COLUMN resolution TO resolvedBy;
    ALTER TABLE purchase ADD COLUMN payBy INTEGER NOT NULL DEFAULT 0;
    """
}
