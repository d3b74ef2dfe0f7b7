import Synchronization

/// Tells the runner of a store what each commit changed about intents, in the order of the commits.
final class IntentRelay: Sendable {
  typealias Listener = @Sendable ([IntentChange]) -> Void

  private let listener = Mutex<Listener?>(nil)

  func attach(_ listener: @escaping Listener) {
    self.listener.withLock {
      precondition($0 == nil, "a store has one runner at a time")
      $0 = listener
    }
  }

  func detach() { listener.withLock { $0 = nil } }

  func tell(_ changes: [IntentChange]) { listener.withLock(\.self)?(changes) }
}
