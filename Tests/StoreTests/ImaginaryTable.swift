import Testing

@testable import Store

/// A table of intents and its runner, both imagined, where anything may happen at any time.
struct ImaginaryTable {
  var queue = IntentQueue(kinds: ["a", "b"], concurrency: 5)
  var rows: [String: Intent] = [:]
  private var running: [String: Intent] = [:]
  private var now: Int64 = 1
  private var chance: UInt64 = 1

  /// The same numbers in every run: the high bits of Knuth's generator.
  private mutating func number(_ range: Range<Int64>) -> Int64 {
    chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + Int64(chance >> 33) % (range.upperBound - range.lowerBound)
  }

  /// One commit, look, start or end, as chance has it.
  mutating func step() {
    switch number(0..<10) {
    case 0...3: schedule()
    case 4: now += 1
    case 5: look()
    case 6...7: end()
    default: start()
    }
  }

  /// Lets time pass until nothing is due any more.
  mutating func finish() {
    now += 100
    for _ in 0..<1000 where !rows.isEmpty || !running.isEmpty {
      look()
      while start() {}
      while end() {}
    }
  }

  private mutating func schedule() {
    let intent = Intent(
      kind: number(0..<2) == 0 ? "a" : "b", subject: "\(number(0..<30))",
      dueAt: now + number(-1..<21), attempts: 0, note: "", revision: number(1..<1 << 31))
    rows[intent.kind + intent.subject] = intent
    queue.apply([.scheduled(intent)], now: now)
  }

  private mutating func look() {
    for look in queue.looks(now: now) {
      let lane = rows.values.filter { $0.kind == look.kind }.sorted { $0.dueAt < $1.dueAt }
      queue.merge(
        IntentQueue.Found(
          look: look, due: Array(lane.filter { $0.dueAt <= now }.prefix(look.limit)),
          nextDueAt: lane.first { $0.dueAt > now }?.dueAt))
    }
  }

  @discardableResult
  private mutating func start() -> Bool {
    guard let intent = queue.next() else { return false }
    let key = intent.kind + intent.subject
    #expect(running[key] == nil, "runs already")
    #expect(rows[key]?.revision == intent.revision, "is not what stands in the table")
    running[key] = intent
    return true
  }

  @discardableResult
  private mutating func end() -> Bool {
    let keys = running.keys.sorted()
    guard !keys.isEmpty else { return false }
    let key = keys[Int(number(0..<Int64(keys.count)))]
    guard let intent = running.removeValue(forKey: key) else { return false }
    if rows[key]?.revision == intent.revision {
      rows[key] = nil
      queue.apply([.completed(kind: intent.kind, subject: intent.subject)], now: now)
    }
    queue.ended(intent)
    return true
  }
}
