extension Schema {
  /// What purchases take of a day's limits.
  static let spending = """
    CREATE TABLE reservation (
      orderID TEXT NOT NULL,
      generation INTEGER NOT NULL,
      userID INTEGER NOT NULL CHECK (userID >= 0),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      day INTEGER NOT NULL CHECK (day >= 0),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      amount INTEGER NOT NULL CHECK (amount >= 0),
      state TEXT NOT NULL CHECK (state IN ('RESERVED', 'SETTLED', 'RELEASED')),
      updatedAt INTEGER NOT NULL,
      PRIMARY KEY (orderID, generation),
      FOREIGN KEY (orderID, generation) REFERENCES purchase (orderID, generation)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reservationByDay ON reservation (environment, day, userID, state, amount);
    """
}
