import Contract
import RPC
import Support

/// One run of sales: a number of orders, so many callers.
struct SaleRun {
  let ledger: LedgerClient
  let prefix: String
  let count: Int
  let lanes: Int
  let resellers: Int

  private static let capturedAt = Timestamp(milliseconds: 1_790_000_000_000)
  private static let options = Shop.asOperator

  /// Books the captures, which a sale needs.
  func capture() async throws {
    _ = try await inLanes(256) { number in
      _ = try await ledger.recordCapture(
        .init(
          orderID: "\(prefix)-\(number)", userID: user(number), environment: .sandbox,
          price: Self.dollars(2000), paymentFee: Self.dollars(88),
          captureID: "capture-\(prefix)-\(number)", occurredAt: Self.capturedAt),
        options: Self.options)
    }
  }

  /// Books the sales; how long it took, and each call.
  func sell() async throws -> (seconds: Double, milliseconds: [Double]) {
    let begin = ContinuousClock.now
    let latencies = try await inLanes(lanes) { number in
      _ = try await ledger.recordSale(
        .init(
          orderID: "\(prefix)-\(number)", userID: user(number), environment: .sandbox,
          price: Self.dollars(2000), landedCost: Self.dollars(800), paymentFee: Self.dollars(88),
          fundedBy: "reseller",
          productURL: "https://www.aliexpress.com/item/1005006104579280.html",
          marketplace: "aliexpress", occurredAt: Self.capturedAt), options: Self.options)
    }
    return ((ContinuousClock.now - begin) / .seconds(1), latencies)
  }

  private func user(_ number: Int) -> Int64 { Int64(number % resellers) + 1 }

  private static func dollars(_ cents: Int64) -> Contract.Money {
    .init(minorUnits: cents, currency: "USD")
  }

  private func inLanes(_ lanes: Int, _ body: @escaping @Sendable (Int) async throws -> Void)
    async throws -> [Double]
  {
    try await withThrowingTaskGroup(of: [Double].self) { group in
      for lane in 0..<lanes {
        group.addTask {
          var milliseconds: [Double] = []
          for number in stride(from: lane, to: count, by: lanes) {
            let start = ContinuousClock.now
            try await body(number)
            milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
          }
          return milliseconds
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }
}
