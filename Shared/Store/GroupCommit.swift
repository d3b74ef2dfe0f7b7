import GRDB
import Synchronization

/// Runs writes on the one connection that writes; those that wait together share one commit.
///
/// **Invariant:** a member is answered after the commit that holds it, or with the error for which
/// nothing of it was kept. One that fails leaves the others alone. Members are settled in the order
/// of their commits.
///
/// A savepoint makes SQLite copy every page that a member changes. Most members do not fail, or do
/// before they write; so a batch runs without savepoints first, and again with one for each member
/// when one of them has failed halfway.
///
/// A lone member waits for nothing: whoever comes during a flush forms the next batch. Nothing here
/// runs in a caller's task, so no cancellation can roll back what others wait for.
final class GroupCommit: Sendable {
  /// Members of one commit; bounds how long the first of them waits for the last.
  static let membersMax = 256
  /// Members that wait; more are refused at once.
  static let waitingMax = 10_000

  /// One caller's write.
  struct Member: Sendable {
    /// The intent whose handler writes.
    let running: RunningIntent?
    /// The call that the write goes back to.
    let origin: (@Sendable () -> Origin?)?
    /// Does the work; what it returns is called after the commit.
    let perform: @Sendable (Transaction) throws -> @Sendable () -> Void
    let refuse: @Sendable (any Error) -> Void
  }

  private struct State {
    var waiting = Fifo<Member>()
    var isScheduled = false
    var isClosed = false
  }

  private struct Done {
    let transaction: Transaction
    let answer: @Sendable () -> Void
  }

  private let queue: DatabaseQueue
  /// Is told what a commit changed about intents.
  private let committed: @Sendable ([IntentChange]) -> Void
  private let state = Mutex(State())
  private let statistics = CommitStatistics()

  init(_ queue: DatabaseQueue, committed: @escaping @Sendable ([IntentChange]) -> Void) {
    self.queue = queue
    self.committed = committed
  }

  func submit(_ member: Member) {
    enum Verdict { case schedule, wait, refuse(String) }
    let verdict: Verdict = state.withLock { state in
      if state.isClosed { return .refuse("it is closed") }
      if state.waiting.count >= Self.waitingMax {
        return .refuse("\(Self.waitingMax) writes are waiting already")
      }
      state.waiting.append(member)
      if state.isScheduled { return .wait }
      state.isScheduled = true
      return .schedule
    }
    switch verdict {
    case .schedule: schedule()
    case .wait: break
    case .refuse(let text): member.refuse(StoreError.unavailable(text))
    }
  }

  /// Members that are in no batch yet.
  var waitingCount: Int { state.withLock(\.waiting.count) }

  var figures: StoreFigures { statistics.figures(waiting: waitingCount) }

  /// Refuses what waits and all that comes; a batch under way ends first.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      return state.waiting.popFirst(.max)
    }
    for member in waiting { member.refuse(StoreError.unavailable("it is closed")) }
  }

  private func schedule() {
    queue.asyncWriteWithoutTransaction { database in
      let batch = self.state.withLock { $0.waiting.popFirst(Self.membersMax) }
      self.commit(batch, database)
      let isMore = self.state.withLock { state in
        state.isScheduled = !state.waiting.isEmpty
        return state.isScheduled
      }
      if isMore { self.schedule() }
    }
  }

  private func commit(_ batch: [Member], _ database: Database) {
    if batch.count > 1 {
      switch together(batch, database, hasSavepoints: false) {
      case .settled: return
      case .torn:
        if together(batch, database, hasSavepoints: true) == .settled { return }
      case .failed: break
      }
    }
    for member in batch { alone(member, database) }
  }

  private func alone(_ member: Member, _ database: Database) {
    do {
      try database.run("BEGIN IMMEDIATE")
      let done = try perform(member, database, now: WallClock.milliseconds(), nil)
      try statistics.measure(writes: 1) { try database.run("COMMIT") }
      settle(done)
    } catch {
      rollback(database)
      member.refuse(Self.cause(of: error))
    }
  }

  /// What became of a batch.
  private enum Verdict {
    case settled
    /// Nothing is kept and nobody answered: a member failed after it had written.
    case torn
    /// The same: something failed that concerns the whole transaction.
    case failed
  }

  private func together(_ batch: [Member], _ database: Database, hasSavepoints: Bool) -> Verdict {
    var done: [Done] = []
    var refused: [(member: Member, error: any Error)] = []
    do {
      try database.run("BEGIN IMMEDIATE")
      let now = WallClock.milliseconds()
      let scope = hasSavepoints ? nil : CommitScope()
      for member in batch {
        if hasSavepoints { try database.run("SAVEPOINT member") }
        do {
          done.append(try perform(member, database, now: now, scope))
        } catch let failure as Failure {
          if !hasSavepoints && failure.hasWritten {
            rollback(database)
            return .torn
          }
          if hasSavepoints { try database.run("ROLLBACK TO member") }
          refused.append((member, failure.cause))
        }
        if hasSavepoints { try database.run("RELEASE member") }
      }
      if let scope { try write(scope, database, now: now) }
      try statistics.measure(writes: done.count) { try database.run("COMMIT") }
    } catch {
      rollback(database)
      return .failed
    }
    for (index, one) in done.enumerated() {
      settle(one, before: index + 1 < done.count ? done[index + 1] : nil)
    }
    for one in refused { one.member.refuse(one.error) }
    return .settled
  }

  /// Something failed that leaves nothing of the transaction, whatever the closure made of it.
  private struct WholeFailure: Error { let cause: StoreError }

  /// A member failed, and no other with it.
  private struct Failure: Error {
    let cause: any Error
    let hasWritten: Bool
  }

  /// - Parameter shared: the scope of all members, written at their end; nil where each has its own.
  private func perform(
    _ member: Member, _ database: Database, now: Int64, _ shared: CommitScope?
  ) throws -> Done {
    let scope = shared ?? CommitScope()
    let transaction = Transaction(
      database, now: now, isReadOnly: false, running: member.running, origin: member.origin,
      scope: scope)
    defer { transaction.end() }
    let answer: @Sendable () -> Void
    do {
      answer = try member.perform(transaction)
      if shared == nil { try scope.write(transaction) }
    } catch {
      if let cause = transaction.failure { throw WholeFailure(cause: cause) }
      throw Failure(cause: error, hasWritten: transaction.hasWritten)
    }
    if let cause = transaction.failure { throw WholeFailure(cause: cause) }
    return Done(transaction: transaction, answer: answer)
  }

  private func write(_ scope: CommitScope, _ database: Database, now: Int64) throws(StoreError) {
    let transaction = Transaction(
      database, now: now, isReadOnly: false, running: nil, scope: scope)
    defer { transaction.end() }
    try scope.write(transaction)
  }

  private static func cause(of error: any Error) -> any Error {
    switch error {
    case let error as WholeFailure: error.cause
    case let error as Failure: error.cause
    default: error
    }
  }

  /// - Parameter next: who is settled after it.
  private func settle(_ done: Done, before next: Done? = nil) {
    if done.transaction.settlesRunning { done.transaction.running?.settle() }
    let changes = done.transaction.changes
    // Many that schedule the same intent tell of it once.
    let isRepeated = next.map { Self.schedules($0.transaction.changes, sameAs: changes) } ?? false
    if !changes.isEmpty && !isRepeated { committed(changes) }
    done.answer()
  }

  private static func schedules(_ changes: [IntentChange], sameAs earlier: [IntentChange]) -> Bool {
    guard changes.count == 1, earlier.count == 1, case .scheduled(let intent) = changes[0],
      case .scheduled(let before) = earlier[0]
    else { return false }
    return intent.kind == before.kind && intent.subject == before.subject
  }

  private func rollback(_ database: Database) {
    if database.isInsideTransaction { _ = try? database.run("ROLLBACK") }
  }
}
