import Foundation
import GRDB
import Logging

extension Store {
  /// Writes a copy of the database, as of one moment, while reads and writes go on.
  ///
  /// The copy is made as `<target>.part`, read again from end to end and flushed; only one that holds
  /// gets its name. Only its owner may read it. A file that is there already is left alone.
  ///
  /// - Parameter check: looks at the open copy; throws when it is not what it should be.
  /// - Returns: what `check` found.
  /// - Throws: `StoreError.cannotOpen`, `.damaged`, what `check` throws.
  @discardableResult
  public func backUp<Findings: Sendable>(
    to target: String, checking check: @Sendable (Store) async throws -> Findings = { _ in }
  ) async throws -> Findings {
    try DatabaseFile.requireAbsent(target)
    let draft = "\(target).part"
    try DatabaseFile.makeEmpty(draft)
    do {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Void, any Error>) in
        reads.submit { database in
          continuation.resume(with: Result { try DatabaseFile.copy(database.get(), to: draft) })
        }
      }
      let findings = try await Self.verify(
        draft, applicationID: applicationID, migrations: migrations, logger: logger,
        checking: check)
      try DatabaseFile.publish(draft, as: target)
      return findings
    } catch {
      DatabaseFile.remove(draft)
      throw error
    }
  }

  /// Opens a copy, which brings it to the newest schema, and reads all of it.
  static func verify<Findings: Sendable>(
    _ path: String, applicationID: Int32, migrations: [Migration], logger: Logger,
    checking check: @Sendable (Store) async throws -> Findings
  ) async throws -> Findings {
    let copy = try Store(
      .file(path), applicationID: applicationID, migrations: migrations, logger: logger,
      checkedBytesMax: 0)
    defer { DatabaseFile.removeCompanions(of: path) }
    let findings: Findings
    do {
      let problems = try await copy.read { try DatabaseCheck.problems($0) }
      if !problems.isEmpty {
        throw StoreError.damaged(path: path, DatabaseCheck.sentence(problems))
      }
      findings = try await check(copy)
    } catch {
      try? copy.close()
      throw error
    }
    try copy.close()
    // Closing brings all into the file itself, where there is room; what is beside it goes.
    if DatabaseFile.size("\(path)-wal") > 0 {
      throw StoreError.damaged(path: path, "its last changes could not be written into it")
    }
    return findings
  }
}

extension DatabaseFile {
  /// What SQLite and the lock keep beside a database.
  private static let companions = ["-wal", "-shm", ".lock"]

  static func requireAbsent(_ path: String) throws(StoreError) {
    if exists(path) { throw .cannotOpen(path: path, "it is there already, and is left alone") }
  }

  /// Makes a file for its owner alone; refuses one that is there.
  static func makeEmpty(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 {
      if errno == EEXIST {
        throw .cannotOpen(
          path: path, "it is there: a copy is being made, or was interrupted; then remove it")
      }
      throw failure(path)
    }
    Foundation.close(descriptor)
  }

  /// Copies the database that a connection has open into an empty file.
  static func copy(_ database: Database, to path: String) throws(StoreError) {
    try database.run("VACUUM INTO $1", [.text(path)])
  }

  /// Flushes a file and gives it its name, which nothing else may have: a link is refused then.
  static func publish(_ draft: String, as target: String) throws(StoreError) {
    try flush(draft)
    if link(draft, target) != 0 { throw failure(target) }
    unlink(draft)
    try syncDirectory(of: target)
  }

  static func flush(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw failure(path) }
    defer { Foundation.close(descriptor) }
    if fsync(descriptor) != 0 { throw failure(path) }
  }

  static func remove(_ path: String) {
    unlink(path)
    removeCompanions(of: path)
  }

  static func removeCompanions(of path: String) {
    for end in companions { unlink(path + end) }
  }
}
