import Foundation
import GRDB
import Testing

@testable import Store

/// Opening: durability, permissions, and files that are not what they should be.
@Suite(.timeLimit(.minutes(1))) struct DatabaseFileTests {
  private typealias Test = StoreUnderTest

  @Test func `every connection flushes each commit, checks foreign keys and uses WAL`() async throws
  {
    try await Test.with { test in
      try test.open().close()
      let connections = try Connections.open(test.path)
      #expect(connections.readers.count == Readers.count)
      for queue in [connections.writer] + connections.readers {
        try await queue.read { database in
          let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
          let foreignKeys = try Int.fetchOne(database, sql: "PRAGMA foreign_keys")
          let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
          #expect(synchronous == 2 && foreignKeys == 1 && mode == "wal")
        }
      }
      try connections.close()
      let store = try test.open()
      let writing = try await store.write { try $0.row("PRAGMA synchronous")?.int("synchronous") }
      let reading = try await store.read { try $0.row("PRAGMA synchronous")?.int("synchronous") }
      #expect(writing == 2 && reading == 2)
      try store.close()
    }
  }

  @Test func `its files are for their owner only`() async throws {
    try await Test.withStore { store, test in
      try await store.insert("a")
      for suffix in ["", "-wal", "-shm", ".lock"] {
        var status = stat()
        #expect(stat(test.path + suffix, &status) == 0, "\(suffix)")
        #expect(status.st_mode & 0o777 == 0o600, "\(suffix)")
      }
    }
  }

  @Test func `a file that others could read is closed to them`() async throws {
    try await Test.with { test in
      try test.open().close()
      #expect(chmod(test.path, 0o644) == 0)
      let store = try test.open()
      var status = stat()
      #expect(stat(test.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      try store.close()
    }
  }

  @Test func `what was written is there after opening again`() async throws {
    try await Test.with { test in
      let first = try test.open()
      try await first.insert("a", "kept")
      try first.close()
      #expect(!FileManager.default.fileExists(atPath: "\(test.path)-wal"))
      let second = try test.open()
      #expect(try await second.ids() == ["a"])
      try second.close()
    }
  }

  /// Expects a refusal that names the path and leaves the file byte for byte.
  private func expectRefused(_ test: StoreUnderTest, _ content: Data) throws {
    let file = URL(fileURLWithPath: test.path)
    try content.write(to: file)
    do {
      try test.open().close()
      Issue.record("opened \(content.count) bytes")
    } catch {
      guard case .notOurs(test.path, _) = error as? StoreError else { throw error }
      #expect("\(error)".contains(test.path))
    }
    #expect(try Data(contentsOf: file) == content)
    try FileManager.default.removeItem(at: file)
  }

  @Test func `a file that is not ours is refused and stays as it is`() async throws {
    try await Test.with { test in
      try expectRefused(test, Data("a diary".utf8))
      try expectRefused(test, Data(repeating: 7, count: 20_000))
      for id in [0, 1, 0x4457_6C65] {
        let other = test.directory.appendingPathComponent("other.db")
        let queue = try DatabaseQueue(path: other.path)
        try await queue.write { database in
          try database.execute(sql: "PRAGMA application_id = \(id); CREATE TABLE a (b)")
        }
        try queue.close()
        try expectRefused(test, try Data(contentsOf: other))
        try FileManager.default.removeItem(at: other)
      }
    }
  }

  @Test func `an empty file becomes a database, a directory does not`() async throws {
    try await Test.with { test in
      try Data().write(to: URL(fileURLWithPath: test.path))
      try test.open().close()
      try FileManager.default.removeItem(atPath: test.path)
      try FileManager.default.createDirectory(
        atPath: test.path, withIntermediateDirectories: false)
      #expect(throws: StoreError.self) { try test.open() }
    }
  }

  @Test func `no database is made over the journal of one that is missing`() async throws {
    try await Test.with { test in
      let journal = URL(fileURLWithPath: "\(test.path)-wal")
      try Data("what was committed".utf8).write(to: journal)
      let error = #expect(throws: StoreError.self) { try test.open() }
      #expect("\(try #require(error))".contains("restore the database"))
      #expect(try Data(contentsOf: journal) == Data("what was committed".utf8))
    }
  }

  @Test func `a second opener is refused until the first has closed`() async throws {
    try await Test.with { test in
      let first = try test.open()
      #expect(throws: StoreError.inUse(path: test.path)) { try test.open() }
      try await first.insert("a")
      try first.close()
      try test.open().close()
    }
  }

  @Test func `a backup is a whole database and keeps nothing written later`() async throws {
    try await Test.withStore { store, test in
      try await store.insert("a")
      let copy = StoreUnderTest(directory: test.directory.appendingPathComponent("copy"))
      try FileManager.default.createDirectory(
        at: copy.directory, withIntermediateDirectories: true)
      try await store.backUp(to: copy.path)
      try await store.insert("b")
      let restored = try copy.open()
      #expect(try await restored.ids() == ["a"])
      try await restored.insert("c")
      try restored.close()
      await #expect(throws: StoreError.self) { try await store.backUp(to: copy.path) }
    }
  }
}
