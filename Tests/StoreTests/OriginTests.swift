import Measure
import Synchronization
import Testing

@testable import Store

/// What scheduled an intent is known to whoever works for it.
struct OriginTests {
  private static let call = Origin(
    requestID: "r-1", trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

  @Test func `an intent keeps the call that scheduled it, over a restart`() async throws {
    try await StoreUnderTest.with { test in
      let first = try test.open()
      try await Origin.with({ Self.call }) {
        try await first.write { try $0.schedule("work", "a") }
      }
      try await first.write { try $0.schedule("work", "b") }
      try first.close()
      let store = try test.open()
      let kept = try await store.read { transaction in
        try ["a", "b"].map { try transaction.intent("work", $0)?.origin }
      }
      #expect(kept == [Self.call, nil])
      try store.close()
    }
  }

  @Test func `work for an intent has its origin, and passes it to what it schedules`()
    async throws
  {
    try await StoreUnderTest.withStore { store, _ in
      let seen = Mutex<[String: Origin?]>([:])
      let (done, finished) = AsyncStream<Void>.makeStream()
      try await StoreUnderTest.running(store) { intent in
        seen.withLock { $0[intent.subject] = Origin.current }
        #expect(Intent.running?.subject == intent.subject)
        try await store.write { transaction in
          try transaction.complete("work", intent.subject)
          if intent.subject == "first" { try transaction.schedule("work", "second") }
        }
        if intent.subject == "second" { finished.finish() }
      } _: {
        try await Origin.with({ Self.call }) {
          try await store.write { try $0.schedule("work", "first") }
        }
        for await _ in done {}
      }
      #expect(seen.withLock(\.self) == ["first": Self.call, "second": Self.call])
      #expect(Origin.current == nil && Intent.running == nil)
    }
  }

  @Test func `what is scheduled anew goes back to the newest call`() async throws {
    try await StoreUnderTest.withStore { store, _ in
      for requestID in ["r-1", "r-2"] {
        try await Origin.with({ Origin(requestID: requestID, trace: Self.call.trace) }) {
          try await store.write { try $0.schedule("later", "a", at: .max) }
        }
      }
      let intent = try await store.read { try $0.intent("later", "a") }
      #expect(intent?.origin?.requestID == "r-2")
    }
  }

  @Test func `commits, their writes and their flushes are counted`() async throws {
    try await StoreUnderTest.withStore { store, _ in
      let before = store.figures
      try await withThrowingTaskGroup { group in
        for number in 0..<40 {
          group.addTask {
            try await store.write { try $0.schedule("later", "\(number)", at: .max) }
          }
        }
        try await group.waitForAll()
      }
      let after = store.figures
      #expect(after.writes - before.writes == 40)
      #expect((1...40).contains(after.commits - before.commits))
      #expect(after.latency.count == after.commits && after.latency.sumNanoseconds > 0)
      #expect(after.failed == 0 && after.waiting == 0)
    }
  }
}
