public import Logging
import Synchronization

/// Runs the intents of a store when they are due.
///
/// **Invariant:** no intent runs twice at once; at most `concurrency` run. A commit that schedules
/// one for now wakes the runner at once; rows that are overdue are found after a start.
///
/// A handler ends its intent by `complete` or `postpone` in the transaction that records what came
/// of it. One that throws, or does neither, is run again after a pause that doubles from a second
/// to a minute. Handlers may run again after a crash, so what they do must bear a repeat.
public struct IntentRunner: Sendable {
  public typealias Handler = @Sendable (Intent) async throws -> Void

  private let store: Store
  private let logger: Logger
  private let handlers: [String: Handler]
  private let state: State

  /// What the commits, the workers and the loop share.
  private final class State: Sendable {
    let queue: Mutex<IntentQueue>
    let wakes: AsyncStream<Void>
    let wake: AsyncStream<Void>.Continuation

    init(_ queue: consuming sending IntentQueue) {
      self.queue = Mutex(queue)
      (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }
  }

  /// - Parameter handlers: what to do, by kind. Intents of other kinds stay in the table.
  public init(
    store: Store, logger: Logger, handlers: [String: Handler], concurrency: Int = 64
  ) {
    precondition(concurrency > 0, "at least one intent runs at a time")
    self.store = store
    self.logger = logger
    self.handlers = handlers
    state = State(IntentQueue(kinds: Array(handlers.keys), concurrency: concurrency))
  }

  /// Runs until the task is cancelled, once per runner. Handlers under way are cancelled then and
  /// their intents stay due.
  public func run() async {
    store.relay.attach { [state] changes in
      state.queue.withLock { $0.apply(changes, now: WallClock.milliseconds()) }
      state.wake.yield()
    }
    defer { store.relay.detach() }
    await warnOfStrangers()
    var timer = IntentTimer(wake: state.wake)
    state.wake.yield()
    await withDiscardingTaskGroup { group in
      for await _ in state.wakes {
        await look()
        while let intent = state.queue.withLock({ $0.next() }) {
          group.addTask { await work(intent) }
        }
        timer.arm(for: state.queue.withLock { $0.nextDueAt })
      }
    }
    timer.disarm()
  }

  /// Reads due rows into memory, as far as there is room.
  private func look() async {
    let looks = state.queue.withLock { $0.looks(now: WallClock.milliseconds()) }
    if looks.isEmpty { return }
    do {
      // It is a write, so that it has its place among the commits.
      _ = try await store.write { transaction in
        try looks.map { try transaction.look($0) }
      } committed: { [state] found in
        state.queue.withLock { queue in
          for one in found { queue.merge(one) }
        }
      }
    } catch {
      logger.error("due intents cannot be read", metadata: ["cause": "\(error)"])
      try? await Task.sleep(for: .seconds(1))
      state.wake.yield()
    }
  }

  /// Runs an intent and, in the same task, those that are due after it.
  private func work(_ first: Intent) async {
    var intent = first
    while true {
      let isRecorded = await handle(intent)
      let (ended, now) = (intent, WallClock.milliseconds())
      let (next, needsLook) = state.queue.withLock { queue in
        if isRecorded { queue.ended(ended) } else { queue.abandoned(ended) }
        return (Task.isCancelled ? nil : queue.next(), !queue.looks(now: now).isEmpty)
      }
      if needsLook { state.wake.yield() }
      guard let next else { return }
      intent = next
    }
  }

  /// - Returns: whether the table says what becomes of the intent.
  private func handle(_ intent: Intent) async -> Bool {
    guard let handler = handlers[intent.kind] else { return false }
    let running = RunningIntent(intent)
    // What is logged of its failure belongs to it, too.
    return await RunningIntent.$current.withValue(running) {
      do {
        try await handler(intent)
        if running.isSettled { return true }
        return await backOff(intent, cause: "the handler left it as it was")
      } catch {
        if Task.isCancelled { return false }
        return await backOff(intent, cause: String("\(error)".prefix(IntentBackoff.noteLengthMax)))
      }
    }
  }

  private func backOff(_ intent: Intent, cause: String) async -> Bool {
    let pause = IntentBackoff.milliseconds(attempts: intent.attempts)
    logger.warning(
      "intent failed",
      metadata: [
        "kind": "\(intent.kind)", "subject": "\(intent.subject)",
        "attempts": "\(intent.attempts + 1)", "pauseMilliseconds": "\(pause)",
        "cause": "\(cause)",
      ])
    do {
      try await store.write { transaction in
        try transaction.postpone(intent, until: transaction.now + pause, note: cause)
      }
      return true
    } catch {
      logger.error(
        "intent cannot be postponed",
        metadata: ["kind": "\(intent.kind)", "subject": "\(intent.subject)", "cause": "\(error)"])
      try? await Task.sleep(for: .milliseconds(pause))
      return false
    }
  }

  /// Says which intents nobody here knows what to do about.
  private func warnOfStrangers() async {
    let kinds = try? await store.read { transaction in
      try transaction.rows(IntentTable.kinds).map { $0.text("kind") }
    }
    for kind in kinds ?? [] where handlers[kind] == nil {
      logger.warning("intents without a handler", metadata: ["kind": "\(kind)"])
    }
  }
}

extension Transaction {
  /// Looks at the table for due intents of one kind.
  fileprivate func look(_ look: IntentQueue.Look) throws(StoreError) -> IntentQueue.Found {
    let due = try rows(
      IntentTable.due, [.text(look.kind), .integer(now), .integer(Int64(look.limit))])
    let next = try row(IntentTable.nextDue, [.text(look.kind), .integer(now)])
    return IntentQueue.Found(
      look: look, due: due.map { Intent($0) }, nextDueAt: next?.int("dueAt"))
  }
}
