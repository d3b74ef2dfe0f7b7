import Contract
import RPC
import Support

/// One run of purchases: a number of orders, so many in flight. Gives the milliseconds of each.
struct PurchaseRun {
  struct Unfinished: Error, CustomStringConvertible {
    let description: String
  }

  private static let options = CallOptions(timeout: .seconds(60)).acting("system")

  let prefix: String
  let count: Int
  let lanes: Int

  /// From the call to the answer that it is bought and paid.
  func throughService(_ cluster: Cluster) async throws -> [Double] {
    try await inLanes { number in
      let purchase = try await cluster.purchasing.placePurchase(
        .init(
          orderID: "\(prefix)-\(number)", userID: Shop.reseller, environment: .sandbox,
          productURL: "https://www.aliexpress.com/item/\(BareSupplier.productID).html",
          skuID: BareSupplier.skuID, quantity: 1, shipTo: Shop.address,
          costCeiling: .init(minorUnits: 1900, currency: "USD"), generation: 1),
        options: Self.options)
      guard purchase.state == .purchased else {
        throw Unfinished(
          description: "\(purchase.orderID) is \(purchase.state.shortName) "
            + "\(purchase.reason?.code ?? "")")
      }
    }
  }

  /// The calls that a purchase makes to the supplier, and nothing else.
  func bare(_ sandboxURL: String) async throws -> [Double] {
    let supplier = BareSupplier(url: "\(sandboxURL)/aliexpress/sync")
    return try await inLanes { number in try await supplier.buy("\(prefix)-bare-\(number)-p1") }
  }

  private func inLanes(_ body: @escaping @Sendable (Int) async throws -> Void) async throws
    -> [Double]
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
