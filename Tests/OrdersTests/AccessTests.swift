import Contract
import RPC
import Support
import Testing

@testable import Orders

/// Who may see and touch what, and how lists are paged.
@Suite struct AccessTests {
  private typealias Page = OrdersUnderTest
  private static let asReseller = CallOptions(timeout: .seconds(20)).acting("reseller:42")
  private static let asStranger = CallOptions(timeout: .seconds(20)).acting("reseller:7")

  @Test func `a reseller reaches his own orders and listings only`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      let (own, strange) = (Self.asReseller, Self.asStranger)
      #expect(try await orders.client.getOrder(.init(orderID: "o-1"), options: own).userID == 42)
      #expect(
        try await orders.client.listOrders(.init(), options: own).orders.map(\.orderID) == ["o-1"])
      #expect(try await orders.client.listOrders(.init(), options: strange).orders.isEmpty)
      #expect(try await orders.client.listListings(.init(), options: strange).listings.isEmpty)
      let calls: [@Sendable () async throws -> Void] = [
        { _ = try await orders.client.getOrder(.init(orderID: "o-1"), options: strange) },
        { _ = try await orders.client.captureOrder(.init(orderID: "o-1"), options: strange) },
        { _ = try await orders.client.cancelOrder(.init(orderID: "o-1"), options: strange) },
        { _ = try await orders.client.retryOrder(.init(orderID: "o-1"), options: strange) },
        { _ = try await orders.client.getOrderHistory(.init(orderID: "o-1"), options: strange) },
        { _ = try await orders.client.listOrders(.init(userID: 42), options: strange) },
        { _ = try await orders.client.getListing(.init(listingID: "mug"), options: strange) },
        { _ = try await orders.client.putListing(Shop.mug(), options: strange) },
        { _ = try await orders.client.putListing(Shop.mug(userID: 7), options: strange) },
        { _ = try await orders.client.createCheckout(Page.checkout("o-1"), options: strange) },
        { _ = try await orders.client.createCheckout(Page.checkout("o-2"), options: strange) },
      ]
      for call in calls { await orders.expectRefused(.permissionDenied, call) }
      await orders.expectRefused(.unauthenticated) {
        _ = try await orders.client.getOrder(.init(orderID: "o-1"))
      }
    }
  }

  @Test func `orders are listed newest first, page by page, by user and by state`() async throws {
    try await OrdersUnderTest.running { orders in
      _ = try await orders.client.putListing(
        Shop.mug("house", userID: 0), options: Page.asOperator)
      for number in 1...5 { try await orders.checkout("o-\(number)") }
      _ = try await orders.client.createCheckout(
        Page.checkout("h-1", listing: "house"), options: Page.asOperator)
      _ = try await orders.client.cancelOrder(.init(orderID: "o-3"), options: Page.asOperator)
      func list(_ request: ListOrdersRequest) async throws -> ListOrdersResponse {
        try await orders.client.listOrders(request, options: Page.asOperator)
      }
      let first = try await list(.init(userID: 42, pageSize: 2))
      #expect(first.orders.map(\.orderID) == ["o-5", "o-4"])
      let second = try await list(
        .init(userID: 42, pageSize: 2, pageToken: first.nextPageToken))
      #expect(second.orders.map(\.orderID) == ["o-3", "o-2"])
      let last = try await list(.init(userID: 42, pageSize: 2, pageToken: second.nextPageToken))
      #expect(last.orders.map(\.orderID) == ["o-1"] && last.nextPageToken.isEmpty)
      #expect(try await list(.init()).orders.count == 6)
      #expect(try await list(.init(state: .cancelled)).orders.map(\.orderID) == ["o-3"])
      for refused in [
        ListOrdersRequest(pageSize: 501), ListOrdersRequest(pageSize: -1),
      ] {
        await orders.expectRefused(.invalidArgument, fields: ["page_size"]) {
          _ = try await list(refused)
        }
      }
      await orders.expectRefused(.invalidArgument, fields: ["page_token"]) {
        _ = try await list(.init(pageToken: "x"))
      }
    }
  }

  @Test func `a listing is put, replaced, listed, and wrong ones name their fields`() async throws {
    try await OrdersUnderTest.running { orders in
      let again = try await orders.client.putListing(
        Shop.mug(cents: 2500), options: Self.asReseller)
      #expect(again.price == Page.usd(2500) && again.updatedAt != nil)
      let found = try await orders.client.getListing(
        .init(listingID: "mug"), options: Self.asReseller)
      #expect(found == again)
      #expect(
        try await orders.client.listListings(.init(userID: 42), options: Page.asOperator).listings
          == [again])
      await orders.expectRefused(
        .invalidArgument,
        fields: ["listing_id", "user_id", "environment", "product_url", "sku_id", "price"]
      ) {
        _ = try await orders.client.putListing(
          .init(userID: -1, productURL: "mug", price: Page.usd(-5)), options: Page.asOperator)
      }
    }
  }

  @Test func `a checkout is cancelled once, and a paid order is not`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      for _ in 0..<2 {
        let order = try await orders.client.cancelOrder(
          .init(orderID: "o-1", reason: "changed my mind"), options: Page.asOperator)
        #expect(order.state == .cancelled && order.waiting == nil)
      }
      #expect(try await orders.capture("o-1").state == .cancelled)
      try await orders.checkout("o-2")
      try await orders.capture("o-2")
      try await orders.finished("o-2")
      await orders.expectRefused(.failedPrecondition, reason: "GOODS_BOUGHT") {
        _ = try await orders.client.cancelOrder(.init(orderID: "o-2"), options: Page.asOperator)
      }
      #expect(orders.payPal.captures.count == 1)
    }
  }
}
