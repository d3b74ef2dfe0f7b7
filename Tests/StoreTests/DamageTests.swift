import Foundation
import Testing

@testable import Store

/// Files that are cut, changed or another program's: found and named, never served.
@Suite(.timeLimit(.minutes(1))) struct DamageTests {
  private typealias Test = StoreUnderTest

  /// A closed database with enough rows for some dozens of pages, and its bytes.
  private func filled(_ test: StoreUnderTest) async throws -> [UInt8] {
    let store = try test.open()
    try await store.write { transaction in
      for number in 0..<2000 { try transaction.insert("n-\(number)", "text \(number * 7919)") }
    }
    try store.close()
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: test.path)))
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// The refusal, which names the file.
  private func refusal(_ path: String, _ body: () async throws -> Void) async throws -> String {
    do {
      try await body()
      Issue.record("\(path) was taken")
      return ""
    } catch let error as StoreError {
      #expect("\(error)".contains(path), "\(error)")
      return "\(error)"
    }
  }

  @Test func `a file that was cut is not opened and stays as it is`() async throws {
    try await Test.with { test in
      let bytes = try await filled(test)
      for count in [bytes.count - 1, bytes.count - 4096, bytes.count / 2, 4096, 100] {
        let cut = Array(bytes.prefix(count))
        try write(cut, to: test.path)
        let text = try await refusal(test.path) { try test.open().close() }
        #expect(text.contains("is damaged: it has \(count) bytes of \(bytes.count)"), "\(text)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: test.path)) == Data(cut))
      }
    }
  }

  @Test func `pages that cannot be are found before anything is served`() async throws {
    try await Test.with { test in
      let bytes = try await filled(test)
      // The kind of each page after the first: a flip there makes a page that cannot be.
      for page in stride(from: 4096, to: bytes.count, by: 4096 * 5) {
        var flipped = bytes
        flipped[page] ^= 0x40
        try write(flipped, to: test.path)
        let text = try await refusal(test.path) { try test.open().close() }
        #expect(text.contains("damaged"), "page at \(page): \(text)")
      }
      try write(bytes, to: test.path)
      try test.open().close()
    }
  }

  @Test func `a copy gets its name only when it holds`() async throws {
    try await Test.withStore { store, test in
      try await store.insert("a")
      let target = test.directory.appendingPathComponent("copy.db").path
      struct Unsound: Error {}
      await #expect(throws: Unsound.self) {
        try await store.backUp(to: target) { copy in
          #expect(try await copy.ids() == ["a"])
          #expect(!FileManager.default.fileExists(atPath: target))
          throw Unsound()
        }
      }
      #expect(try names(test, "copy") == [])
      try await store.backUp(to: target)
      #expect(try names(test, "copy") == ["copy.db"])
      var status = stat()
      #expect(stat(target, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }

  private func names(_ test: StoreUnderTest, _ prefix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: test.directory.path)
      .filter { $0.hasPrefix(prefix) }.sorted()
  }

  // MARK: Restoring

  private func restoration(_ test: StoreUnderTest) -> Restoration {
    Restoration(
      path: test.path, applicationID: Test.applicationID, migrations: Test.schema,
      logger: Test.logger)
  }

  @Test func `a backup takes the place of the database, which is kept`() async throws {
    try await Test.with { test in
      let backup = test.directory.appendingPathComponent("backup.db").path
      let store = try test.open()
      try await store.insert("old")
      try await store.backUp(to: backup)
      try await store.insert("new")
      await #expect(throws: StoreError.inUse(path: test.path)) {
        _ = try await restoration(test).restore(backup) { _ in }
      }
      try store.close()
      let replaced = try #require(try await restoration(test).restore(backup) { _ in })
      let restored = try test.open()
      #expect(try await restored.ids() == ["old"])
      try restored.close()
      let before = URL(fileURLWithPath: replaced)
      try FileManager.default.removeItem(atPath: test.path)
      try FileManager.default.moveItem(at: before, to: URL(fileURLWithPath: test.path))
      let again = try test.open()
      #expect(try await again.ids() == ["new", "old"])
      try again.close()
    }
  }

  @Test func `the journal of a process that was killed goes with its database`() async throws {
    try await Test.with { test in
      let backup = test.directory.appendingPathComponent("backup.db").path
      let files = ["", "-wal"].map { test.path + $0 }
      let store = try test.open()
      try await store.insert("old")
      try await store.backUp(to: backup)
      try await store.insert("new")
      let left = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
      try store.close()
      for (path, bytes) in zip(files, left) { try bytes.write(to: URL(fileURLWithPath: path)) }
      let replaced = try #require(try await restoration(test).restore(backup) { _ in })
      let restored = try test.open()
      #expect(try await restored.ids() == ["old"])
      try restored.close()
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(replaced)-wal")) == left[1])
    }
  }

  @Test func `a backup that is not whole is named and replaces nothing`() async throws {
    try await Test.with { test in
      let backup = test.directory.appendingPathComponent("backup.db").path
      let store = try test.open()
      try await store.write { transaction in
        for number in 0..<2000 { try transaction.insert("n-\(number)") }
      }
      try await store.backUp(to: backup)
      try store.close()
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: backup)))
      var flipped = bytes
      flipped[4096 * 3] ^= 0x40
      let other = Restoration(
        path: test.path, applicationID: 7, migrations: Test.schema, logger: Test.logger)
      let wrong: [([UInt8], Restoration, String)] = [
        (Array(bytes.prefix(bytes.count / 2)), restoration(test), "is damaged"),
        (flipped, restoration(test), "is damaged"), ([], restoration(test), "it is empty"),
        (Array("a diary".utf8), restoration(test), "no SQLite database"),
        (bytes, other, "application id"),
      ]
      for (content, restoration, expected) in wrong {
        try write(content, to: backup)
        let text = try await refusal(backup) {
          _ = try await restoration.restore(backup) { _ in }
        }
        #expect(text.contains(expected), "\(text)")
      }
      #expect(try names(test, "test.db") == ["test.db", "test.db.lock"])
      let kept = try test.open()
      #expect(try await kept.ids().count == 2000)
      try kept.close()
    }
  }

  @Test func `nothing is served until an interrupted restore was done again`() async throws {
    try await Test.with { test in
      let backup = test.directory.appendingPathComponent("backup.db").path
      let store = try test.open()
      try await store.backUp(to: backup)
      try store.close()
      try write([1], to: "\(test.path).restoring")
      let text = try await refusal(test.path) { try test.open().close() }
      #expect(text.contains("interrupted"))
      _ = try await restoration(test).restore(backup) { _ in }
      try test.open().close()
    }
  }

  @Test func `a restore that fails at the last step leaves what was there`() async throws {
    try await Test.with { test in
      let backup = test.directory.appendingPathComponent("backup.db").path
      let store = try test.open()
      try await store.backUp(to: backup)
      try store.close()
      // A directory has no second name.
      try FileManager.default.removeItem(atPath: test.path)
      try FileManager.default.createDirectory(
        atPath: test.path, withIntermediateDirectories: false)
      for _ in 1...2 {
        _ = try await refusal(test.path) {
          _ = try await restoration(test).restore(backup) { _ in }
        }
        #expect(try names(test, "test.db") == ["test.db", "test.db.lock"])
      }
      // What another one left halfway stays as it is: the old database may lack its journal.
      try write([1], to: "\(test.path).restoring")
      _ = try await refusal(test.path) {
        _ = try await restoration(test).restore(backup) { _ in }
      }
      #expect(
        try names(test, "test.db") == ["test.db", "test.db.lock", "test.db.restoring"])
    }
  }
}
