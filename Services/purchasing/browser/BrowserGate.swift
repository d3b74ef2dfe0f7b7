import Contract
import Synchronization

/// Lets one at a time work in an account, and so many in all, in the order in which they came.
final class BrowserGate: Sendable {
  /// Most that wait for one account; whoever comes later is sent away and comes again.
  static let waitersMax = 16

  private struct Waiter {
    let number: Int
    let environment: Contract.Environment
    let start: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var busy: Set<Contract.Environment> = []
    var waiters: [Waiter] = []
    var number = 0
  }

  private let placesMax: Int
  private let waitersMax: Int
  private let state = Mutex(State())

  init(placesMax: Int, waitersMax: Int = waitersMax) {
    self.placesMax = placesMax
    self.waitersMax = waitersMax
  }

  /// Runs a body when it is its turn.
  ///
  /// - Returns: nil, without running it, when too many wait or the task is cancelled.
  func inTurn<Value>(
    _ environment: Contract.Environment, _ body: () async throws -> Value
  ) async rethrows -> Value? {
    guard await enter(environment) else { return nil }
    defer { leave(environment) }
    return try await body()
  }

  private func enter(_ environment: Contract.Environment) async -> Bool {
    let number = state.withLock { state in
      state.number += 1
      return state.number
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { start in
        let isDecided: Bool? = state.withLock { state in
          let before = Self.waiting(for: environment, state)
          if Task.isCancelled { return false }
          if before == 0, isFree(environment, state) {
            state.busy.insert(environment)
            return true
          }
          if before >= waitersMax { return false }
          state.waiters.append(Waiter(number: number, environment: environment, start: start))
          return nil
        }
        if let isDecided { start.resume(returning: isDecided) }
        admit()
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard let index = state.waiters.firstIndex(where: { $0.number == number }) else {
          return nil
        }
        return state.waiters.remove(at: index)
      }
      waiter?.start.resume(returning: false)
    }
  }

  /// How many wait for an account.
  func waiting(for environment: Contract.Environment) -> Int {
    state.withLock { Self.waiting(for: environment, $0) }
  }

  private static func waiting(for environment: Contract.Environment, _ state: State) -> Int {
    state.waiters.count { $0.environment == environment }
  }

  private func isFree(_ environment: Contract.Environment, _ state: State) -> Bool {
    !state.busy.contains(environment) && state.busy.count < placesMax
  }

  private func leave(_ environment: Contract.Environment) {
    state.withLock { _ = $0.busy.remove(environment) }
    admit()
  }

  /// Starts those who wait and may.
  private func admit() {
    let started = state.withLock { state in
      var started: [Waiter] = []
      while let index = state.waiters.firstIndex(where: { isFree($0.environment, state) }) {
        let waiter = state.waiters.remove(at: index)
        state.busy.insert(waiter.environment)
        started.append(waiter)
      }
      return started
    }
    for waiter in started { waiter.start.resume(returning: true) }
  }
}
