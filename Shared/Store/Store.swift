public import Logging
import Synchronization

/// Where a database lives.
public enum Location: Hashable, Sendable {
  /// In memory, for tests.
  case memory
  /// In a file at this path; made when there is none.
  case file(String)
}

/// A service's database: rows, transactions, intents.
///
/// **Invariant:** what `write` answered survives a crash and a power failure. One process has a
/// database open at a time.
///
/// It knows no word of the domain. There is no `await` inside a transaction, so nobody waits for
/// the outside world while one is open.
public final class Store: Sendable {
  let relay = IntentRelay()

  let applicationID: Int32
  let migrations: [Migration]
  let reads: Readers
  let logger: Logger
  private let path: String
  private let connections: Connections
  let writes: GroupCommit
  private let lock: Mutex<ProcessLock?>

  /// Opens a database and brings it to the newest schema.
  ///
  /// - Parameters:
  ///   - applicationID: what SQLite's `application_id` says about files of this service.
  ///   - migrations: the whole schema, oldest first.
  /// - Throws: `StoreError.notOurs`, `.damaged`, `.newer`, `.changedMigration`, `.inUse` or
  ///   `.cannotOpen`.
  public convenience init(
    _ location: Location, applicationID: Int32, migrations: [Migration], logger: Logger
  ) throws(StoreError) {
    try self.init(
      location, applicationID: applicationID, migrations: migrations, logger: logger,
      checkedBytesMax: DatabaseCheck.bytesMaxAtStart)
  }

  /// - Parameter checkedBytesMax: a larger file's structure is not read through first.
  init(
    _ location: Location, applicationID: Int32, migrations: [Migration], logger: Logger,
    checkedBytesMax: Int64
  ) throws(StoreError) {
    self.applicationID = applicationID
    self.migrations = migrations
    var (path, lock) = ("memory", ProcessLock?.none)
    if case .file(let file) = location {
      path = file
      lock = try ProcessLock(file)
      try DatabaseFile.prepare(file, applicationID: applicationID)
    }
    self.path = path
    self.logger = logger
    self.lock = Mutex(lock)
    connections = try Self.open(
      location, Migrator(path: path, migrations: migrations), checkedBytesMax)
    reads = Readers(connections.readers)
    writes = GroupCommit(connections.writer) { [relay] in relay.tell($0) }
  }

  private static func open(
    _ location: Location, _ migrator: Migrator, _ checkedBytesMax: Int64
  ) throws(StoreError) -> Connections {
    do {
      let connections =
        switch location {
        case .memory: try Connections.inMemory()
        case .file(let path): try Connections.open(path)
        }
      do {
        if case .file(let path) = location {
          try DatabaseCheck.atStart(connections.writer, path: path, bytesMax: checkedBytesMax)
        }
        try migrator.migrate(connections.writer)
      } catch {
        try? connections.close()
        throw error
      }
      return connections
    } catch {
      throw DatabaseCheck.refusal(error, path: migrator.path)
    }
  }

  /// Runs a transaction and answers once it is on the disk.
  ///
  /// Transactions that wait at the same time share one commit. The closure may be run again, so it
  /// captures nothing that changes. What it throws undoes this transaction and no other. A caller's
  /// cancellation undoes nothing.
  ///
  /// - Throws: what the closure throws; `StoreError.unavailable` when it may have happened or not.
  @discardableResult
  public func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T)
    async throws -> T
  {
    try await write(body) { _ in }
  }

  /// - Parameter committed: called with the answer after the commit and before any later one.
  func write<T: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> T,
    committed: @escaping @Sendable (T) -> Void
  ) async throws -> T {
    let (running, origin) = (RunningIntent.current, Origin.currentSource)
    return try await withCheckedThrowingContinuation { continuation in
      writes.submit(
        GroupCommit.Member(
          running: running, origin: origin,
          perform: { transaction in
            let value = try body(transaction)
            return {
              committed(value)
              continuation.resume(returning: value)
            }
          },
          refuse: { continuation.resume(throwing: $0) }))
    }
  }

  /// What was counted since it was opened.
  public var figures: StoreFigures { writes.figures }

  /// Reads one moment of the database, beside the writes.
  ///
  /// - Throws: what the closure throws; `StoreError.statement` when it tries to write.
  public func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T)
    async throws -> T
  {
    try await withCheckedThrowingContinuation { continuation in
      reads.submit { database in
        continuation.resume(with: Result { try database.get().reading(body) })
      }
    }
  }

  /// Waits for what is under way, refuses what waits, and gives the file free.
  public func close() throws {
    reads.close()
    writes.close()
    do {
      try connections.close()
    } catch {
      throw StoreError.unavailable("\(path) cannot be closed: \(error)")
    }
    lock.withLock { $0 = nil }
    logger.debug("database closed", metadata: ["path": "\(path)"])
  }
}
