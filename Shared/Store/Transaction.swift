import GRDB

/// The statements of one transaction.
///
/// **Invariant:** it is used inside its closure only. The closure may be run again, so it captures
/// no mutable state; what it decides depends on the rows alone.
///
/// Statements use the SQL that SQLite and PostgreSQL share, with parameters `$1`, `$2`, ... where a
/// number may stand more than once.
public final class Transaction {
  /// Milliseconds since the epoch, the same throughout the transaction.
  public let now: Int64

  private let database: Database
  private let isReadOnly: Bool
  /// The intent whose handler runs this transaction.
  let running: RunningIntent?
  /// The call that this goes back to.
  let origin: (@Sendable () -> Origin?)?
  /// What it shares with those of the same commit; nil for a read.
  let scope: CommitScope?

  /// What becomes of intents once this is committed.
  var changes: [IntentChange] = []
  /// Whether the handler said what becomes of its own intent.
  var settlesRunning = false
  /// An error after which nothing of the whole transaction can be kept.
  private(set) var failure: StoreError?
  /// Whether a statement that writes was run.
  private(set) var hasWritten = false
  private var isOver = false

  init(
    _ database: Database, now: Int64, isReadOnly: Bool, running: RunningIntent?,
    origin: (@Sendable () -> Origin?)? = nil, scope: CommitScope? = nil
  ) {
    self.database = database
    self.now = now
    self.isReadOnly = isReadOnly
    self.running = running
    self.origin = origin
    self.scope = scope
  }

  /// Runs a statement.
  /// - Returns: the number of rows it inserted, changed or deleted.
  @discardableResult
  public func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int {
    try execute(sql, values) { statement throws(StoreError) in
      if isReadOnly && !statement.isReading {
        throw .statement("a read changes nothing: \(sql)")
      }
      return try statement.run()
    }
  }

  /// The first row of the answer; nil when it has none.
  public func row(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Row? {
    try execute(sql, values) { statement throws(StoreError) in try statement.firstRow() }
  }

  /// All rows of the answer.
  public func rows(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> [Row] {
    try execute(sql, values) { statement throws(StoreError) in try statement.rows() }
  }

  private func execute<T>(
    _ sql: String, _ values: [SQLValue], _ body: (PreparedStatement) throws(StoreError) -> T
  ) throws(StoreError) -> T {
    try guarded { () throws(StoreError) in
      let statement = try database.prepare(sql, values, in: scope)
      defer { statement.reset() }
      if !statement.isReading { hasWritten = true }
      return try body(statement)
    }
  }

  private func guarded<T>(_ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    precondition(!isOver, "a transaction was used after its closure ended")
    if let failure { throw failure }
    do throws(StoreError) {
      return try body()
    } catch {
      if case .unavailable = error { failure = error }
      // Some errors make SQLite roll everything back by itself.
      if !database.isInsideTransaction { failure = error }
      throw error
    }
  }

  /// Something was done that a failure has to undo.
  func noteWriting() { hasWritten = true }

  /// Called when the closure has ended, however it did.
  func end() { isOver = true }
}

extension Database {
  /// Runs a closure on one moment of the database.
  func reading<T>(_ body: (Transaction) throws -> T) throws -> T {
    try run("BEGIN DEFERRED")
    defer { _ = try? run("COMMIT") }
    let transaction = Transaction(
      self, now: WallClock.milliseconds(), isReadOnly: true, running: nil)
    defer { transaction.end() }
    return try body(transaction)
  }
}
