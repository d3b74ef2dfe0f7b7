import Foundation
import GRDB

/// The file of a database: made once and whole, looked at before SQLite gets it.
///
///     bytes 0..15   "SQLite format 3" and a zero
///     bytes 16..17  bytes of a page, 1 for 65536
///     bytes 24..27  number of changes
///     bytes 28..31  number of pages, right when bytes 92..95 equal 24..27
///     bytes 68..71  application id
///
/// Numbers have their most significant byte first.
///
/// Source: https://www.sqlite.org/fileformat2.html#the_database_header
enum DatabaseFile {
  private static let headerByteCount = 100
  private static let magic = Array("SQLite format 3\0".utf8)

  /// Makes the file when there is none; refuses, without touching it, what is not ours or was cut.
  /// Only its owner may read it.
  static func prepare(_ path: String, applicationID: Int32) throws(StoreError) {
    try requireNoRestoring(path)
    guard let header = try header(path), !header.isEmpty else {
      try requireNoJournal(path)
      return try create(path, applicationID: applicationID)
    }
    try check(header, of: path, applicationID: applicationID)
    if chmod(path, 0o600) != 0 { throw failure(path) }
  }

  /// Refuses a file that is not ours, or shorter than it says.
  private static func check(_ header: [UInt8], of path: String, applicationID: Int32)
    throws(StoreError)
  {
    guard header.count == headerByteCount, Array(header.prefix(magic.count)) == magic else {
      throw .notOurs(path: path, "it is no SQLite database")
    }
    func number(_ bytes: Range<Int>) -> UInt32 {
      header[bytes].reduce(0) { $0 << 8 | UInt32($1) }
    }
    let found = number(68..<72)
    guard found == UInt32(bitPattern: applicationID) else {
      throw .notOurs(path: path, "its application id is \(hex(found))")
    }
    // What a journal holds may be more than the file does.
    guard size("\(path)-wal") == 0, number(24..<28) == number(92..<96) else { return }
    let pageSize = Int64(number(16..<18))
    let expected = Int64(number(28..<32)) * (pageSize == 1 ? 65_536 : pageSize)
    let bytes = size(path)
    if bytes < expected {
      throw .damaged(path: path, "it has \(bytes) bytes of \(expected)")
    }
  }

  /// Bytes of a file; 0 when there is none.
  static func size(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// A restore that stopped half way is done again before anything is served.
  private static func requireNoRestoring(_ path: String) throws(StoreError) {
    if exists(Restoration.comingIn(path)) {
      throw .cannotOpen(path: path, "a restore was interrupted; restore the backup again")
    }
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
    if size("\(path)-wal") > 0 {
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

  /// Makes sure that names in the directory of a file survive a power failure.
  static func syncDirectory(of path: String) throws(StoreError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw failure(directory) }
    defer { Foundation.close(descriptor) }
    if fsync(descriptor) != 0 { throw failure(directory) }
  }

  /// What the system said last.
  static func failure(_ path: String) -> StoreError {
    .cannotOpen(path: path, String(cString: strerror(errno)))
  }

  private static func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16) }
}
