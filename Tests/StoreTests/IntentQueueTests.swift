import Testing

@testable import Store

/// What runs next, without a clock, a database or a task.
@Suite struct IntentQueueTests {
  private static func intent(
    _ subject: String, _ kind: String = "a", due dueAt: Int64 = 0, revision: Int64 = 1
  ) -> Intent {
    Intent(
      kind: kind, subject: subject, dueAt: dueAt, attempts: 0, note: "", revision: revision)
  }

  /// A queue that knows the table is empty.
  private static func queue(_ kinds: [String] = ["a"], concurrency: Int = 4) -> IntentQueue {
    var queue = IntentQueue(kinds: kinds, concurrency: concurrency)
    for look in queue.looks(now: 0) {
      queue.merge(IntentQueue.Found(look: look, due: [], nextDueAt: nil))
    }
    return queue
  }

  private static func schedule(_ intents: Intent...) -> [IntentChange] {
    intents.map { .scheduled($0) }
  }

  private static func take(_ queue: inout IntentQueue) throws -> Intent {
    let intent = queue.next()
    return try #require(intent)
  }

  @Test func `at the start every kind is looked up`() {
    let queue = IntentQueue(kinds: ["b", "a"], concurrency: 4)
    #expect(queue.looks(now: 0).map(\.kind) == ["a", "b"])
    #expect(Self.queue(["a", "b"]).looks(now: .max).isEmpty)
  }

  @Test func `what is scheduled for now runs in order, without a look`() {
    var queue = Self.queue()
    queue.apply(Self.schedule(Self.intent("1"), Self.intent("2")), now: 5)
    #expect(queue.looks(now: 5).isEmpty)
    #expect(queue.next()?.subject == "1")
    #expect(queue.next()?.subject == "2")
    #expect(queue.next() == nil)
  }

  @Test func `what is scheduled for later is looked up then`() {
    var queue = Self.queue()
    queue.apply(
      Self.schedule(Self.intent("1", due: 90), Self.intent("2", due: 70)), now: 5)
    #expect(queue.next() == nil && queue.nextDueAt == 70)
    #expect(queue.looks(now: 69).isEmpty)
    let look = queue.looks(now: 70)[0]
    queue.merge(.init(look: look, due: [Self.intent("2", due: 70)], nextDueAt: 90))
    #expect(queue.next()?.subject == "2" && queue.nextDueAt == 90)
  }

  @Test func `what runs does not run twice, and again after when it was scheduled meanwhile`()
    throws
  {
    var queue = Self.queue()
    queue.apply(Self.schedule(Self.intent("1")), now: 5)
    let first = try Self.take(&queue)
    queue.apply(Self.schedule(Self.intent("1", revision: 2)), now: 6)
    #expect(queue.next() == nil)
    queue.ended(first)
    #expect(queue.next()?.revision == 2)
    #expect(queue.next() == nil)
  }

  @Test(arguments: [
    IntentChange.completed(kind: "a", subject: "1"),
    .postponed(kind: "a", subject: "1", until: 99),
  ])
  func `what was ended or postponed does not run, in line or again`(_ change: IntentChange) throws {
    var queue = Self.queue()
    queue.apply(Self.schedule(Self.intent("1")) + [change], now: 5)
    #expect(queue.next() == nil)
    queue.apply(Self.schedule(Self.intent("1")), now: 5)
    let running = try Self.take(&queue)
    queue.apply(Self.schedule(Self.intent("1")) + [change], now: 5)
    queue.ended(running)
    #expect(queue.next() == nil)
    queue.apply(Self.schedule(Self.intent("1")), now: 5)
    #expect(queue.next() != nil && queue.next() == nil)
  }

  @Test func `a look that finds what is running lets it run again unless its end says no`() throws {
    var queue = Self.queue()
    queue.apply(Self.schedule(Self.intent("1")), now: 5)
    let running = try Self.take(&queue)
    let look = IntentQueue.Look(kind: "a", limit: 10)
    let found = IntentQueue.Found(look: look, due: [Self.intent("1")], nextDueAt: nil)
    var other = queue
    queue.merge(found)
    queue.apply([.completed(kind: "a", subject: "1")], now: 6)
    queue.ended(running)
    #expect(queue.next() == nil)
    other.merge(found)
    other.ended(running)
    #expect(other.next()?.subject == "1")
  }

  @Test func `a run that left no word is looked up again`() throws {
    var queue = Self.queue()
    queue.apply(Self.schedule(Self.intent("1")), now: 5)
    let running = try Self.take(&queue)
    #expect(queue.looks(now: 5).isEmpty)
    queue.abandoned(running)
    #expect(queue.looks(now: 5).count == 1)
  }

  @Test func `no more than the given number run`() throws {
    var queue = Self.queue(concurrency: 3)
    queue.apply((0..<10).map { .scheduled(Self.intent("\($0)")) }, now: 5)
    let running = (0..<3).compactMap { _ in queue.next() }
    #expect(running.count == 3 && queue.next() == nil)
    queue.ended(running[1])
    #expect(queue.next()?.subject == "3")
    #expect(queue.next() == nil)
  }

  @Test func `kinds take turns and none holds every place`() {
    var queue = Self.queue(["a", "b"], concurrency: 8)
    queue.apply((0..<100).map { .scheduled(Self.intent("\($0)", "a")) }, now: 5)
    #expect((0..<8).compactMap { _ in queue.next() }.count == 6)
    queue.apply((0..<100).map { .scheduled(Self.intent("\($0)", "b")) }, now: 5)
    #expect((0..<8).compactMap { _ in queue.next()?.kind } == ["b", "b"])
    var fair = Self.queue(["a", "b"], concurrency: 100)
    fair.apply((0..<100).map { .scheduled(Self.intent("\($0)", "a")) }, now: 5)
    fair.apply((0..<100).map { .scheduled(Self.intent("\($0)", "b")) }, now: 5)
    #expect((0..<6).compactMap { _ in fair.next()?.kind } == ["a", "b", "a", "b", "a", "b"])
  }

  @Test func `what has no room stays in the table until there is`() {
    var queue = Self.queue(concurrency: 10_000)
    let count = IntentQueue.readyMax + 10
    queue.apply((0..<count).map { .scheduled(Self.intent("\($0)")) }, now: 5)
    #expect(queue.looks(now: 5).isEmpty, "there is enough to do")
    var taken = 0
    while queue.next() != nil { taken += 1 }
    #expect(taken == IntentQueue.readyMax)
    #expect(queue.looks(now: 5).first.map { $0.limit > taken } == true)
  }

  @Test func `intents of other kinds are not touched`() {
    var queue = Self.queue()
    queue.apply(Self.schedule(Self.intent("1", "stranger")), now: 5)
    #expect(queue.next() == nil && queue.looks(now: .max).isEmpty)
  }

  @Test func `whatever happens, all that is due runs, nothing twice at once`() throws {
    var table = ImaginaryTable()
    for _ in 0..<20_000 { table.step() }
    table.finish()
    #expect(table.rows.isEmpty && table.queue.isIdle)
  }
}
