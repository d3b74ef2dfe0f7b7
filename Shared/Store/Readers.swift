import GRDB
import Synchronization

/// The connections that read, each with one job at a time; jobs beyond them wait in line.
///
/// **Invariant:** a job sees one moment of the database, while writes go on beside it.
final class Readers: Sendable {
  /// Reads at once. More than processors would only wait for one another.
  static let count = 4
  /// Jobs that wait; more are refused at once.
  static let waitingMax = 10_000

  /// Gets an error when there is no connection for it: too many wait, or all is closed.
  typealias Job = @Sendable (Result<Database, StoreError>) -> Void

  private struct State {
    var idle: [DatabaseQueue]
    var waiting = Fifo<Job>()
    var isClosed = false
  }

  private let state: Mutex<State>

  init(_ queues: [DatabaseQueue]) { state = Mutex(State(idle: queues)) }

  func submit(_ job: @escaping Job) {
    enum Verdict { case start(DatabaseQueue), wait, refuse(String) }
    let verdict: Verdict = state.withLock { state in
      if state.isClosed { return .refuse("it is closed") }
      if let queue = state.idle.popLast() { return .start(queue) }
      if state.waiting.count >= Self.waitingMax {
        return .refuse("\(Self.waitingMax) reads are waiting already")
      }
      state.waiting.append(job)
      return .wait
    }
    switch verdict {
    case .start(let queue): start(job, on: queue)
    case .wait: break
    case .refuse(let text): job(.failure(.unavailable(text)))
    }
  }

  /// Refuses what waits and all that comes; jobs under way end first.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      return state.waiting.popFirst(.max)
    }
    for job in waiting { job(.failure(.unavailable("it is closed"))) }
  }

  private func start(_ job: @escaping Job, on queue: DatabaseQueue) {
    queue.asyncWriteWithoutTransaction { database in
      job(.success(database))
      let next = self.state.withLock { state in
        let next = state.waiting.popFirst()
        if next == nil { state.idle.append(queue) }
        return next
      }
      if let next { self.start(next, on: queue) }
    }
  }
}
