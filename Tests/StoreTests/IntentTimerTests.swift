import Testing

@testable import Store

/// When the runner is woken for rows that are due later.
@Suite struct IntentTimerTests {
  /// Waits as the runner does: after every wake the timer is set to what is due next.
  private func wait(for dueAt: Int64, longest: Duration) async {
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    var timer = IntentTimer(wake: wake)
    timer.longest = longest
    timer.arm(for: dueAt)
    defer { timer.disarm() }
    for await _ in wakes {
      if WallClock.milliseconds() >= dueAt { return }
      timer.arm(for: dueAt)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a row that is due later than the longest sleep wakes the runner all the same`() async {
    let dueAt = WallClock.milliseconds() + 150
    await wait(for: dueAt, longest: .milliseconds(20))
    #expect(WallClock.milliseconds() >= dueAt)
  }

  @Test(.timeLimit(.minutes(1)))
  func `the same time is waited for anew once its alarm is over`() async {
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    var timer = IntentTimer(wake: wake)
    var woken = wakes.makeAsyncIterator()
    let past = WallClock.milliseconds() - 1000
    for _ in 0..<3 {
      timer.arm(for: past)
      #expect(await woken.next() != nil)
    }
    timer.disarm()
  }
}
