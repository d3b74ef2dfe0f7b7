import Contract
import Foundation
import RPC
import Support
import Testing

/// Money that goes back to buyers, over real processes: once, whatever is lost and whoever dies.
@Suite(.serialized) struct RefundTests {
  /// A listing whose goods the supplier does not have.
  private static func open(_ cluster: Cluster) async throws -> Shop {
    let shop = try await Shop(in: cluster)
    _ = try await cluster.orders.putListing(
      Shop.mug("gone", sku: "12000000000000002"), options: Shop.asOperator)
    return shop
  }

  /// Sells what the supplier refuses, and waits until it needs a person.
  private static func sellRefused(_ shop: Shop, _ orderID: String) async throws {
    try await shop.sell(orderID, listing: "gone")
    _ = try await eventually("\(orderID) needs a person") {
      try await shop.order(orderID).state == .needsAttention ? true : nil
    }
  }

  /// Asks for the end of an order until an answer comes, whatever dies in between.
  private static func cancel(_ shop: Shop, _ orderID: String) async throws {
    _ = try await eventually("\(orderID) is cancelled", within: .seconds(60)) { () -> Bool? in
      do {
        _ = try await shop.cluster.orders.cancelOrder(
          .init(orderID: orderID, reason: "the buyer asked"), options: Shop.asOperator)
        return true
      } catch let error as RPCError where error.mayBeTriedAgain {
        return nil
      }
    }
  }

  private static func expectBack(_ shop: Shop, _ orderID: String, _ cents: Int64 = 2000)
    async throws
  {
    let order = try await eventually("\(orderID) is paid back and booked", within: .seconds(60)) {
      let order = try? await shop.order(orderID)
      return order?.state == .refunded && order?.isRefundBooked == true ? order : nil
    }
    #expect(order.refundedAmount?.minorUnits == cents && order.waiting == nil)
    let truth = try await shop.cluster.sandbox.truth(order: orderID)
    #expect(truth.paypal.refunds.count == 1, "refunds of \(orderID)")
    #expect(truth.paypal.refunds.first?.status == "COMPLETED")
    #expect(truth.paypal.captures.map(\.status) == ["REFUNDED"])
    #expect(truth.aliexpress.orders.isEmpty)
  }

  @Test func `killed at each step of a refund and restarted, orders gives the money back once`()
    async throws
  {
    let steps = try CrashTests.steps(of: .orders).filter { $0.hasPrefix("orders.refund") }
    #expect(steps.count == 5)
    try await Cluster.with { cluster in
      let shop = try await Self.open(cluster)
      for (index, step) in steps.enumerated() {
        await cluster.stop(.orders)
        let program = try await cluster.start(.orders, environment: ["DROPWIRE_CRASH_AT": step])
        let orderID = "killed-\(index)"
        try await Self.sellRefused(shop, orderID)
        async let cancelled: Void = Self.cancel(shop, orderID)
        let exit = await program.waitForExit()
        #expect(exit == Program.Exit(status: SIGKILL, bySignal: true), "\(step) was reached")
        try await cluster.start(.orders)
        try await cancelled
        try await Self.expectBack(shop, orderID)
      }
      try await shop.expectBalanced()
    }
  }

  @Test func `whatever PayPal's answer becomes, the money goes back once`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Self.open(cluster)
      let faults = [
        "paypal.refundAnswerLost", "paypal.refund5xx", "paypal.refund5xxBefore",
        "paypal.answerCut", "paypal.requestInProgress", "paypal.rateLimit",
      ]
      for (index, fault) in faults.enumerated() {
        let orderID = "faulty-\(index)"
        try await Self.sellRefused(shop, orderID)
        try await cluster.sandbox.fault(fault, match: orderID)
        try await Self.cancel(shop, orderID)
        try await Self.expectBack(shop, orderID)
      }
      try await shop.expectBalanced()
    }
  }

  @Test func `another captured amount than the order's goes back as it was taken`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Self.open(cluster)
      try await cluster.sandbox.fault("paypal.captureAmountDiffers", match: "short")
      try await shop.sell("short")
      let order = try await shop.order("short")
      #expect(order.waiting?.allowedActions == [.refund])
      try await Self.cancel(shop, "short")
      try await Self.expectBack(shop, "short", 1900)
      try await shop.expectBalanced()
    }
  }

  @Test func `a refund that PayPal refuses is retried by a person under the next key`() async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Self.open(cluster)
      try await Self.sellRefused(shop, "again")
      try await cluster.sandbox.fault("paypal.refundRefused", match: "again")
      try await Self.cancel(shop, "again")
      let order = try await shop.order("again")
      #expect(order.waiting?.reason?.code == "REFUND_REFUSED")
      _ = try await cluster.orders.retryOrder(.init(orderID: "again"), options: Shop.asOperator)
      try await Self.expectBack(shop, "again")
      let keys = try await cluster.sandbox.truth().paypal.refunds.map(\.requestID)
      #expect(keys == ["again-r2"])
    }
  }
}
