import Synchronization

/// How often one client may ask: a person by who he is, anybody else by where he comes from.
///
/// Each client has a bucket of `burst` requests that fills by `perSecond`. What is kept of it is the
/// time at which it will be full again.
final class RateLimits: Sendable {
  /// Clients that are remembered. Above it those whose bucket is full again are forgotten, and
  /// where that is not enough all are.
  static let clientsMax = 20_000

  private let interval: Duration
  private let burst: Duration
  private let fullAgain = Mutex<[String: ContinuousClock.Instant]>([:])

  init(perSecond: Int, burst: Int) {
    interval = .nanoseconds(1_000_000_000 / Int64(max(1, perSecond)))
    self.burst = interval * max(1, burst)
  }

  /// Takes one request of a client.
  ///
  /// - Throws: when its bucket is empty, with the whole seconds after which it has one again.
  func take(_ client: String, now: ContinuousClock.Instant = .now) throws(DoorError) {
    let wait: Duration? = fullAgain.withLock { clients in
      if clients.count >= Self.clientsMax { Self.forget(&clients, now) }
      let next = max(clients[client] ?? now, now) + interval
      let excess = now.duration(to: next) - burst
      guard excess > .zero else {
        clients[client] = next
        return nil
      }
      return excess
    }
    if let wait {
      throw .tooManyRequests(retryAfterSeconds: Int(wait.components.seconds) + 1)
    }
  }

  private static func forget(
    _ clients: inout [String: ContinuousClock.Instant], _ now: ContinuousClock.Instant
  ) {
    clients = clients.filter { $0.value > now }
    if clients.count >= clientsMax { clients = [:] }
  }
}
