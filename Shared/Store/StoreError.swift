/// What a store refuses or cannot do.
public enum StoreError: Error, Hashable, Sendable {
  /// The transaction may or may not have happened: disk full, input or output failed, closed, too
  /// many are waiting. It may be sent again.
  case unavailable(String)
  /// A constraint or a trigger of the schema refused it; nothing of the transaction was kept.
  case constraint(String)
  /// The statement is wrong: a bug.
  case statement(String)
  /// The file is no database, or one of another program. It was not touched.
  case notOurs(path: String, String)
  /// The file is ours, but its content is not whole.
  case damaged(path: String, String)
  /// The database has a migration that this program does not know.
  case newer(path: String, migration: String)
  /// A migration is not the one that made the database.
  case changedMigration(path: String, migration: String)
  /// Another process has it open.
  case inUse(path: String)
  /// The file cannot be opened or made.
  case cannotOpen(path: String, String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unavailable(let text): "the store is unavailable: \(text)"
    case .constraint(let text): "the schema refuses it: \(text)"
    case .statement(let text): "wrong statement: \(text)"
    case .notOurs(let path, let text):
      "\(path) is not a database of this service (\(text)); move it away or use another path"
    case .damaged(let path, let text):
      "\(path) is damaged: \(text); it is not used; put a backup in its place"
    case .newer(let path, let migration):
      "\(path) was written by a newer version, which knows \"\(migration)\"; start that version"
    case .changedMigration(let path, let migration):
      "\(path) was made with another \"\(migration)\"; a migration must never change once shipped"
    case .inUse(let path):
      "\(path) is in use by another process; stop that one first"
    case .cannotOpen(let path, let text): "\(path) cannot be opened: \(text)"
    }
  }
}
