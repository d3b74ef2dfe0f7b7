import Synchronization

/// The intent whose handler runs in this task; the transactions of that task know it.
final class RunningIntent: Sendable {
  @TaskLocal static var current: RunningIntent?

  let intent: Intent
  private let settled = Atomic(false)

  init(_ intent: Intent) { self.intent = intent }

  /// Whether a committed transaction of the handler said what becomes of the intent.
  var isSettled: Bool { settled.load(ordering: .acquiring) }

  func settle() { settled.store(true, ordering: .releasing) }

  func isFor(_ kind: String, _ subject: String) -> Bool {
    intent.kind == kind && intent.subject == subject
  }
}
