import Contract
import Money
import Outside
import PayPal
import RPC
import Store
import Support
import Testing

@testable import Orders

/// From a listing to the page on which the buyer approves.
@Suite struct CheckoutTests {
  private typealias Page = OrdersUnderTest

  @Test func `a checkout makes one PayPal order and answers with its page`() async throws {
    try await OrdersUnderTest.running { orders in
      let order = try await orders.checkout("o-1", quantity: 2)
      #expect(order.state == .awaitingPayment && order.price == Page.usd(4000))
      #expect(order.paypalOrderID == "PP1" && order.approveURL.hasPrefix("https://paypal.test/"))
      #expect(order.userID == Shop.reseller && order.shipTo == Shop.address)
      #expect(order.waiting?.reason?.code == "BUYER_APPROVAL")
      #expect(order.waiting?.allowedActions == [.capture, .cancel])
      #expect(orders.payPal.calls == ["create o-1-o1"])
      #expect(orders.payPal.orders.map(\.customID) == ["o-1"])
      #expect(try await orders.story("o-1") == ["checkedOut", "payPalOrderMade"])
    }
  }

  @Test func `eight identical calls at once make one PayPal order and get one answer`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<8 { group.addTask { try await orders.checkout("o-1").paypalOrderID } }
        let answers = try await group.reduce(into: Set<String>()) { $0.insert($1) }
        #expect(answers == ["PP1"])
      }
      #expect(orders.payPal.calls == ["create o-1-o1"])
    }
  }

  @Test func `the same id with other content names the field, whoever acts`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      var request = Page.checkout("o-1")
      let asReseller = CallOptions(timeout: .seconds(20)).acting("reseller:42")
      _ = try await orders.client.createCheckout(request, options: asReseller)
      request.quantity = 2
      await orders.expectRefused(.alreadyExists, fields: ["quantity"]) {
        _ = try await orders.client.createCheckout(request, options: Page.asOperator)
      }
      request = Page.checkout("o-1")
      request.shipTo?.city = "Oakland"
      await orders.expectRefused(.alreadyExists, fields: ["ship_to.city"]) {
        _ = try await orders.client.createCheckout(request, options: Page.asOperator)
      }
      request = Page.checkout("o-1")
      request.returnURL = "https://shop.example/thanks"
      await orders.expectRefused(.alreadyExists, fields: ["return_url"]) {
        _ = try await orders.client.createCheckout(request, options: Page.asOperator)
      }
      request = Page.checkout("o-1", listing: "cup")
      await orders.expectRefused(.alreadyExists, fields: ["listing_id"]) {
        _ = try await orders.client.createCheckout(request, options: Page.asOperator)
      }
    }
  }

  @Test func `an order keeps the terms of its checkout when the listing changes`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      _ = try await orders.client.putListing(Shop.mug(cents: 9900), options: Page.asOperator)
      #expect(try await orders.checkout("o-1").price == Page.usd(2000))
      #expect(try await orders.checkout("o-2").price == Page.usd(9900))
    }
  }

  @Test func `what cannot be sold is refused and leaves nothing behind`() async throws {
    try await OrdersUnderTest.running { orders in
      var clp = Shop.mug("clp")
      clp.price = .init(minorUnits: 9000, currency: "CLP")
      var euro = Shop.mug("eur")
      euro.price = .init(minorUnits: 2000, currency: "EUR")
      for listing in [clp, euro, Shop.mug("dear", cents: Int64.max / 10)] {
        _ = try await orders.client.putListing(listing, options: Page.asOperator)
      }
      for listing in ["clp", "eur"] {
        await orders.expectRefused(.failedPrecondition, reason: "CURRENCY_NOT_TAKEN") {
          _ = try await orders.client.createCheckout(
            Page.checkout("o-1", listing: listing), options: Page.asOperator)
        }
      }
      await orders.expectRefused(.invalidArgument, fields: ["quantity"]) {
        _ = try await orders.client.createCheckout(
          Page.checkout("o-1", quantity: 999, listing: "dear"), options: Page.asOperator)
      }
      await orders.expectRefused(.notFound) {
        _ = try await orders.client.createCheckout(
          Page.checkout("o-1", listing: "none"), options: Page.asOperator)
      }
      orders.payPal.configure(false)
      await orders.expectRefused(.failedPrecondition, reason: "PAYPAL_NOT_CONFIGURED") {
        try await orders.checkout("o-1")
      }
      await orders.expectRefused(.notFound) { _ = try await orders.order("o-1") }
      #expect(orders.payPal.calls.isEmpty)
    }
  }

  @Test func `everything wrong with a request is named at once`() async throws {
    try await OrdersUnderTest.running { orders in
      var request = Page.checkout("Not An Id", quantity: 0, listing: "")
      request.shipTo?.phone = ""
      request.cancelURL = "javascript:alert(1)"
      let refused = request
      await orders.expectRefused(
        .invalidArgument,
        fields: ["order_id", "listing_id", "quantity", "ship_to.phone", "cancel_url"]
      ) { _ = try await orders.client.createCheckout(refused, options: Page.asOperator) }
    }
  }

  @Test(arguments: [ScriptedPayPal.Answer.acceptInSilence, .vanish])
  func `an unknown creation is repeated under the same key and makes one order`(
    _ answer: ScriptedPayPal.Answer
  ) async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.create(answer, answer)
      let order = try await orders.checkout("o-1")
      #expect(order.paypalOrderID == "PP1")
      #expect(orders.payPal.calls == Array(repeating: "create o-1-o1", count: 3))
      #expect(orders.payPal.orders.count == 1)
    }
  }

  @Test func `a PayPal that cannot be reached delays the page, and the order says so`()
    async throws
  {
    try await OrdersUnderTest.running { orders in
      let away = ScriptedPayPal.Answer.refuse(.notSent("connection refused"))
      for _ in 0..<100 { orders.payPal.create(away) }
      let order = try await orders.client.createCheckout(
        Page.checkout("o-1"), options: CallOptions(timeout: .seconds(2)).acting("system"))
      #expect(order.state == .awaitingPayment && order.paypalOrderID.isEmpty)
      let waiting = try await eventually("the order says why") {
        let waiting = try await orders.order("o-1").waiting
        return waiting?.reason?.code == "PAYPAL_UNREACHABLE" ? waiting : nil
      }
      #expect(waiting.nextAt != nil && waiting.since != nil && !waiting.next.isEmpty)
      await orders.expectRefused(.unavailable, reason: "PAYPAL_ORDER_NOT_MADE") {
        try await orders.capture("o-1")
      }
      orders.payPal.calm()
      #expect(try await orders.checkout("o-1").paypalOrderID == "PP1")
      #expect(try await orders.order("o-1").waiting?.reason?.code == "BUYER_APPROVAL")
    }
  }

  @Test func `a creation that PayPal refuses for good ends the order`() async throws {
    try await OrdersUnderTest.running { orders in
      orders.payPal.create(.refuse(Refusal(code: "INVALID_PARAMETER_VALUE", text: "no")))
      let order = try await orders.checkout("o-1")
      #expect(order.state == .cancelled)
      #expect(try await orders.story("o-1") == ["checkedOut", "payPalOrderRefused"])
    }
  }

  @Test func `one PayPal order makes at most one order, for ever`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      try await orders.checkout("o-2")
      await #expect(throws: StoreError.self) {
        try await orders.store.write {
          try $0.run("UPDATE buyerOrder SET payPalOrderID = 'PP1' WHERE orderID = 'o-2'")
        }
      }
    }
  }

  @Test func `orders and history cannot be deleted, history and terms not changed`() async throws {
    try await OrdersUnderTest.running { orders in
      try await orders.checkout("o-1")
      for statement in [
        "DELETE FROM orderEvent", "UPDATE orderEvent SET detail = 'x'", "DELETE FROM buyerOrder",
        "UPDATE buyerOrder SET price = 1", "UPDATE buyerOrder SET state = 'PAID'",
        "UPDATE buyerOrder SET state = 'NEEDS_ATTENTION'",
      ] {
        await #expect(throws: StoreError.self, "\(statement)") {
          try await orders.store.write { try $0.run(statement) }
        }
      }
    }
  }
}
