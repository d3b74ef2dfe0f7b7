import GRDB

/// Brings a database to the newest schema, each migration once and in its own transaction.
///
/// What was run is kept with its whole text: comparing is exact, and a person can read in the file
/// how it was made.
struct Migrator {
  let path: String
  let migrations: [Migration]

  /// The tables that the store itself needs come before those of its user.
  init(path: String, migrations: [Migration]) {
    self.path = path
    self.migrations = IntentTable.migrations + migrations
    let names = Set(self.migrations.map(\.name))
    precondition(names.count == self.migrations.count, "migrations have different names")
  }

  private static let definition = """
    CREATE TABLE IF NOT EXISTS migration (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE CHECK (name <> ''),
      sql TEXT NOT NULL,
      appliedAt INTEGER NOT NULL
    ) STRICT
    """

  /// - Throws: `StoreError.newer`, `.changedMigration`, or what its statements answer.
  func migrate(_ queue: DatabaseQueue) throws {
    try queue.writeWithoutTransaction { try migrate($0) }
  }

  private func migrate(_ database: Database) throws(StoreError) {
    let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.name, $0.sql) })
    let applied = try applied(database)
    for row in applied {
      guard let sql = known[row.text("name")] else {
        throw .newer(path: path, migration: row.text("name"))
      }
      if sql != row.text("sql") {
        throw .changedMigration(path: path, migration: row.text("name"))
      }
    }
    let names = Set(applied.map { $0.text("name") })
    for migration in migrations where !names.contains(migration.name) {
      try apply(migration, database)
    }
  }

  private func applied(_ database: Database) throws(StoreError) -> [Row] {
    let table = try database.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'migration'")
    if table.isEmpty { return [] }
    return try database.rows("SELECT name, sql FROM migration ORDER BY number")
  }

  private func apply(_ migration: Migration, _ database: Database) throws(StoreError) {
    do {
      try database.inTransaction(.immediate) {
        try database.execute(sql: Self.definition)
        try database.execute(sql: migration.sql)
        try database.run(
          "INSERT INTO migration (name, sql, appliedAt) VALUES ($1, $2, $3)",
          [.text(migration.name), .text(migration.sql), .integer(WallClock.milliseconds())])
        return .commit
      }
    } catch {
      throw .cannotOpen(path: path, "migration \"\(migration.name)\" failed: \(error)")
    }
  }
}
