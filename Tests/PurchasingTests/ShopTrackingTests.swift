import Contract
import RPC
import Store
import Support
import Synchronization
import Testing

@testable import Purchasing

/// Goods that were bought in the shop are asked about there.
struct ShopTrackingTests {
  private typealias Test = PurchasingUnderTest

  /// Runs with a house order that was bought in the shop.
  private static func bought(_ body: (Test, ScriptedShop) async throws -> Void) async throws {
    let shop = ScriptedShop()
    let test = try Test(shop: shop)
    try await test.moving {
      let request = Test.request("o-1", user: 0)
      #expect(try await test.buy(request).state == .purchased)
      try await body(test, shop)
    }
  }

  private static func show(_ status: String, number: String = "", on shop: ScriptedShop) {
    let order = SupplierOrder(
      id: "9000000000000010", status: status, isCancelled: false, amount: ScriptedShop.usd(800),
      parts: nil, payTimeoutSeconds: nil, trackingNumber: number)
    shop.change { $0.orderReading = .value(order) }
  }

  private static func track(_ test: Test) async throws -> Tracking {
    try await test.client.getTracking(.init(orderID: "o-1"), options: Test.asSystem)
  }

  @Test func `the order's page tells how far they are, and is left alone for hours`() async throws {
    try await Self.bought { test, shop in
      #expect(try await Self.track(test).status == "NOT_SHIPPED")
      Self.show("WAIT_BUYER_ACCEPT_GOODS", number: "LX1CN", on: shop)
      #expect(try await Self.track(test).status == "NOT_SHIPPED", "it was asked just now")
      let minute: Int64 = 60_000
      try await test.tamper(
        "UPDATE tracking SET askedAt = askedAt - \(PurchasingService.shopTrackingAge - minute)")
      #expect(try await Self.track(test).status == "NOT_SHIPPED", "in a minute it is asked again")
      try await test.tamper("UPDATE tracking SET askedAt = askedAt - \(minute)")
      let shipped = try await Self.track(test)
      #expect(shipped.status == "SHIPPED" && shipped.trackingNumber == "LX1CN")
      #expect(shipped.parcels.map(\.supplierOrderID) == ["9000000000000010"])
      Self.show("FINISH", number: "LX1CN", on: shop)
      try await test.tamper("UPDATE tracking SET askedAt = 0")
      #expect(try await Self.track(test).status == "DELIVERED")
    }
  }

  @Test func `another account, or none, cannot tell: a person must`() async throws {
    for account in ["shop:other@platform.example", nil] {
      try await Self.bought { test, shop in
        shop.change { $0.accounts[.sandbox] = account }
        await test.expectRefused(.failedPrecondition, reason: "TRACKED_BY_PERSON") {
          _ = try await Self.track(test)
        }
      }
    }
  }

  @Test func `an account that is left alone is not asked, and what is known is told with that`()
    async throws
  {
    try await Self.bought { test, shop in
      let captcha = BrowserRules.reason(.challenge("a captcha"))
      shop.change { $0.orderReading = .later(captcha, retryAfterSeconds: nil) }
      await test.expectRefused(.unavailable, reason: "BROWSER_CHALLENGE") {
        _ = try await Self.track(test)
      }
      Self.show("WAIT_BUYER_ACCEPT_GOODS", number: "LX1CN", on: shop)
      await test.expectRefused(.unavailable, reason: "BROWSER_ACCOUNT_CLOSED") {
        _ = try await Self.track(test)
      }
      try await test.tamper("DELETE FROM shopAccount")
      #expect(try await Self.track(test).status == "SHIPPED")
      try await test.tamper("UPDATE tracking SET askedAt = 0")
      shop.change { $0.orderReading = .later(captcha, retryAfterSeconds: nil) }
      let known = try await Self.track(test)
      #expect(known.status == "SHIPPED" && known.reason?.code == "BROWSER_CHALLENGE")
    }
  }
}
