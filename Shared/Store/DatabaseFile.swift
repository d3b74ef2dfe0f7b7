import Foundation
import GRDB

/// The file of a database: made once and whole, looked at before SQLite gets it.
///
///     bytes 0..15   "SQLite format 3" and a zero
///     bytes 68..71  application id, most significant byte first
///
/// Source: https://www.sqlite.org/fileformat2.html#the_database_header
enum DatabaseFile {
  private static let headerByteCount = 100
  private static let magic = Array("SQLite format 3\0".utf8)

  /// Makes the file when there is none; refuses, without touching it, what is not ours. Only its
  /// owner may read it.
  static func prepare(_ path: String, applicationID: Int32) throws(StoreError) {
    guard let header = try header(path), !header.isEmpty else {
      try requireNoJournal(path)
      return try create(path, applicationID: applicationID)
    }
    guard header.count == headerByteCount, Array(header.prefix(magic.count)) == magic else {
      throw .notOurs(path: path, "it is no SQLite database")
    }
    let found = header[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard found == UInt32(bitPattern: applicationID) else {
      throw .notOurs(path: path, "its application id is \(hex(found))")
    }
    if chmod(path, 0o600) != 0 { throw failure(path) }
  }

  /// The first bytes; nil when there is no file.
  private static func header(_ path: String) throws(StoreError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return nil }
      throw failure(path)
    }
    defer { Foundation.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: headerByteCount)
    let count = read(descriptor, &bytes, headerByteCount)
    if count < 0 { throw failure(path) }
    return Array(bytes.prefix(count))
  }

  /// A journal without its database holds what was committed: nothing may be made over it.
  private static func requireNoJournal(_ path: String) throws(StoreError) {
    var status = stat()
    if stat("\(path)-wal", &status) == 0, status.st_size > 0 {
      throw .cannotOpen(
        path: path, "it is missing, but its journal \(path)-wal is there; restore the database")
    }
  }

  /// Makes the file beside its place and moves it there: a crash leaves a whole file or none.
  private static func create(_ path: String, applicationID: Int32) throws(StoreError) {
    let draft = "\(path).new"
    unlink(draft)
    let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw failure(path) }
    Foundation.close(descriptor)
    do {
      let queue = try DatabaseQueue(path: draft)
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      }
      try queue.close()
    } catch {
      throw .cannotOpen(path: path, "\(error)")
    }
    if rename(draft, path) != 0 { throw failure(path) }
    try syncDirectory(of: path)
  }

  /// Copies the database that a connection has open to a new file, and flushes it.
  static func copy(_ database: Database, to target: String) throws(StoreError) {
    let descriptor = open(target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw failure(target) }
    defer { Foundation.close(descriptor) }
    do throws(StoreError) {
      try database.run("VACUUM INTO $1", [.text(target)])
      if fsync(descriptor) != 0 { throw failure(target) }
      try syncDirectory(of: target)
    } catch {
      unlink(target)
      throw error
    }
  }

  private static func syncDirectory(of path: String) throws(StoreError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw failure(directory) }
    defer { Foundation.close(descriptor) }
    if fsync(descriptor) != 0 { throw failure(directory) }
  }

  private static func failure(_ path: String) -> StoreError {
    .cannotOpen(path: path, String(cString: strerror(errno)))
  }

  private static func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16) }
}
