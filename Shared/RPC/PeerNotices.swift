import Logging
import NIOCore
import Synchronization

/// Lines in the log about peers that were sent away: one a second of each kind, with the number of
/// those before it that were not told, so that nobody can fill the log.
final class PeerNotices: Sendable {
  private struct State {
    var quietUntil = NIODeadline.now()
    var untold = 0

    /// How many were not told before this one; nil when this one is not told either.
    mutating func tell(_ now: NIODeadline) -> Int? {
      guard now >= quietUntil else {
        untold += 1
        return nil
      }
      quietUntil = now + .seconds(1)
      defer { untold = 0 }
      return untold
    }
  }

  private let logger: Logger
  private let cutOffs = Mutex(State())
  private let refusals = Mutex(State())
  private let strangers = Mutex(State())
  private let handshakes = Mutex(State())

  init(logger: Logger) { self.logger = logger }

  func cutOff(_ peer: Peer, _ reason: String) {
    guard let untold = cutOffs.withLock({ $0.tell(.now()) }) else { return }
    logger.warning(
      "peer cut off",
      metadata: [
        "peer": "\(peer.identity)", "reason": .string(reason), "untold": "\(untold)",
      ])
  }

  func turnedAway(_ peer: Peer, _ connectionsMax: Int) {
    guard let untold = refusals.withLock({ $0.tell(.now()) }) else { return }
    logger.warning(
      "too many connections; one more refused",
      metadata: [
        "peer": "\(peer.identity)", "limit": "\(connectionsMax)", "untold": "\(untold)",
      ])
  }

  func stranger(_ identity: Peer.Identity) {
    guard let untold = strangers.withLock({ $0.tell(.now()) }) else { return }
    logger.warning(
      "peer without a role refused", metadata: ["peer": "\(identity)", "untold": "\(untold)"])
  }

  func handshakeFailed(_ address: String, _ reason: String) {
    guard let untold = handshakes.withLock({ $0.tell(.now()) }) else { return }
    logger.warning(
      "TLS handshake failed",
      metadata: [
        "peer": .string(address), "reason": .string(reason), "untold": "\(untold)",
      ])
  }
}
