/// Which intents run next: what the runner keeps in memory about the rows.
///
/// **Invariant:** the rows are the truth. It is told about every commit and every look at the
/// table, in their order; so an intent that is due is in here, or `hasMore` of its kind is set. No
/// intent runs twice at a time. Pure: no clock, no database, no task.
struct IntentQueue {
  /// Due intents of one kind that are kept; the others stay in the table until there is room.
  static let readyMax = 1024
  /// With fewer than these the table is looked at again.
  private static let readyMin = 128

  /// A look at the table for one kind.
  struct Look: Hashable, Sendable {
    let kind: String
    /// Most rows to read.
    let limit: Int
  }

  /// What such a look found.
  struct Found: Sendable {
    let look: Look
    let due: [Intent]
    /// When the earliest of the others is due.
    let nextDueAt: Int64?
  }

  fileprivate struct Lane {
    var running: Set<String> = []
    var ready: [String: Intent] = [:]
    /// Subjects of `ready`, oldest first, besides some that are not ready any more.
    var order = Fifo<String>()
    /// Due again, once the run of now has ended.
    var again: [String: Intent] = [:]
    /// Whether the table may hold due rows that are not in here.
    var hasMore = true
    var nextDueAt: Int64?
  }

  private let kinds: [String]
  private let runningMax: Int
  /// No kind may hold every place, or one slow provider would stop the others.
  private let runningMaxPerKind: Int
  private var lanes: [String: Lane] = [:]
  private var runningCount = 0
  private var turn = 0

  init(kinds: [String], concurrency: Int) {
    self.kinds = kinds.sorted()
    runningMax = concurrency
    runningMaxPerKind = kinds.count > 1 ? max(1, concurrency * 3 / 4) : concurrency
    for kind in kinds { lanes[kind] = Lane() }
  }

  // MARK: What happened

  /// A commit changed intents.
  mutating func apply(_ changes: [IntentChange], now: Int64) {
    for change in changes {
      switch change {
      case .scheduled(let intent):
        lanes[intent.kind]?.schedule(intent, now: now)
      case .postponed(let kind, let subject, let until):
        lanes[kind]?.forget(subject)
        lanes[kind]?.expect(until, now: now)
      case .completed(let kind, let subject):
        lanes[kind]?.forget(subject)
      }
    }
  }

  /// The table was looked at.
  mutating func merge(_ found: Found) {
    lanes[found.look.kind]?.merge(found)
  }

  /// A run has ended, and what it left behind is committed.
  mutating func ended(_ intent: Intent) {
    runningCount -= 1
    lanes[intent.kind]?.ended(intent.subject)
  }

  /// A run has ended without a word in the table: its row is still due.
  mutating func abandoned(_ intent: Intent) {
    ended(intent)
    lanes[intent.kind]?.hasMore = true
  }

  // MARK: What to do

  /// The next intent to run, kinds taking turns; nil when none is due or no place is free.
  mutating func next() -> Intent? {
    if runningCount >= runningMax { return nil }
    for step in 0..<kinds.count {
      let index = (turn + step) % kinds.count
      if let intent = lanes[kinds[index]]?.next(runningMaxPerKind) {
        turn = index + 1
        runningCount += 1
        return intent
      }
    }
    return nil
  }

  /// The looks at the table that are needed.
  func looks(now: Int64) -> [Look] {
    kinds.compactMap { kind in
      guard let lane = lanes[kind], lane.wantsLook(now) else { return nil }
      // The rows in here are still in the table, and must not fill the answer.
      let known = lane.running.count + lane.ready.count + lane.again.count
      return Look(kind: kind, limit: known + Self.readyMax / 4)
    }
  }

  /// When the table is to be looked at next, should nothing happen before.
  var nextDueAt: Int64? {
    lanes.values.compactMap { $0.ready.count < Self.readyMin ? $0.nextDueAt : nil }.min()
  }

  var isIdle: Bool { runningCount == 0 }
}

extension IntentQueue.Lane {
  fileprivate mutating func schedule(_ intent: Intent, now: Int64) {
    forget(intent.subject)
    guard intent.dueAt <= now else { return expect(intent.dueAt, now: now) }
    add(intent)
  }

  private mutating func add(_ intent: Intent) {
    if running.contains(intent.subject) {
      again[intent.subject] = intent
    } else if ready[intent.subject] != nil {
      ready[intent.subject] = intent
    } else if ready.count < IntentQueue.readyMax {
      ready[intent.subject] = intent
      order.append(intent.subject)
      if order.count > 2 * IntentQueue.readyMax { compact() }
    } else {
      hasMore = true
    }
  }

  /// Drops subjects that were in line and are not ready any more.
  private mutating func compact() {
    var seen: Set<String> = []
    for subject in order.popFirst(.max) where ready[subject] != nil {
      if seen.insert(subject).inserted { order.append(subject) }
    }
  }

  fileprivate mutating func forget(_ subject: String) {
    ready[subject] = nil
    again[subject] = nil
  }

  /// A row will be due at a time.
  fileprivate mutating func expect(_ dueAt: Int64, now: Int64) {
    if dueAt <= now {
      hasMore = true
    } else {
      nextDueAt = min(nextDueAt ?? dueAt, dueAt)
    }
  }

  fileprivate mutating func merge(_ found: IntentQueue.Found) {
    hasMore = found.due.count >= found.look.limit
    nextDueAt = found.nextDueAt
    for intent in found.due { add(intent) }
  }

  fileprivate mutating func next(_ runningMax: Int) -> Intent? {
    if running.count >= runningMax { return nil }
    while let subject = order.popFirst() {
      if let intent = ready.removeValue(forKey: subject) {
        running.insert(subject)
        return intent
      }
    }
    return nil
  }

  fileprivate mutating func ended(_ subject: String) {
    running.remove(subject)
    if let intent = again.removeValue(forKey: subject) { add(intent) }
  }

  fileprivate func wantsLook(_ now: Int64) -> Bool {
    if ready.count >= IntentQueue.readyMin { return false }
    return hasMore || nextDueAt.map { $0 <= now } == true
  }
}
