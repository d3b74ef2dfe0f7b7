import Synchronization

/// Wakes the runner when the next row is due.
///
/// **Invariant:** while a time is set that has not come, a task waits for it, however far it is.
struct IntentTimer {
  /// Rows that are due shortly after one another are found by one look.
  private static let shortest = Duration.milliseconds(5)

  /// One wait for one time.
  private final class Alarm: Sendable {
    let dueAt: Int64
    let isOver = Atomic(false)

    init(dueAt: Int64) { self.dueAt = dueAt }

    /// The clock may be set, so it is looked at between sleeps that are not longer than this.
    func wait(_ longest: Duration) async throws {
      var left = Duration.milliseconds(dueAt - WallClock.milliseconds())
      repeat {
        try await Task.sleep(for: min(max(left, IntentTimer.shortest), longest))
        left = .milliseconds(dueAt - WallClock.milliseconds())
      } while left > .zero
    }
  }

  let wake: AsyncStream<Void>.Continuation
  /// The longest sleep.
  var longest = Duration.seconds(30)
  private var alarm: Alarm?
  private var task: Task<Void, Never>?

  init(wake: AsyncStream<Void>.Continuation) { self.wake = wake }

  /// Sets the time to wake at; nil for none.
  mutating func arm(for next: Int64?) {
    if let alarm, alarm.dueAt == next, !alarm.isOver.load(ordering: .acquiring) { return }
    task?.cancel()
    (alarm, task) = (nil, nil)
    guard let next else { return }
    let alarm = Alarm(dueAt: next)
    self.alarm = alarm
    task = Task { [wake, longest] in
      do { try await alarm.wait(longest) } catch { return }
      alarm.isOver.store(true, ordering: .releasing)
      wake.yield()
    }
  }

  mutating func disarm() { arm(for: nil) }
}
