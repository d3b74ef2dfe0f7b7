import Dispatch
import Synchronization
import Testing

@testable import Store

/// Writers that share a commit, and what one of them can do to the others.
@Suite(.timeLimit(.minutes(1))) struct GroupCommitTests {
  private typealias Test = StoreUnderTest
  private struct Refusal: Error, Equatable {}

  @Test func `64 writers that wait together share one commit`() async throws {
    try await Test.withStore { store, test in
      let before = try test.commitsInJournal()
      let results = try await store.together(
        (0..<64).map { number in { try $0.insert("\(number)") } })
      #expect(results.allSatisfy { $0.isSuccess })
      #expect(try await store.ids().count == 64)
      #expect(try test.commitsInJournal() == before + 1)
    }
  }

  @Test func `64 writers that come as they like need far fewer commits`() async throws {
    try await Test.withStore { store, test in
      let before = try test.commitsInJournal()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<64 { group.addTask { try await store.insert("\(number)") } }
        try await group.waitForAll()
      }
      #expect(try await store.ids().count == 64)
      #expect(try test.commitsInJournal() - before < 40)
    }
  }

  @Test func `a member that fails undoes itself and no other`() async throws {
    try await Test.withStore { store, test in
      let before = try test.commitsInJournal()
      let results = try await store.together([
        { try $0.insert("a") },
        {
          try $0.insert("b")
          throw Refusal()
        },
        { try $0.insert("a") },
        { try $0.insert("d") },
      ])
      #expect(results.map(\.isSuccess) == [true, false, false, true])
      #expect(throws: Refusal()) { try results[1].get() }
      #expect(results[2].isConstraint)
      #expect(try await store.ids() == ["a", "d"])
      #expect(try test.commitsInJournal() == before + 1)
    }
  }

  @Test func `a member that fails after it read what it wrote is undone alone`() async throws {
    try await Test.withStore { store, _ in
      let results = try await store.together([
        { try $0.insert("a") },
        {
          _ = try $0.row("INSERT INTO note (id, text) VALUES ('b', '') RETURNING id")
          throw Refusal()
        },
        { try $0.insert("c") },
      ])
      #expect(results.map(\.isSuccess) == [true, false, true])
      #expect(try await store.ids() == ["a", "c"])
    }
  }

  @Test func `a member that fails before it writes makes nobody run again`() async throws {
    try await Test.withStore { store, _ in
      let runs = Atomic<Int>(0)
      let results = try await store.together([
        { transaction in
          runs.add(1, ordering: .relaxed)
          try transaction.insert("a")
        },
        { transaction in
          _ = try transaction.rows("SELECT id FROM note")
          throw Refusal()
        },
      ])
      #expect(results.map(\.isSuccess) == [true, false])
      #expect(runs.load(ordering: .relaxed) == 1)
    }
  }

  @Test func `a refused statement that the closure bears leaves the rest of it`() async throws {
    try await Test.withStore { store, _ in
      try await store.insert("a")
      try await store.write { transaction in
        try transaction.insert("b")
        #expect(throws: StoreError.self) { try transaction.insert("a") }
        try transaction.insert("c")
      }
      #expect(try await store.ids() == ["a", "b", "c"])
    }
  }

  @Test func `a caller's cancellation undoes nothing`() async throws {
    try await Test.withStore { store, _ in
      let gate = DispatchSemaphore(value: 0)
      let (isHeld, held) = AsyncStream<Void>.makeStream()
      let holder = Task {
        try await store.write { transaction in
          try transaction.insert("held")
          held.finish()
          gate.wait()
        }
      }
      for await _ in isHeld {}
      let waiting = Task { try await store.insert("waiting") }
      while store.writes.waitingCount < 1 { await Task.yield() }
      holder.cancel()
      waiting.cancel()
      gate.signal()
      try await holder.value
      try await waiting.value
      let late = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await store.insert("late")
      }
      try await late.value
      #expect(try await store.ids() == ["held", "late", "waiting"])
    }
  }

  private func setPages(_ store: Store, more: Int64) async throws {
    try await store.write { transaction in
      let pages = try transaction.row("PRAGMA page_count")?.int("page_count") ?? 0
      try transaction.run("PRAGMA max_page_count = \(pages + more)")
    }
  }

  @Test func `a full disk is unavailable for whom there is no room, and only for him`() async throws
  {
    try await Test.withStore { store, _ in
      let large = String(repeating: "x", count: 100_000)
      try await setPages(store, more: 4)
      let results = try await store.together([
        { try $0.insert("a") },
        {
          try $0.insert("b")
          try $0.insert("large", large)
        },
        { transaction in
          try transaction.insert("c")
          // What cannot be kept cannot be borne either.
          _ = try? transaction.insert("swallowed", large)
          _ = try? transaction.insert("d")
        },
        { try $0.insert("e") },
      ])
      #expect(results.map(\.isSuccess) == [true, false, false, true])
      #expect(results[1].isUnavailable && results[2].isUnavailable)
      #expect(try await store.ids() == ["a", "e"])
      await #expect(throws: StoreError.self) { try await store.insert("alone", large) }
      try await setPages(store, more: 1000)
      try await store.insert("room", large)
      #expect(try await store.ids() == ["a", "e", "room"])
    }
  }

  @Test func `a trigger that rolls everything back hits its own writer alone`() async throws {
    try await Test.withStore { store, _ in
      try await store.write {
        try $0.run(
          """
          CREATE TRIGGER noBad BEFORE INSERT ON note WHEN new.id = 'bad'
          BEGIN SELECT RAISE(ROLLBACK, 'bad'); END
          """)
      }
      let results = try await store.together([
        { try $0.insert("a") }, { try $0.insert("bad") }, { try $0.insert("c") },
      ])
      #expect(results.map(\.isSuccess) == [true, false, true])
      #expect(results[1].isConstraint)
      #expect(try await store.ids() == ["a", "c"])
    }
  }

  @Test func `a rule that is checked at the commit hits its own writer alone`() async throws {
    try await Test.withStore { store, _ in
      try await store.write {
        try $0.run(
          """
          CREATE TABLE reply (id TEXT PRIMARY KEY NOT NULL
            REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED) STRICT
          """)
      }
      let results = try await store.together([
        { transaction in
          try transaction.run("INSERT INTO reply (id) VALUES ('a')")
          try transaction.insert("a")
        },
        { try $0.run("INSERT INTO reply (id) VALUES ('nowhere')") },
        { try $0.insert("c") },
      ])
      #expect(results.map(\.isSuccess) == [true, false, true])
      #expect(try await store.ids() == ["a", "c"])
    }
  }

  @Test func `members see what those before them wrote`() async throws {
    try await Test.withStore { store, _ in
      try await store.insert("n", "")
      let results = try await store.together(
        (0..<300).map { number in
          { try $0.run("UPDATE note SET text = text || $1 || ','", [.text("\(number)")]) }
        })
      #expect(results.allSatisfy { $0.isSuccess })
      let text = try await store.read { try $0.row("SELECT text FROM note")?.text("text") }
      #expect(text == (0..<300).map { "\($0)," }.joined())
    }
  }

  @Test func `a closed store is unavailable`() async throws {
    try await Test.with { test in
      let store = try test.open()
      try await store.insert("a")
      try store.close()
      for result in [
        await Task { try await store.insert("b") }.result,
        await Task { _ = try await store.ids() }.result,
      ] { #expect(result.isUnavailable) }
    }
  }
}
