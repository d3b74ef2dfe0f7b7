import Testing

@testable import Store

/// The runner on real rows in a file.
@Suite(.timeLimit(.minutes(1))) struct IntentTests {
  private typealias Test = StoreUnderTest
  private struct Failure: Error {}

  @Test func `a commit that schedules an intent runs it at once`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<ContinuousClock.Instant>.makeStream()
      try await Test.running(store) { intent in
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
        // Its alarm would wake the runner in half a minute.
        #expect(delays.sorted()[10] < .seconds(1), "\(delays)")
      }
      #expect(try await store.intents().isEmpty)
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
      try await Test.running(store) { intent in
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
      #expect(try await store.intents().map(\.subject) == ["x", "later"])
      try store.close()
    }
  }

  @Test func `an intent runs when its time has come`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<(String, Int64)>.makeStream()
      // One at a time: on a busy machine both may be due when the runner looks.
      try await Test.running(store, concurrency: 1) { intent in
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

  @Test func `what was scheduled while it ran is not ended with it and runs again`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<Int>.makeStream()
      let (goes, go) = AsyncStream<Void>.makeStream()
      let atOnce = Counter()
      try await store.write { try $0.schedule("work", "a") }
      try await Test.running(store) { _ in
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
        while try await !store.intents().isEmpty { await Task.yield() }
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
      try await Test.running(store) { intent in
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
      #expect(try await store.intents().isEmpty)
    }
  }

  @Test func `many intents run once each, a few at a time`() async throws {
    try await Test.withStore { store, _ in
      let (atOnce, done) = (Counter(), AsyncStream<Void>.makeStream())
      try await Test.running(store, concurrency: 5) { intent in
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
      #expect(try await store.intents().isEmpty)
    }
  }

  @Test func `what is rolled back schedules nothing`() async throws {
    try await Test.withStore { store, _ in
      let (runs, ran) = AsyncStream<String>.makeStream()
      try await Test.running(store) { intent in
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
      #expect(try await store.intents().isEmpty)
    }
  }
}
