import Contract
import Foundation
import Store
import Support
import Testing

@testable import Orders

/// Orders from before refunds are kept whole, with what refers to them.
@Suite struct RefundMigrationTests {
  private static let old = Array(Schema.migrations.prefix { $0.name != "005 refunds" })

  private func fill(_ store: Store) async throws {
    let address = try Shop.address.protobuf()
    try await store.write { transaction in
      try transaction.run(
        """
        INSERT INTO buyerOrder (orderID, listingID, userID, environment, productURL, skuID, title,
          quantity, currency, price, checkoutAddress, returnURL, cancelURL, state, attention,
          captureID, paymentFee, supplierOrderIDs, createdAt, updatedAt)
        VALUES ('o-1', 'mug', 42, 1, 'https://example.com/item/1.html', '1', 'Mug', 1, 'USD', 2000,
          $1, '', '', 'NEEDS_ATTENTION', 'PURCHASE_REFUSED', 'CAP1', 119, '8001', 7, 8)
        """, [.blob(address)])
      try transaction.run(
        """
        INSERT INTO orderWait (orderID, subject, reasonCode, reasonText, reasonOwner, providerCode,
          since, next, nextAt) VALUES ('o-1', 'purchase', 'OUT_OF_STOCK', '', '', '', 5, '', 0)
        """)
      try transaction.run(
        """
        INSERT INTO finding (orderID, number, generation, foundBy, supplierOrderIDs, fundedBy,
          notPlacedEvidence, recordedAt)
        VALUES ('o-1', 1, 1, 'operator:ada', '', '', 'none', 6)
        """)
      try transaction.run(
        "INSERT INTO supplierOrder (environment, supplierOrderID, orderID) VALUES (1, '8001', 'o-1')"
      )
    }
  }

  @Test func `an order that waits is the same after the migration, and can be paid back`()
    async throws
  {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("orders-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let location = Location.file(directory.appendingPathComponent("orders.db").path)
    let before = try Store(
      location, applicationID: Schema.applicationID, migrations: Self.old,
      logger: OrdersUnderTest.logger)
    try await fill(before)
    try before.close()
    let orders = try OrdersUnderTest(location)
    let order = try await orders.book.read { try $0.require("o-1") }
    #expect(order.state == .needsAttention && order.progress.attention == .purchaseRefused)
    #expect(order.captured == order.price && order.isRefundable)
    #expect(order.createdAt == 7 && order.updatedAt == 8 && order.shipTo == Shop.address)
    #expect(order.waits.map(\.reason.code) == ["OUT_OF_STOCK"])
    let (findings, claimant) = try await orders.book.read {
      (try $0.findings(order), try $0.claimant(of: "8001", .sandbox))
    }
    #expect(findings.map(\.foundBy) == ["operator:ada"] && claimant == "o-1")
    #expect(OrderActions.allowed(order) == [.retry, .markPurchased, .refund])
    let broken = try await orders.store.read { try $0.rows("PRAGMA foreign_key_check") }
    #expect(broken.isEmpty)
    try orders.store.close()
  }
}
