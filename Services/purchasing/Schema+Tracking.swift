extension Schema {
  /// The last answer about each purchase's goods: the contract's Tracking, packed. `askedAt` is 0
  /// when the supplier has told of news since.
  static let tracking = """
    CREATE TABLE tracking (
      orderID TEXT NOT NULL,
      generation INTEGER NOT NULL,
      answer BLOB NOT NULL,
      askedAt INTEGER NOT NULL,
      PRIMARY KEY (orderID, generation),
      FOREIGN KEY (orderID, generation) REFERENCES purchase (orderID, generation)
    ) STRICT, WITHOUT ROWID;
    """
}
