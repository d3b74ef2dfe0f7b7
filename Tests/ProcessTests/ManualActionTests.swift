import Contract
import RPC
import Support
import Testing

/// What persons do about orders through the program, each of it twice.
@Suite(.serialized) struct ManualActionTests {
  private static let soldOut = "12000000000000002"

  /// Types the same command twice; both times it must work, unless it says that there is nothing
  /// left to do.
  private static func twice(
    _ cluster: Cluster, _ arguments: String..., again: Int32 = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let first = try await Dropwire.run(cluster, arguments)
    #expect(first.status == 0, "\(first.text)", sourceLocation: sourceLocation)
    let second = try await Dropwire.run(cluster, arguments)
    #expect(second.status == again, "\(second.text)", sourceLocation: sourceLocation)
  }

  private static func needsPerson(_ shop: Shop, _ orderID: String, _ code: String) async throws {
    _ = try await eventually("\(orderID) needs a person", within: .seconds(30)) {
      let order = try? await shop.order(orderID)
      let isThere = order?.state == .needsAttention && order?.waiting?.reason?.code == code
      return isThere ? true : nil
    }
  }

  private static func actors(_ shop: Shop, _ orderID: String, _ cause: String) async throws
    -> [String]
  {
    try await shop.cluster.orders.getOrderHistory(
      .init(orderID: orderID), options: Shop.asOperator
    ).events.filter { $0.cause == cause }.map(\.actor)
  }

  @Test func `what was refused is retried, marked purchased or cancelled, once each`() async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      _ = try await cluster.orders.putListing(
        Shop.mug("gone", sku: Self.soldOut), options: Shop.asOperator)
      for id in ["again", "by-hand", "ended"] {
        try await shop.sell(id, listing: "gone")
        try await Self.needsPerson(shop, id, "OUT_OF_STOCK")
      }
      try await Self.twice(
        cluster, "mark-purchased", "by-hand", "--supplier-order", "8001234567890123", "--cost",
        "8.00", "--funded-by", "platform", "--as", "operator:kim")
      try await shop.finished("by-hand")
      #expect(try await Self.actors(shop, "by-hand", "markedPurchased") == ["operator:kim"])
      try await Self.twice(
        cluster, "submit-tracking", "by-hand", "--carrier", "Post", "--number", "A1", "--as",
        "operator:kim")
      try await Self.twice(
        cluster, "submit-tracking", "by-hand", "--carrier", "Post", "--number", "A1",
        "--delivered", "--as", "reseller:42")
      #expect(try await Self.actors(shop, "by-hand", "shipped") == ["operator:kim"])
      #expect(try await Self.actors(shop, "by-hand", "delivered") == ["reseller:42"])

      try await Self.twice(cluster, "cancel", "ended", "--reason", "the buyer asked")
      _ = try await eventually("the money is back") {
        try await shop.order("ended").isRefundBooked ? true : nil
      }
      #expect(try await cluster.sandbox.truth(order: "ended").paypal.refunds.count == 1)

      try await cluster.sandbox.stock(sku: Self.soldOut, 5)
      let first = try await Dropwire.run(cluster, ["retry", "again"])
      #expect(first.status == 0, "\(first.text)")
      try await shop.finished("again")
      let second = try await Dropwire.run(cluster, ["retry", "again"])
      #expect(second.status != 0 && second.text.contains("does not allow RETRY"), "\(second.text)")
      let orders = try await cluster.sandbox.truth().aliexpress.orders.map(\.outOrderID)
      #expect(orders == ["again-p2"])
      try await shop.expectBalanced()
    }
  }

  @Test func `an unknown purchase is attested once, and then bought under the next key`()
    async throws
  {
    let environment = ["DROPWIRE_SANDBOX_ALIEXPRESS_REPEAT_IS_IDEMPOTENT": "false"]
    try await Cluster.with(environment: environment) { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.fault("aliexpress.5xxBeforePlacing", times: 1)
      try await shop.sell("doubt")
      try await Self.needsPerson(shop, "doubt", "PURCHASE_UNKNOWN")
      try await Self.twice(
        cluster, "attest-not-placed", "doubt", "--evidence", "no order in the account's list",
        "--as", "operator:kim")
      try await Self.needsPerson(shop, "doubt", "ATTESTED_NOT_PLACED")
      #expect(try await Self.actors(shop, "doubt", "attestedNotPlaced") == ["operator:kim"])
      let retried = try await Dropwire.run(cluster, ["retry", "doubt"])
      #expect(retried.status == 0, "\(retried.text)")
      try await shop.finished("doubt")
      #expect(try await cluster.sandbox.truth().aliexpress.orders.map(\.outOrderID) == ["doubt-p2"])
    }
  }
}
