import Synchronization

/// Keeps repeats a small part of the traffic, so that a sick service is not buried under them:
/// each repeat costs one token, each success gives a tenth back, and below half there are none.
/// Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs
final class RetryBudget: Sendable {
  private static let full = 100
  private static let repeatCost = 10
  private static let successGain = 1

  private let tokens = Mutex(full)

  func succeeded() {
    tokens.withLock { $0 = min(Self.full, $0 + Self.successGain) }
  }

  /// Takes a token; false when too few are left.
  func takeRepeat() -> Bool {
    tokens.withLock { tokens in
      guard tokens > Self.full / 2 else { return false }
      tokens -= Self.repeatCost
      return true
    }
  }
}
