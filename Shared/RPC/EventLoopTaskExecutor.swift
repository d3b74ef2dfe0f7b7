import NIOCore
import Synchronization

/// Runs tasks on a connection's event loop, which saves the hop to another thread and back (15 us
/// when idle, 4 to 8 us of CPU under load). Such tasks do not block: they wait for the store and for
/// other services.
///
/// **Invariant:** a job runs on the event loop, after those that came to the same side before it.
/// Jobs that come while the connection reads run in that read's tick, before its flush, so that
/// their answers leave together.
///
/// `@unchecked Sendable`: `jobs`, `isDue` and `isHeld` are touched on the event loop alone.
final class EventLoopTaskExecutor: TaskExecutor, @unchecked Sendable {
  /// Jobs in one tick; after these the loop's other work has its turn. The loop looks at its sockets
  /// only when nothing is left to run at once, so the rest waits a little.
  private static let jobsMax = 256
  private static let turn = TimeAmount.microseconds(50)
  /// Jobs between two flushes: half of what waits, since a flush costs a system call at both ends.
  private static let partMax = 8

  let eventLoop: any EventLoop
  private var jobs = CircularBuffer<UnownedJob>(initialCapacity: 16)
  private var isDue = false
  /// Somebody on the event loop calls `run` soon.
  private var isHeld = false
  private let arrivals = Mutex<[UnownedJob]>([])

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if eventLoop.inEventLoop {
      jobs.append(job)
      if !isHeld { runLater() }
      return
    }
    let isFirst = arrivals.withLock { arrivals in
      arrivals.append(job)
      return arrivals.count == 1
    }
    if isFirst { eventLoop.execute { self.takeArrivals() } }
  }

  /// Keeps what comes for a `run` that the caller promises.
  func hold() { isHeld = true }

  /// Nobody calls `run` after all.
  func letGo() {
    guard isHeld else { return }
    isHeld = false
    if !jobs.isEmpty { runLater() }
  }

  /// Runs what has come, on the event loop.
  ///
  /// - Parameter between: called after every few jobs, to send what they made: the other end works
  ///   on it while the rest runs here, instead of both waiting for each other in turn.
  func run(_ between: () -> Void = {}) {
    isHeld = true
    var left = Self.jobsMax
    var due = Self.part(of: jobs.count)
    while left > 0, let job = jobs.popFirst() {
      job.runSynchronously(on: asUnownedTaskExecutor())
      left -= 1
      due -= 1
      if due == 0, !jobs.isEmpty {
        between()
        due = Self.part(of: jobs.count)
      }
    }
    isHeld = false
    guard !jobs.isEmpty, !isDue else { return }
    isDue = true
    eventLoop.scheduleTask(in: Self.turn) { self.runDue() }
  }

  private static func part(of count: Int) -> Int { max(1, min(partMax, count / 2)) }

  private func runLater() {
    guard !isDue else { return }
    isDue = true
    eventLoop.execute { self.runDue() }
  }

  private func runDue() {
    isDue = false
    run()
  }

  private func takeArrivals() {
    let arrived = arrivals.withLock { arrivals in
      defer { arrivals = [] }
      return arrivals
    }
    jobs.append(contentsOf: arrived)
    run()
  }
}
