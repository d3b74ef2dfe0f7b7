extension Schema {
  /// Counts of states are read from an index alone.
  static let counts = """
    CREATE INDEX buyerOrderByEnvironment ON buyerOrder (environment, state, userID);
    """
}
