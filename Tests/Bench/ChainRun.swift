import Contract
import RPC
import Support
import Synchronization

/// One run: a number of orders, so many in flight.
struct ChainRun {
  struct Result {
    let ordersPerSecond: Double
    let latencyMilliseconds: [Double]
  }

  let shop: Shop
  let prefix: String
  let count: Int
  let lanes: Int

  /// Checks all orders out first, then measures from capture to both payouts submitted.
  @discardableResult
  func measure() async throws -> Result {
    try await inLanes(max(lanes, 16)) { try await shop.checkout($0) }
    let latencies = Mutex<[Double]>([])
    let begin = ContinuousClock.now
    try await inLanes(lanes) { orderID in
      let start = ContinuousClock.now
      try await shop.capture(orderID)
      try await payoutsSubmitted(orderID)
      let took = (ContinuousClock.now - start) / .milliseconds(1)
      latencies.withLock { $0.append(took) }
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    return Result(
      ordersPerSecond: Double(count) / seconds, latencyMilliseconds: latencies.withLock { $0 })
  }

  private func payoutsSubmitted(_ orderID: String) async throws {
    let submitted: [PayoutState] = [.submitted, .paid]
    _ = try await eventually(
      "payouts of \(orderID)", every: .milliseconds(lanes == 1 ? 1 : lanes < 16 ? 4 : 20)
    ) {
      let payouts = try await shop.payouts(orderID)
      let isDone = payouts.count == 2 && payouts.allSatisfy { submitted.contains($0.state) }
      return isDone ? true : nil
    }
  }

  private func inLanes(_ lanes: Int, _ body: @escaping @Sendable (String) async throws -> Void)
    async throws
  {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<lanes {
        group.addTask {
          for number in stride(from: lane, to: count, by: lanes) {
            try await body("\(prefix)-\(number)")
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
