import GRDB

/// The connections of one database, opened with the settings that keep what was acknowledged.
///
/// **Invariant:** `synchronous` is FULL on each of them: in WAL mode NORMAL would lose acknowledged
/// commits when the power fails. (GRDB's own WAL mode sets NORMAL, so WAL is turned on here.)
struct Connections: Sendable {
  let writer: DatabaseQueue
  /// The writer itself for a database in memory.
  let readers: [DatabaseQueue]

  /// Pages of the journal before it is copied into the database: 16 MiB.
  private static let checkpointPages = 4000
  /// What the writer keeps of the file in memory. With SQLite's 2 MiB a sale in a ledger of three
  /// million entries read 13 pages again, with this 9.
  private static let writerCacheKibibytes = 64 * 1024
  /// What the journal's file keeps of its size after that.
  private static let journalBytes = 64 * 1024 * 1024
  /// How long to wait for another program that looks into the file, such as a backup.
  private static let busySeconds = 5.0

  /// A database that lives as long as its connection.
  static func inMemory() throws -> Connections {
    let queue = try DatabaseQueue(configuration: configuration())
    return Connections(writer: queue, readers: [queue])
  }

  static func open(_ path: String) throws -> Connections {
    var writing = configuration()
    writing.prepareDatabase { database in
      let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
      guard mode == "wal" else {
        throw StoreError.cannotOpen(path: path, "its file system does not support WAL")
      }
      try database.execute(
        sql: """
          PRAGMA synchronous = FULL;
          PRAGMA cache_size = -\(writerCacheKibibytes);
          PRAGMA wal_autocheckpoint = \(checkpointPages);
          PRAGMA journal_size_limit = \(journalBytes);
          """)
    }
    var reading = configuration()
    reading.readonly = true
    let writer = try DatabaseQueue(path: path, configuration: writing)
    let readers = try (0..<Readers.count).map { _ in
      try DatabaseQueue(path: path, configuration: reading)
    }
    return Connections(writer: writer, readers: readers)
  }

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(busySeconds)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY")
    }
    return configuration
  }

  /// Closes the readers first: the last to close empties the journal, which only the writer can.
  func close() throws {
    for reader in readers where reader !== writer { try reader.close() }
    try writer.close()
  }
}
