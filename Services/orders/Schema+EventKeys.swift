extension Schema {
  /// Providers number their events per environment: what is kept is told apart by that too. And each
  /// dispute about an order is one of its own.
  static let eventKeys = """
    CREATE TABLE event (
      provider TEXT NOT NULL CHECK (provider <> ''),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      eventID TEXT NOT NULL CHECK (eventID <> ''),
      eventType TEXT NOT NULL,
      payload BLOB NOT NULL,
      occurredAt INTEGER NOT NULL,
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (provider, environment, eventID)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO event SELECT provider, environment, eventID, eventType, payload, occurredAt,
      recordedAt FROM providerEvent;
    DROP TABLE providerEvent;
    ALTER TABLE event RENAME TO providerEvent;

    CREATE TABLE dispute (
      orderID TEXT NOT NULL REFERENCES buyerOrder (orderID),
      disputeID TEXT NOT NULL,
      status TEXT NOT NULL,
      detail TEXT NOT NULL,
      isOpen INTEGER NOT NULL CHECK (isOpen IN (0, 1)),
      openedAt INTEGER NOT NULL,
      toldAt INTEGER NOT NULL,
      PRIMARY KEY (orderID, disputeID)
    ) STRICT, WITHOUT ROWID;
    """
}
