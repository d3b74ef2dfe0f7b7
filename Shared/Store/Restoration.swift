import Foundation
public import Logging

/// Puts a backup in the place of a database that no process has open.
///
/// **Invariant:** what gets the database's name was read from end to end before; what had it is kept
/// as `<path>.replaced-<time>`, with its journal. A crash leaves the old database, or one that no
/// service opens until the restore was done again.
///
///     1  <path>.draft-<pid>  the backup is copied and checked
///     2  <path>.restoring    the same file renamed: from here on nothing opens <path>
///     3  the old database and its journal get a second name, then the journal loses its first
///     4  <path>              renamed again: the restore is done
///
/// A journal that stayed would be read into the new database: hence steps 2 and 3.
public struct Restoration: Sendable {
  private static let bytesPerRead = 1 << 20

  /// The database's place.
  public let path: String
  private let applicationID: Int32
  private let migrations: [Migration]
  private let logger: Logger

  public init(path: String, applicationID: Int32, migrations: [Migration], logger: Logger) {
    self.path = path
    self.applicationID = applicationID
    self.migrations = migrations
    self.logger = logger
  }

  /// What is about to become the database of this path.
  static func comingIn(_ path: String) -> String { "\(path).restoring" }

  /// - Throws: `StoreError.inUse` while a process has the database open.
  public func requireUnused() throws(StoreError) { _ = try ProcessLock(path) }

  /// Checks a backup and changes nothing.
  ///
  /// - Parameter check: looks at an open copy; throws when it is not what it should be.
  /// - Throws: `StoreError.notOurs`, `.damaged`, `.newer`, `.changedMigration`, `.cannotOpen`, what
  ///   `check` throws. Each names the backup, not the copy.
  public func verify(
    _ backup: String, checking check: @Sendable (Store) async throws -> Void
  ) async throws {
    DatabaseFile.remove(try await draft(of: backup, check))
  }

  /// Puts a backup in place.
  ///
  /// - Returns: where the database is now that was there before; nil when there was none.
  /// - Throws: as `verify`, and `StoreError.inUse` while the service runs.
  public func restore(
    _ backup: String, checking check: @Sendable (Store) async throws -> Void
  ) async throws -> String? {
    let lock = try ProcessLock(path)
    defer { withExtendedLifetime(lock) {} }
    let draft = try await draft(of: backup, check)
    do {
      return try swap(draft)
    } catch {
      DatabaseFile.remove(draft)
      throw error
    }
  }

  private func draft(
    of backup: String, _ check: @Sendable (Store) async throws -> Void
  ) async throws -> String {
    if DatabaseFile.size("\(backup)-wal") > 0 {
      throw StoreError.cannotOpen(
        path: backup, "it has a journal beside it, so it is no backup but a database in use")
    }
    let draft = "\(path).draft-\(getpid())"
    do {
      try copy(backup, to: draft)
      try await Store.verify(
        draft, applicationID: applicationID, migrations: migrations, logger: logger,
        checking: check)
      try DatabaseFile.flush(draft)
      return draft
    } catch {
      DatabaseFile.remove(draft)
      throw (error as? StoreError)?.naming(backup) ?? error
    }
  }

  private func copy(_ source: String, to target: String) throws {
    guard let from = FileHandle(forReadingAtPath: source) else {
      throw StoreError.cannotOpen(path: source, String(cString: strerror(errno)))
    }
    defer { try? from.close() }
    // An empty file would become an empty database.
    if DatabaseFile.size(source) == 0 { throw StoreError.damaged(path: source, "it is empty") }
    try DatabaseFile.makeEmpty(target)
    guard let to = FileHandle(forWritingAtPath: target) else { throw DatabaseFile.failure(target) }
    defer { try? to.close() }
    while let piece = try from.read(upToCount: Self.bytesPerRead), !piece.isEmpty {
      try to.write(contentsOf: piece)
    }
  }

  /// A failure leaves what was there before, unless that had been left halfway already.
  private func swap(_ draft: String) throws(StoreError) -> String? {
    let coming = Self.comingIn(path)
    let wasInterrupted = DatabaseFile.exists(coming)
    let replaced: String?
    do {
      try rename(draft, to: coming)
      replaced = try keepAside()
    } catch {
      if !wasInterrupted { DatabaseFile.remove(coming) }
      throw error
    }
    for end in ["-wal", "-shm"] { unlink(path + end) }
    if Foundation.rename(coming, path) != 0 {
      let failure = DatabaseFile.failure(path)
      if !wasInterrupted && putBackJournal(replaced) { DatabaseFile.remove(coming) }
      throw failure
    }
    try DatabaseFile.syncDirectory(of: path)
    return replaced
  }

  /// Gives the old database and its journal a second name; nil when there is none.
  private func keepAside() throws(StoreError) -> String? {
    guard DatabaseFile.exists(path) || DatabaseFile.exists("\(path)-wal") else { return nil }
    let aside = try nameAside()
    do throws(StoreError) {
      for end in ["", "-wal"] where DatabaseFile.exists(path + end) {
        if link(path + end, aside + end) != 0 { throw DatabaseFile.failure(aside + end) }
      }
      try DatabaseFile.syncDirectory(of: path)
    } catch {
      for end in ["", "-wal"] { unlink(aside + end) }
      throw error
    }
    return aside
  }

  /// - Returns: whether the old database is as it was, so that it may be opened.
  private func putBackJournal(_ aside: String?) -> Bool {
    guard let aside, DatabaseFile.exists("\(aside)-wal") else { return true }
    return link("\(aside)-wal", "\(path)-wal") == 0
  }

  private func rename(_ old: String, to new: String) throws(StoreError) {
    if Foundation.rename(old, new) != 0 { throw DatabaseFile.failure(new) }
    try DatabaseFile.syncDirectory(of: new)
  }

  /// A name for what is replaced, such as `ledger.db.replaced-1795521600000`.
  private func nameAside() throws(StoreError) -> String {
    let name = "\(path).replaced-\(WallClock.milliseconds())"
    for end in ["", "-wal"] { try DatabaseFile.requireAbsent(name + end) }
    return name
  }
}

extension StoreError {
  /// The same about another path.
  fileprivate func naming(_ path: String) -> StoreError {
    switch self {
    case .notOurs(_, let text): .notOurs(path: path, text)
    case .damaged(_, let text): .damaged(path: path, text)
    case .newer(_, let migration): .newer(path: path, migration: migration)
    case .changedMigration(_, let migration): .changedMigration(path: path, migration: migration)
    case .inUse: .inUse(path: path)
    case .cannotOpen(_, let text): .cannotOpen(path: path, text)
    case .unavailable(let text): .damaged(path: path, text)
    case .constraint, .statement: self
    }
  }
}
