extension Schema {
  /// Providers number their events per environment: what is kept is told apart by that too.
  static let eventKeys = """
    CREATE TABLE event (
      provider TEXT NOT NULL CHECK (provider <> ''),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      eventID TEXT NOT NULL CHECK (eventID <> ''),
      eventType TEXT NOT NULL,
      payload BLOB NOT NULL,
      supplierOrderID TEXT NOT NULL,
      occurredAt INTEGER NOT NULL,
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (provider, environment, eventID)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO event SELECT provider, environment, eventID, eventType, payload, supplierOrderID,
      occurredAt, recordedAt FROM providerEvent;
    DROP TABLE providerEvent;
    ALTER TABLE event RENAME TO providerEvent;
    CREATE INDEX providerEventByTime ON providerEvent (environment, occurredAt)
      WHERE supplierOrderID <> '';
    """
}
