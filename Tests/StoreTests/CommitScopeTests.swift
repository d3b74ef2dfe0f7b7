import Synchronization
import Testing

@testable import Store

/// What members of one commit share: rows that are written at its end, and intents.
@Suite(.timeLimit(.minutes(1))) struct CommitScopeTests {
  private typealias Test = StoreUnderTest
  private struct Refusal: Error {}

  /// How often each letter was counted, kept in the texts of notes; `"x"` is refused.
  private final class Tally: DeferredRows {
    static let writes = Atomic(0)
    var counts: [String: Int] = [:]

    func write(_ transaction: Transaction) throws(StoreError) {
      Self.writes.add(1, ordering: .relaxed)
      for (id, count) in counts.sorted(by: { $0.key < $1.key }) {
        try transaction.run(
          "INSERT INTO note (id, text) VALUES ($1, CASE $1 WHEN 'x' THEN NULL ELSE $2 END)",
          [.text(id), .text("\(count)")])
      }
      counts = [:]
    }
  }

  private static func counting(_ id: String) -> @Sendable (Transaction) throws -> Void {
    { $0.deferred(Tally.self).counts[id, default: 0] += 1 }
  }

  private func texts(_ store: Store) async throws -> [String] {
    try await store.read { transaction in
      try transaction.rows("SELECT id, text FROM note ORDER BY id").map {
        "\($0.text("id"))\($0.text("text"))"
      }
    }
  }

  @Test func `rows that members defer are written once, and only for members that stay`()
    async throws
  {
    try await Test.withStore { store, _ in
      let before = Tally.writes.load(ordering: .relaxed)
      let results = try await store.together([
        Self.counting("a"), Self.counting("b"), Self.counting("a"),
      ])
      #expect(results.allSatisfy { $0.isSuccess })
      #expect(try await texts(store) == ["a2", "b1"])
      #expect(Tally.writes.load(ordering: .relaxed) == before + 1)
    }
    try await Test.withStore { store, _ in
      let results = try await store.together([
        Self.counting("a"),
        {
          try Self.counting("b")($0)
          throw Refusal()
        },
        Self.counting("c"),
      ])
      #expect(results.map(\.isSuccess) == [true, false, true])
      #expect(try await texts(store) == ["a1", "c1"])
    }
    try await Test.withStore { store, _ in
      let results = try await store.together([
        Self.counting("a"), Self.counting("x"), Self.counting("c"),
      ])
      #expect(results.map(\.isSuccess) == [true, false, true])
      #expect(results[1].isConstraint)
      #expect(try await texts(store) == ["a1", "c1"])
    }
    try await Test.withStore { store, _ in
      try await store.write(Self.counting("alone"))
      #expect(try await texts(store) == ["alone1"])
    }
  }

  @Test func `members that schedule the same share its row`() async throws {
    try await Test.withStore { store, _ in
      let revisions = Mutex<[Int64]>([])
      let schedule: @Sendable (Transaction) throws -> Void = { transaction in
        try transaction.schedule("work", "w", at: 5)
        let intent = try transaction.intent("work", "w")
        revisions.withLock { $0.append(intent?.revision ?? 0) }
      }
      _ = try await store.together([
        schedule, schedule, { try $0.complete("work", "w") }, schedule,
      ])
      let seen = revisions.withLock(\.self)
      #expect(seen.count == 3 && seen[0] == seen[1] && seen[1] != seen[2])
      #expect(try await store.intents().map(\.dueAt) == [5])
    }
  }

  @Test func `an intent that is to be due by a time is moved forward, never back`() async throws {
    try await Test.withStore { store, _ in
      for (time, expected) in [(50, 50), (70, 50), (30, 30)] as [(Int64, Int64)] {
        try await store.write { try $0.schedule("work", "w", noLaterThan: time) }
        #expect(try await store.intents().map(\.dueAt) == [expected])
      }
      _ = try await store.together([
        { try $0.schedule("work", "w", noLaterThan: 90) },
        { try $0.schedule("work", "w", noLaterThan: 20) },
        { try $0.schedule("work", "w", noLaterThan: 25) },
      ])
      #expect(try await store.intents().map(\.dueAt) == [20])
    }
  }
}
