import Contract
import Store
import Support
import Testing

@testable import Orders

/// Checkouts that time ends.
@Suite struct ExpiryTests {
  private func timeIsOver(_ orders: OrdersUnderTest, _ orderID: String) async throws {
    _ = try await orders.store.write {
      try $0.schedule(OrderEffect.expireCheckout.rawValue, orderID)
    }
  }

  private func expiry(_ orders: OrdersUnderTest, _ orderID: String) async throws -> Int64? {
    try await orders.store.read {
      try $0.intent(OrderEffect.expireCheckout.rawValue, orderID)?.dueAt
    }
  }

  @Test func `a checkout that nobody paid expires, and cannot be captured any more`() async throws {
    try await OrdersUnderTest.running { orders in
      let order = try await orders.checkout("o-1")
      let dueAt = try await expiry(orders, "o-1")
      let createdAt = try #require(order.createdAt?.milliseconds)
      #expect(dueAt == createdAt + CheckoutRules.approvalMilliseconds)
      try await timeIsOver(orders, "o-1")
      let expired = try await orders.wait(for: "o-1", .expired)
      #expect(expired.waiting == nil)
      #expect(try await orders.capture("o-1").state == .expired)
      #expect(try await orders.checkout("o-1").state == .expired)
      #expect(orders.payPal.captures.isEmpty)
      #expect(try await orders.story("o-1").last == "expired")
      #expect(try await expiry(orders, "o-1") == nil)
    }
  }

  @Test func `what was paid, or is being paid, does not expire`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await orders.capture("o-1")
      try await orders.finished("o-1")
      try await timeIsOver(orders, "o-1")
      _ = try await eventually("the intent has ended") {
        try await expiry(orders, "o-1") == nil ? true : nil
      }
      #expect(try await orders.order("o-1").state == .purchased)
      try await orders.checkout("o-2")
      _ = try await orders.book.write { book in
        try book.apply(.captureRequested, to: try book.require("o-2"), detail: "")
        try book.complete(.capture, "o-2")
      }
      try await timeIsOver(orders, "o-2")
      let later = try await orders.store.read { $0.now } + 1000
      _ = try await eventually("it is looked at later") {
        try await expiry(orders, "o-2") ?? 0 > later ? true : nil
      }
      #expect(try await orders.order("o-2").state == .capturing)
    }
  }
}
