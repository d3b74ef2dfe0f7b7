/// Wakes the runner when the next row is due.
struct IntentTimer {
  /// Rows that are due shortly after one another are found by one look.
  private static let shortest = Duration.milliseconds(5)
  /// The clock may be set, so no sleep is longer than this.
  private static let longest = Duration.seconds(30)

  let wake: AsyncStream<Void>.Continuation
  private var dueAt: Int64?
  private var task: Task<Void, Never>?

  init(wake: AsyncStream<Void>.Continuation) { self.wake = wake }

  /// Sets the time to wake at; nil for none.
  mutating func arm(for next: Int64?) {
    let now = WallClock.milliseconds()
    if let dueAt, dueAt > now, next == dueAt { return }
    task?.cancel()
    (dueAt, task) = (next, nil)
    guard let next else { return }
    let pause = min(max(.milliseconds(next - now), Self.shortest), Self.longest)
    task = Task { [wake] in
      do { try await Task.sleep(for: pause) } catch { return }
      wake.yield()
    }
  }

  mutating func disarm() { arm(for: nil) }
}
