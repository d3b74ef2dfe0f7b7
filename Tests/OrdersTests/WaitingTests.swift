import Contract
import RPC
import Store
import Support
import Testing

@testable import Orders

/// The orders that a person must look at.
struct WaitingTests {
  private typealias Page = OrdersUnderTest

  private func waiting(_ orders: OrdersUnderTest, _ request: ListWaitingRequest = .init())
    async throws -> [String]
  {
    try await orders.client.listWaiting(request, options: Page.asOperator).orders.map(\.orderID)
  }

  /// Makes an order as old as if it had not moved for two hours.
  private func age(_ orderID: String, _ orders: OrdersUnderTest) async throws {
    try await orders.store.write { transaction in
      let then = SQLValue.integer(transaction.now - 7_200_000)
      try transaction.run(
        "UPDATE buyerOrder SET updatedAt = $1 WHERE orderID = $2", [then, .text(orderID)])
      try transaction.run(
        "UPDATE orderWait SET since = $1 WHERE orderID = $2", [then, .text(orderID)])
    }
  }

  @Test func `who needs a person is listed at once, and what lags after an hour, oldest first`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      for id in ["well", "refused", "unpaid"] { try await orders.checkout(id) }
      try await orders.capture("well")
      try await orders.finished("well")
      #expect(try await waiting(orders).isEmpty)
      orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
      try await orders.capture("refused")
      try await orders.wait(for: "refused", .needsAttention)
      try await age("unpaid", orders)
      #expect(try await waiting(orders) == ["refused"])

      orders.purchasing.script(.purchase(.placing, nextAt: 4_000_000_000_000))
      try await orders.checkout("slow")
      try await orders.capture("slow")
      try await orders.wait(for: "slow", .purchasing)
      #expect(try await waiting(orders) == ["refused"])
      try await age("slow", orders)
      #expect(try await waiting(orders) == ["slow", "refused"])
      #expect(
        try await waiting(orders, .init(longerThanSeconds: 86_400)) == ["refused"])
      let first = try await orders.client.listWaiting(
        .init(userID: 42, environment: .sandbox, pageSize: 1), options: Page.asOperator)
      #expect(first.orders.map(\.orderID) == ["slow"] && first.hasMore)
      #expect(try await waiting(orders, .init(environment: .production)).isEmpty)
    }
  }

  @Test func `a reseller sees his own, and wrong fields are named`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.purchasing.script(.purchase(.refused, reason: "OUT_OF_STOCK"))
      try await orders.checkout("refused")
      try await orders.capture("refused")
      try await orders.wait(for: "refused", .needsAttention)
      for (reseller, count) in [("reseller:42", 1), ("reseller:43", 0)] {
        let options = CallOptions(timeout: .seconds(20)).acting(reseller)
        #expect(
          try await orders.client.listWaiting(.init(), options: options).orders.count == count)
      }
      await orders.expectRefused(
        .invalidArgument, fields: ["longer_than_seconds", "page_size"]
      ) { _ = try await waiting(orders, .init(longerThanSeconds: -1, pageSize: 501)) }
    }
  }

  @Test func `orders are listed by the world that they belong to`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      for (environment, count) in [(Contract.Environment.sandbox, 1), (.production, 0)] {
        let answer = try await orders.client.listOrders(
          .init(environment: environment), options: Page.asOperator)
        #expect(answer.orders.count == count)
      }
    }
  }
}
