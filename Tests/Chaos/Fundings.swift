import Contract
import Synchronization

/// Top-ups that people have begun, each with the withdrawal that follows it.
final class Fundings: Sendable {
  private struct State {
    var known: Set<String> = []
    var open: [RecordFundingRequest] = []
  }

  private static let cents: Int64 = 10_000
  private let state = Mutex(State())

  /// What is not recorded yet, in order.
  var open: [RecordFundingRequest] { state.withLock(\.open) }

  /// Answers whether it is new.
  func plan(_ name: String) -> Bool {
    state.withLock { state in
      guard state.known.insert(name).inserted else { return false }
      state.open += [FundingDirection.topUp, .withdrawal].map { direction in
        RecordFundingRequest(
          fundingID: "\(name)-\(direction.rawValue)", environment: .sandbox,
          direction: direction, amount: .init(minorUnits: Self.cents, currency: "USD"),
          occurredAt: .init(milliseconds: 1_790_000_000_000))
      }
      return true
    }
  }

  func isRecorded(_ request: RecordFundingRequest) {
    state.withLock { $0.open.removeAll { $0 == request } }
  }
}
