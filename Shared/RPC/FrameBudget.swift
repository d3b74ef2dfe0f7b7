import NIOCore

/// What a peer may send besides calls: pings, settings, priorities, empty frames, resets of calls
/// that had time left, and frames that are wrong. Each costs one. Each DATA frame sent to the peer
/// earns one, because it is what an honest peer comes for, and so does the time that passes.
///
/// **Invariant:** a peer that takes no answers has no more than `full` at once and `perSecond` after
/// that; whoever spends more is cut off.
struct FrameBudget {
  /// Enough for the cancellation of every open stream, four times over.
  static let full = 1000
  /// Far above any client's keepalive, and cheap to serve.
  static let perSecond = 100

  private var left = Self.full
  private var refilledAt = NIODeadline.now()

  mutating func earn() {
    if left < Self.full { left += 1 }
  }

  /// Pays for one frame; false when there is nothing left to pay with. The clock is read only when
  /// the budget is spent.
  mutating func spend(now: @autoclosure () -> NIODeadline = .now()) -> Bool {
    if left == 0 { refill(now()) }
    guard left > 0 else { return false }
    left -= 1
    return true
  }

  private mutating func refill(_ now: NIODeadline) {
    let earned = (now - refilledAt).nanoseconds / (1_000_000_000 / Int64(Self.perSecond))
    guard earned > 0 else { return }
    left = min(Self.full, Int(earned))
    refilledAt = now
  }
}
