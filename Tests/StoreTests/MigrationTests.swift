import Testing

@testable import Store

@Suite(.timeLimit(.minutes(1))) struct MigrationTests {
  private typealias Test = StoreUnderTest

  private static let second = Migration(
    "002 tag", "ALTER TABLE note ADD COLUMN tag TEXT NOT NULL DEFAULT 'none';")

  @Test func `migrations run once, in order, and are recorded with their text`() async throws {
    try await Test.with { test in
      let first = try test.open()
      try await first.insert("a")
      try first.close()
      for _ in 0..<2 {
        let store = try test.open(Test.schema + [Self.second])
        let rows = try await store.read { try $0.rows("SELECT * FROM migration ORDER BY number") }
        #expect(
          rows.map { $0.text("name") } == [
            "store 001 intents", "store 002 origins", "001 note", "002 tag",
          ])
        #expect(rows.last?.text("sql") == Self.second.sql)
        let tag = try await store.read { try $0.row("SELECT tag FROM note")?.text("tag") }
        #expect(tag == "none")
        try store.close()
      }
    }
  }

  @Test func `a database of a newer version is refused`() async throws {
    try await Test.with { test in
      try test.open(Test.schema + [Self.second]).close()
      #expect(throws: StoreError.newer(path: test.path, migration: "002 tag")) {
        try test.open()
      }
      try test.open(Test.schema + [Self.second]).close()
    }
  }

  @Test func `a migration that changed after it was shipped is refused`() async throws {
    try await Test.with { test in
      try test.open().close()
      let changed = Migration("001 note", Test.schema[0].sql + " ")
      #expect(throws: StoreError.changedMigration(path: test.path, migration: "001 note")) {
        try test.open([changed])
      }
    }
  }

  @Test func `a migration that fails leaves nothing and names itself`() async throws {
    try await Test.with { test in
      let broken = Migration("002 broken", "CREATE TABLE half (a TEXT) STRICT; CREATE nonsense;")
      let error = #expect(throws: StoreError.self) { try test.open(Test.schema + [broken]) }
      #expect("\(try #require(error))".contains("002 broken"))
      let store = try test.open()
      let half = try await store.read {
        try $0.rows("SELECT name FROM sqlite_schema WHERE name = 'half'")
      }
      #expect(half.isEmpty)
      try store.close()
    }
  }
}
