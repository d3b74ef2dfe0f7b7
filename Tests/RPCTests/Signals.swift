import RPC
import Synchronization

/// Something that happens once; tests wait for it, within the time limit of their suite.
final class Event: Sendable {
  private struct State {
    var hasFired = false
    var nextID = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  var hasFired: Bool { state.withLock(\.hasFired) }

  func fire() {
    let waiting = state.withLock { state in
      state.hasFired = true
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for waiter in waiting { waiter.resume() }
  }

  /// Returns when it has happened, or its task was cancelled.
  func wait() async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.hasFired || Task.isCancelled { return true }
          state.waiting[id] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
    }
  }
}

/// Counts, and knows the highest count there was.
final class Counter: Sendable {
  private let value = Mutex((now: 0, peak: 0))

  @discardableResult
  func add(_ count: Int = 1) -> Int {
    value.withLock { value in
      value.now += count
      value.peak = max(value.peak, value.now)
      return value.now
    }
  }

  /// Returns when the count has been that high.
  func wait(for count: Int) async {
    while peak < count { await Task.yield() }
  }

  var now: Int { value.withLock(\.now) }
  var peak: Int { value.withLock(\.peak) }
}

/// A method that runs until it is cancelled.
func endless(started: Event = Event(), cancelled: Event = Event()) -> MethodImplementation {
  .unary { request, _ in
    started.fire()
    do {
      try await Task.sleep(for: .seconds(600))
    } catch {
      cancelled.fire()
      throw error
    }
    return request
  }
}

/// Timeouts for a call that must have begun before it runs out of time: on a busy machine the
/// short ones may be too short.
let growingTimeouts = [0.03, 0.3, 3, 30].map { Duration.seconds($0) }
