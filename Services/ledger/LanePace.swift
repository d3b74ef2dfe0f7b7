import Synchronization

/// Keeps two looks at a lane apart.
///
/// The first look at a lane comes at once. Those that follow at its heels wait a little, so that sales
/// in quick succession share a look, and its commit, instead of having one each.
final class LanePace: Sendable {
  /// Shorter than what PayPal takes for any answer, and longer than some commits.
  static let pause = Duration.milliseconds(20)

  private let lastLooks = Mutex<[PayoutLane: ContinuousClock.Instant]>([:])

  /// Waits for the lane's turn.
  func turn(of lane: PayoutLane) async throws {
    if let next = nextLook(at: lane), next > .now { try await Task.sleep(until: next) }
    lastLooks.withLock { $0[lane] = .now }
  }

  /// When a lane may be looked at again; nil for at once.
  func nextLook(at lane: PayoutLane) -> ContinuousClock.Instant? {
    lastLooks.withLock { $0[lane] }.map { $0 + Self.pause }
  }
}
