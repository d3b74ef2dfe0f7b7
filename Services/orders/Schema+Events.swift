extension Schema {
  /// What providers pushed; and waits that outlast an order's course.
  static let events = """
    CREATE TABLE providerEvent (
      provider TEXT NOT NULL CHECK (provider <> ''),
      eventID TEXT NOT NULL CHECK (eventID <> ''),
      eventType TEXT NOT NULL,
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      payload BLOB NOT NULL,
      occurredAt INTEGER NOT NULL,
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (provider, eventID)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX buyerOrderByCapture ON buyerOrder (environment, captureID)
      WHERE captureID <> '';

    CREATE TABLE oldWait AS SELECT * FROM orderWait;
    DROP TABLE orderWait;
    CREATE TABLE orderWait (
      orderID TEXT NOT NULL REFERENCES buyerOrder (orderID),
      subject TEXT NOT NULL CHECK (subject IN ('payment', 'purchase', 'captureBooking',
        'saleBooking', 'tracking', 'refund', 'refundBooking', 'dispute', 'reversal')),
      reasonCode TEXT NOT NULL CHECK (reasonCode <> ''),
      reasonText TEXT NOT NULL,
      reasonOwner TEXT NOT NULL,
      providerCode TEXT NOT NULL,
      since INTEGER NOT NULL,
      next TEXT NOT NULL,
      nextAt INTEGER NOT NULL,
      PRIMARY KEY (orderID, subject)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO orderWait SELECT * FROM oldWait;
    DROP TABLE oldWait;
    """
}
