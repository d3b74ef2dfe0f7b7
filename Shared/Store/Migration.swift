/// A step of the schema, as SQL text.
///
/// **Invariant:** its text never changes once shipped; a database that was made with another text
/// of the same name is refused.
public struct Migration: Hashable, Sendable {
  /// Unique in a database, such as `001 journal`.
  public let name: String
  /// One or more statements, run in one transaction.
  public let sql: String

  public init(_ name: String, _ sql: String) {
    self.name = name
    self.sql = sql
  }
}
