import Dispatch
import Testing

@testable import Store

/// Values, parameters and what a transaction refuses.
@Suite(.timeLimit(.minutes(1))) struct StatementTests {
  private static func inMemory() throws -> Store {
    try Store(
      .memory, applicationID: StoreUnderTest.applicationID, migrations: StoreUnderTest.schema,
      logger: StoreUnderTest.logger)
  }

  @Test(arguments: [
    SQLValue.text(""), .text("ü\u{0}é"), .text(String(repeating: "long ", count: 5000)),
    .integer(.min), .integer(.max), .integer(0), .blob([]), .blob([0, 255, 0]), .null,
  ])
  func `a value comes back as it was bound`(_ value: SQLValue) async throws {
    let store = try Self.inMemory()
    let rows = try await store.read { try $0.rows("SELECT $1 AS value, $1 IS NULL AS n", [value]) }
    let row = try #require(rows.first)
    #expect(row.values[0] == value)
    #expect(row.isNull("value") == (value == .null) && row.int("n") == (value == .null ? 1 : 0))
  }

  @Test func `parameters are bound by their number, wherever they stand`() async throws {
    let store = try Self.inMemory()
    let row = try await store.read {
      try $0.row(
        "SELECT $3 AS c, $1 AS a, $2 AS b, $3 AS again, $11 AS k",
        (1...11).map { .integer($0) })
    }
    #expect(row?.int("a") == 1 && row?.int("b") == 2 && row?.int("c") == 3)
    #expect(row?.int("again") == 3 && row?.int("k") == 11)
  }

  @Test(arguments: [
    ("SELECT $1, $2", [SQLValue.integer(1)]), ("SELECT $1", [.integer(1), .integer(2)]),
    ("SELECT ?", [.integer(1)]), ("SELECT :a", [.integer(1)]), ("SELECT $0", [.integer(1)]),
    ("SELECT 1; SELECT 2", []), ("nonsense", []), ("", []), ("SELECT 0.5", []),
    ("SELECT * FROM nowhere", []),
  ])
  func `a wrong statement is told as a bug`(_ sql: String, _ values: [SQLValue]) async throws {
    let store = try Self.inMemory()
    do {
      _ = try await store.read { try $0.rows(sql, values) }
      Issue.record("\(sql) was run")
    } catch {
      guard case .statement = error as? StoreError else { throw error }
    }
    #expect(try await store.read { try $0.row("SELECT 1 AS one")?.int("one") } == 1)
  }

  @Test func `the number of changed rows is told`() async throws {
    let store = try Self.inMemory()
    let insert = "INSERT INTO note (id, text) VALUES ($1, $1) ON CONFLICT DO NOTHING"
    let counts = try await store.write { transaction in
      [
        try transaction.run(insert, [.text("a")]), try transaction.run(insert, [.text("a")]),
        try transaction.run(insert, [.text("b")]),
        try transaction.run("UPDATE note SET text = 'c'"),
        try transaction.run("DELETE FROM note WHERE id = 'x'"),
      ]
    }
    #expect(counts == [1, 0, 1, 2, 0])
  }

  @Test func `a read changes nothing, in memory and in a file`() async throws {
    func check(_ store: Store) async throws {
      await #expect(throws: StoreError.self) { try await store.read { try $0.insert("a") } }
      #expect(try await store.ids().isEmpty)
    }
    try await check(Self.inMemory())
    try await StoreUnderTest.withStore { store, _ in try await check(store) }
  }

  @Test func `a read sees one moment, while writes go on`() async throws {
    try await StoreUnderTest.withStore { store, _ in
      try await store.insert("a")
      let (isBegun, begun) = AsyncStream<Void>.makeStream()
      let gate = DispatchSemaphore(value: 0)
      async let seen = store.read { transaction in
        let before = try transaction.rows("SELECT id FROM note").count
        begun.finish()
        gate.wait()
        return [before, try transaction.rows("SELECT id FROM note").count]
      }
      for await _ in isBegun {}
      try await store.insert("b")
      gate.signal()
      #expect(try await seen == [1, 1])
      #expect(try await store.ids() == ["a", "b"])
    }
  }

  @Test func `more reads than connections all get their turn`() async throws {
    try await StoreUnderTest.withStore { store, _ in
      try await store.insert("a")
      let counts = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<500 { group.addTask { try await store.ids().count } }
        return try await group.reduce(0, +)
      }
      #expect(counts == 500)
    }
  }

  @Test func `a transaction has one time`() async throws {
    let store = try Self.inMemory()
    let times = try await store.write { transaction in [transaction.now, transaction.now] }
    #expect(times[0] == times[1] && times[0] > 1_700_000_000_000)
  }
}
