import Contract
import Foundation
import RPC
import Support
import Testing

/// Limits of the supplier, and what gathers while something is away, over real processes.
@Suite(.serialized) struct BacklogTests {
  @Test func `a long ban holds over a restart, and ends the orders that it would delay too long`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.fault(
        "aliexpress.appApiCallLimit", times: 1, match: "aliexpress.ds.order.create",
        extra: ["seconds": 14_229])
      func refused(_ orderID: String) async throws -> Purchase {
        try await shop.sell(orderID)
        let order = try await eventually("\(orderID) is refused") {
          let order = try await shop.order(orderID)
          return order.state == .needsAttention ? order : nil
        }
        #expect(order.waiting?.reason?.code == "BAN_TOO_LONG")
        #expect(order.waiting?.allowedActions.contains(.retry) == true)
        return try await cluster.purchasing.getPurchase(
          .init(orderID: orderID), options: Shop.asOperator)
      }
      #expect(try await refused("banned-1").attempts.map(\.outcome) == [.refused])
      await cluster.kill(.purchasing)
      try await cluster.start(.purchasing)
      // The supplier would take it now: only the row keeps the next one back.
      let next = try await refused("banned-2")
      #expect(next.attempts.isEmpty && next.reason?.text.contains("3 h 5") == true)
      #expect(try await cluster.sandbox.truth().aliexpress.orders.isEmpty)
    }
  }

  @Test func `what gathered during an outage goes out bit by bit, each once`() async throws {
    let environment = ["DROPWIRE_PURCHASES_PER_SECOND": "20"]
    try await Cluster.with(environment: environment, start: [.ledger, .orders]) { cluster in
      try await cluster.start(.purchasing)
      let shop = try await Shop(in: cluster)
      await cluster.stop(.purchasing)
      let names = (0..<80).map { "backlog-\($0)" }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<8 {
          group.addTask {
            for index in stride(from: lane, to: names.count, by: 8) {
              try await shop.sell(names[index])
            }
          }
        }
        try await group.waitForAll()
      }
      let begin = ContinuousClock.now
      try await cluster.start(.purchasing)
      for name in names { try await shop.finished(name) }
      // A second's worth at once, and the others evenly.
      #expect(ContinuousClock.now - begin >= .seconds(80 / 20 - 1))
      let truth = try await cluster.sandbox.truth(order: "backlog-")
      for name in names { shop.expectOnce(name, truth: truth) }
    }
  }
}
