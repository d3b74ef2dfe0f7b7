import Testing

@testable import Store

/// How a run ends, and what it leaves in the table.
@Suite(.timeLimit(.minutes(1))) struct IntentEndTests {
  private typealias Test = StoreUnderTest
  private struct Failure: Error {}

  @Test func `a handler that throws or says nothing is postponed, and counted`() async throws {
    try await Test.withStore { store, _ in
      try await store.write { transaction in
        try transaction.schedule("work", "silent")
        try transaction.schedule("work", "throws")
      }
      let before = WallClock.milliseconds()
      try await Test.running(store) { intent in
        if intent.subject == "throws" { throw Failure() }
      } _: {
        while try await store.intents().contains(where: { $0.attempts == 0 }) { await Task.yield() }
      }
      for intent in try await store.intents() {
        #expect(intent.attempts == 1)
        #expect((before + 800...before + 11_200).contains(intent.dueAt), "\(intent)")
        #expect(intent.note.contains(intent.subject == "throws" ? "Failure" : "left it"))
      }
    }
  }

  @Test(arguments: [(0, 1000), (1, 2000), (3, 8000), (5, 32_000), (6, 60_000), (1000, 60_000)])
  func `the pause doubles up to a minute`(_ attempts: Int, _ milliseconds: Int64) {
    for _ in 0..<50 {
      let pause = IntentBackoff.milliseconds(attempts: attempts)
      #expect((milliseconds * 8 / 10...milliseconds * 12 / 10).contains(pause))
    }
  }

  @Test func `a handler that postpones is run again with its note, and counted`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<Intent>.makeStream()
      try await store.write { try $0.schedule("work", "a") }
      try await Test.running(store) { intent in
        try await store.write { transaction in
          if intent.attempts == 2 {
            try transaction.complete("work", "a")
          } else {
            try transaction.postpone("work", "a", until: transaction.now, note: "again")
          }
        }
        ran.yield(intent)
      } _: {
        var seen: [Intent] = []
        for await intent in runs {
          seen.append(intent)
          if seen.count == 3 { break }
        }
        #expect(seen.map(\.attempts) == [0, 1, 2])
        #expect(seen.map(\.note) == ["", "again", "again"])
      }
      #expect(try await store.intents().isEmpty)
    }
  }

  @Test func `a handler that is cancelled leaves its intent due`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<Void>.makeStream()
      try await store.write { try $0.schedule("work", "a") }
      try await Test.running(store) { _ in
        ran.yield()
        try await Task.sleep(for: .seconds(60))
      } _: {
        for await _ in runs { break }
      }
      let left = try await store.intents()
      #expect(left.count == 1 && left[0].attempts == 0)
      #expect(left[0].dueAt <= WallClock.milliseconds())
    }
  }

  @Test func `an intent can be read, replaced and ended`() async throws {
    try await Test.withStore { store, _ in
      try await store.write { transaction in
        try transaction.schedule("work", "a", at: 5)
        try transaction.postpone("work", "a", until: 9, note: "why")
        let postponed = try transaction.intent("work", "a")
        #expect(postponed?.dueAt == 9 && postponed?.note == "why" && postponed?.attempts == 0)
        try transaction.schedule("work", "a")
        let again = try transaction.intent("work", "a")
        #expect(again?.dueAt == transaction.now && again?.note == "")
        try transaction.complete("work", "a")
        #expect(try transaction.intent("work", "a") == nil)
        try transaction.postpone("work", "a", until: 9, note: "none")
        try transaction.complete("work", "a")
        #expect(try transaction.intent("work", "a") == nil)
      }
    }
  }
}
