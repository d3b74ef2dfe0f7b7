import Contract
import Foundation
import RPC
import Support
import Testing

/// The switches for going live carefully, as an operator sets them.
@Suite(.serialized) struct GoingLiveTests {
  private static func restart(_ cluster: Cluster, _ settings: [String: String]) async throws {
    await cluster.stop(.purchasing)
    let named = settings.map { ("DROPWIRE_SANDBOX_\($0)", $1) }
    try await cluster.start(
      .purchasing, environment: Dictionary(named, uniquingKeysWith: { one, _ in one }))
  }

  private static func refusal(_ orderID: String, in shop: Shop) async throws -> String? {
    try await eventually("\(orderID) is refused") {
      let order = try await shop.order(orderID)
      return order.state == .needsAttention ? order : nil
    }.waiting?.reason?.code
  }

  private static func retry(_ orderID: String, in shop: Shop) async throws {
    _ = try await shop.cluster.orders.retryOrder(
      .init(orderID: orderID), options: Shop.asOperator)
  }

  @Test
  func `a dry run, a list of who buys and limits of a day each hold an order, which is retried`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await Self.restart(cluster, ["DRY_RUN": "true"])
      try await shop.sell("careful")
      #expect(try await Self.refusal("careful", in: shop) == "DRY_RUN")
      try await Self.restart(cluster, ["ALLOWED_RESELLERS": "43"])
      try await Self.retry("careful", in: shop)
      _ = try await eventually("the next generation is refused") {
        let order = try await shop.order("careful")
        return order.waiting?.reason?.code == "RESELLER_NOT_ALLOWED" ? true : nil
      }
      #expect(try await cluster.sandbox.truth().aliexpress.orders.isEmpty, "nothing was sent yet")
      try await Self.restart(
        cluster, ["ALLOWED_RESELLERS": "43,42", "RESELLER_ORDERS_PER_DAY": "1"])
      try await Self.retry("careful", in: shop)
      try await shop.finished("careful")
      try await shop.sell("second")
      #expect(try await Self.refusal("second", in: shop) == "DAILY_ORDERS_REACHED")
      try await Self.restart(cluster, ["PLATFORM_SPEND_PER_DAY": "15.99"])
      try await Self.retry("second", in: shop)
      _ = try await eventually("the day's spend is refused") {
        let order = try await shop.order("second")
        return order.waiting?.reason?.code == "DAILY_SPEND_REACHED" ? true : nil
      }
      try await Self.restart(cluster, ["PLATFORM_SPEND_PER_DAY": "16.00"])
      try await Self.retry("second", in: shop)
      try await shop.finished("second")
      let keys = try await cluster.sandbox.truth().aliexpress.orders.map(\.outOrderID)
      #expect(keys.sorted() == ["careful-p3", "second-p3"])
    }
  }

  @Test func `credentials that the master key does not open buy nothing and say so`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      await cluster.stop(.purchasing)
      let other = "\(cluster.directory)/other.key"
      let key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
      #expect(
        FileManager.default.createFile(
          atPath: other, contents: key, attributes: [.posixPermissions: 0o600]))
      try await cluster.start(.purchasing, environment: ["DROPWIRE_MASTER_KEY_FILE": other])
      try await shop.sell("sealed")
      #expect(try await Self.refusal("sealed", in: shop) == "CREDENTIALS_UNDECRYPTABLE")
      #expect(try await cluster.sandbox.truth().aliexpress.orders.isEmpty)
      await cluster.stop(.purchasing)
      try await cluster.start(.purchasing)
      try await Self.retry("sealed", in: shop)
      try await shop.finished("sealed")
    }
  }
}
