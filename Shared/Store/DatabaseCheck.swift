import GRDB

/// Whether the content of a file is whole, as far as SQLite can tell.
///
/// SQLite keeps no checksums: it finds pages and rows that cannot be, not an amount that was changed
/// into another one.
enum DatabaseCheck {
  /// What is read through within a second or two at a start. A larger file is only opened.
  static let bytesMaxAtStart: Int64 = 256 * 1024 * 1024
  /// Problems that are told at once.
  private static let problemsMax = 3

  /// Reads every page and row once, without comparing the indexes.
  ///
  /// - Throws: `StoreError.damaged` with the first problems.
  static func atStart(_ queue: DatabaseQueue, path: String, bytesMax: Int64) throws {
    guard DatabaseFile.size(path) <= bytesMax else { return }
    let problems = try queue.writeWithoutTransaction { database in
      try String.fetchAll(database, sql: "PRAGMA quick_check(\(problemsMax))")
    }
    if problems != ["ok"] {
      throw StoreError.damaged(path: path, Self.sentence(problems))
    }
  }

  /// Compares everything with everything: pages, rows, indexes, references.
  static func problems(_ transaction: Transaction) throws -> [String] {
    let found = try transaction.rows("PRAGMA integrity_check(\(problemsMax))")
      .map { $0.text("integrity_check") }
    let orphans = try transaction.rows("PRAGMA foreign_key_check")
      .prefix(problemsMax).map { "a row of \($0.text("table")) refers to none" }
    return (found == ["ok"] ? [] : found) + orphans
  }

  static func sentence(_ problems: [String]) -> String {
    problems.joined(separator: "; ").replacing("\n", with: " ")
  }

  /// What an error of opening says about the file.
  static func refusal(_ error: any Error, path: String) -> StoreError {
    if let error = error as? StoreError { return error }
    if let error = error as? DatabaseError,
      [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
    {
      return .damaged(path: path, error.message ?? "\(error)")
    }
    return .cannotOpen(path: path, "\(error)")
  }
}
