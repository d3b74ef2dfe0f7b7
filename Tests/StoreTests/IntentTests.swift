import Testing

@testable import Store

/// The runner on real rows in a file.
@Suite(.timeLimit(.minutes(1))) struct IntentTests {
  private typealias Test = StoreUnderTest
  private struct Failure: Error {}

  /// Runs intents of kind `work` until the body ends.
  private func running(
    _ store: Store, concurrency: Int = 64, _ handler: @escaping IntentRunner.Handler,
    _ body: () async throws -> Void
  ) async throws {
    let runner = IntentRunner(
      store: store, logger: Test.logger, handlers: ["work": handler], concurrency: concurrency)
    let task = Task { await runner.run() }
    do {
      try await body()
    } catch {
      task.cancel()
      await task.value
      throw error
    }
    task.cancel()
    await task.value
  }

  private func rows(_ store: Store) async throws -> [Intent] {
    try await store.read {
      try $0.rows("SELECT * FROM intent ORDER BY kind, subject").map { Intent($0) }
    }
  }

  @Test func `a commit that schedules an intent runs it at once`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<ContinuousClock.Instant>.makeStream()
      try await running(store) { intent in
        ran.yield(.now)
        try await store.write { try $0.complete("work", intent.subject) }
      } _: {
        var moments = runs.makeAsyncIterator()
        try await store.write { try $0.schedule("work", "warm") }
        _ = await moments.next()
        var delays: [Duration] = []
        for number in 0..<20 {
          try await store.write { try $0.schedule("work", "\(number)") }
          let committed = ContinuousClock.now
          if let moment = await moments.next() { delays.append(moment - committed) }
        }
        #expect(delays.sorted()[10] < .milliseconds(20), "\(delays)")
      }
      #expect(try await rows(store).isEmpty)
    }
  }

  @Test func `what was due before a restart is run after it`() async throws {
    try await Test.with { test in
      let first = try test.open()
      try await first.write { transaction in
        for number in 0..<700 { try transaction.schedule("work", "\(number)") }
        try transaction.schedule("work", "past", at: 1)
        try transaction.schedule("work", "later", at: transaction.now + 3_600_000)
        try transaction.schedule("stranger", "x")
      }
      try first.close()
      let store = try test.open()
      let (runs, ran) = AsyncStream<String>.makeStream()
      try await running(store) { intent in
        try await store.write { try $0.complete("work", intent.subject) }
        ran.yield(intent.subject)
      } _: {
        var seen: [String] = []
        for await subject in runs {
          seen.append(subject)
          if seen.count == 701 { break }
        }
        #expect(seen.contains("past"))
        #expect(Set(seen).count == 701 && !seen.contains("later"))
      }
      #expect(try await rows(store).map(\.subject) == ["x", "later"])
      try store.close()
    }
  }

  @Test func `an intent runs when its time has come`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<(String, Int64)>.makeStream()
      try await running(store) { intent in
        ran.yield((intent.subject, WallClock.milliseconds() - intent.dueAt))
        try await store.write { try $0.complete("work", intent.subject) }
      } _: {
        try await store.write { transaction in
          try transaction.schedule("work", "second", at: transaction.now + 120)
          try transaction.schedule("work", "first", at: transaction.now + 60)
        }
        var seen: [String] = []
        for await (subject, late) in runs {
          seen.append(subject)
          #expect(late >= 0)
          if seen.count == 2 { break }
        }
        #expect(seen == ["first", "second"])
      }
    }
  }

  @Test func `a handler that throws or says nothing is postponed, and counted`() async throws {
    try await Test.withStore { store, _ in
      try await store.write { transaction in
        try transaction.schedule("work", "silent")
        try transaction.schedule("work", "throws")
      }
      let before = WallClock.milliseconds()
      try await running(store) { intent in
        if intent.subject == "throws" { throw Failure() }
      } _: {
        while try await rows(store).contains(where: { $0.attempts == 0 }) { await Task.yield() }
      }
      for intent in try await rows(store) {
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
      try await running(store) { intent in
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
      #expect(try await rows(store).isEmpty)
    }
  }

  @Test func `what was scheduled while it ran is not ended with it and runs again`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<Int>.makeStream()
      let (goes, go) = AsyncStream<Void>.makeStream()
      let atOnce = Counter()
      try await store.write { try $0.schedule("work", "a") }
      try await running(store) { _ in
        let count = atOnce.enter()
        ran.yield(count)
        if atOnce.total == 1 { for await _ in goes {} }
        try await store.write { try $0.complete("work", "a") }
        atOnce.leave()
      } _: {
        var counts = runs.makeAsyncIterator()
        #expect(await counts.next() == 1)
        try await store.write { try $0.schedule("work", "a") }
        go.finish()
        #expect(await counts.next() == 1)
        while try await !rows(store).isEmpty { await Task.yield() }
      }
      #expect(atOnce.total == 2)
    }
  }

  @Test func `whoever else ends a running intent ends it`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<Void>.makeStream()
      let (goes, go) = AsyncStream<Void>.makeStream()
      let (ends, end) = AsyncStream<Void>.makeStream()
      try await store.write { try $0.schedule("work", "a") }
      try await running(store) { intent in
        ran.yield()
        for await _ in goes {}
        try await store.write {
          try $0.postpone("work", intent.subject, until: 0, note: "too late")
        }
        end.finish()
      } _: {
        for await _ in runs { break }
        try await store.write { try $0.complete("work", "a") }
        go.finish()
        for await _ in ends {}
      }
      #expect(try await rows(store).isEmpty)
    }
  }

  @Test func `many intents run once each, a few at a time`() async throws {
    try await Test.withStore { store, _ in
      let (atOnce, done) = (Counter(), AsyncStream<Void>.makeStream())
      try await running(store, concurrency: 5) { intent in
        #expect(atOnce.enter() <= 5)
        try await store.write { transaction in
          try transaction.insert(intent.subject)
          try transaction.complete("work", intent.subject)
        }
        atOnce.leave()
        done.continuation.yield()
      } _: {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for part in 0..<20 {
            group.addTask {
              try await store.write { transaction in
                for number in 0..<150 {
                  try transaction.schedule("work", "\(part)-\(number)")
                }
              }
            }
          }
          try await group.waitForAll()
        }
        var count = 0
        for await _ in done.stream {
          count += 1
          if count == 3000 { break }
        }
      }
      // A second run of one of them would break the primary key of `note`.
      #expect(try await store.ids().count == 3000)
      #expect(atOnce.total == 3000)
      #expect(try await rows(store).isEmpty)
    }
  }

  @Test func `a handler that is cancelled leaves its intent due`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<Void>.makeStream()
      try await store.write { try $0.schedule("work", "a") }
      try await running(store) { _ in
        ran.yield()
        try await Task.sleep(for: .seconds(60))
      } _: {
        for await _ in runs { break }
      }
      let left = try await rows(store)
      #expect(left.count == 1 && left[0].attempts == 0)
      #expect(left[0].dueAt <= WallClock.milliseconds())
    }
  }

  @Test func `what is rolled back schedules nothing`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<String>.makeStream()
      try await running(store) { intent in
        ran.yield(intent.subject)
        try await store.write { try $0.complete("work", intent.subject) }
      } _: {
        _ = try await store.together([
          {
            try $0.schedule("work", "undone")
            throw Failure()
          },
          { try $0.schedule("work", "done") },
        ])
        for await subject in runs {
          #expect(subject == "done")
          break
        }
      }
      #expect(try await rows(store).isEmpty)
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
