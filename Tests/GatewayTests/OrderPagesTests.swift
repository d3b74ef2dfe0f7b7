import Contract
import Foundation
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// The pages about orders over real processes, as a browser without a script meets them.
@Suite(.serialized) struct OrderPagesTests {
  private static let mine = "/console/orders/mine"
  /// Of orders that are somebody's: the page, and each form.
  private static let pages = [mine, "/console/checkout/mine/paid"]
  private static let forms: [(path: String, fields: [String: String])] = [
    ("\(mine)/capture", [:]), ("\(mine)/retry", [:]), ("\(mine)/cancel", ["reason": "x"]),
    ("\(mine)/tracking", ["carrier": "USPS", "trackingNumber": "1"]),
    ("\(mine)/mark-purchased", ["landedCost": "8.00", "fundedBy": "platform"]),
    ("\(mine)/attest-not-placed", ["evidence": "x"]),
  ]

  /// Where a form leads to, page after page.
  private func follow(_ browser: ConsoleBrowser, _ answer: GatewayUnderTest.Answer) async throws
    -> String
  {
    let path = try #require(answer.headers["Location"].first, "\(answer.body)")
    return try await browser.get(path).body
  }

  @Test(.timeLimit(.minutes(1)))
  func `every page and form about orders is here, and nobody reaches another's`() async throws {
    let named = Set(Self.forms.map(\.path) + Self.pages).map {
      $0.replacing("mine", with: "{orderId}")
    }
    let screenshot = "/console/orders/{orderId}/screenshots/{name}"
    let open = ["/console/orders", "/console/queue", "/console/checkout", screenshot]
    #expect(Set(Console.orders.map(\.path)) == Set(named + open))
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.checkout("mine")
      let nobody = ConsoleBrowser(gateway: gateway)
      let other = try await ConsoleBrowser.signedIn(.reseller(43), to: gateway)
      for path in Self.pages {
        #expect(try await nobody.get(path).headers["Location"].first?.contains("sign-in") == true)
        #expect(try await other.get(path).status == 403, "\(path)")
      }
      for (path, fields) in Self.forms {
        let status = try await other.post(path, fields).status
        #expect(status == 403, "\(path): \(status)")
        let foreign = try await other.send("POST", path, form: "form=x", site: "cross-site")
        #expect(foreign.status == 403 && foreign.body.contains("nothing was done"))
      }
      #expect(try await shop.order("mine").state == .awaitingPayment)
      for path in ["/console/orders", "/console/queue?seconds=600"] {
        let page = try await other.get(path)
        #expect(page.status == 200 && !page.body.contains("mine"), "\(path)")
      }
      #expect(try await other.get("\(Self.mine)/screenshots/a.png").status == 403)
      let admin = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      #expect(try await admin.get("\(Self.mine)/screenshots/a.png").status == 404)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `without a script an order is made once, paid, and goes through`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      let browser = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      let page = try await browser.get("/console/checkout").body
      #expect(page.contains("Ceramic mug · 20.00 USD"))
      let orderID = try ConsoleBrowser.value(after: #"name="orderId" value=""#, page)
      var fields = ["orderId": orderID, "listingId": Shop.listing, "quantity": "1"]
      let address = Shop.address
      for (name, text) in [
        ("fullName", address.fullName), ("phone", address.phone), ("line1", address.line1),
        ("city", address.city), ("province", address.province),
        ("postalCode", address.postalCode), ("country", "us"),
      ] { fields["shipTo.\(name)"] = text }
      for _ in 0..<2 {
        let made = try await browser.post("/console/checkout", fields)
        let story = try await follow(browser, made)
        #expect(story.contains("Pay at PayPal") && story.contains(orderID))
      }
      let paid = try await browser.get("/console/checkout/\(orderID)/paid?token=T&PayerID=P")
      #expect(paid.status == 200 && paid.body.contains("Take the payment"))
      let capture = try await browser.post("/console/orders/\(orderID)/capture")
      #expect(capture.headers["Location"].first == "/console/orders/\(orderID)")
      try await shop.finished(orderID)
      let story = try await browser.get("/console/orders/\(orderID)").body
      for told in ["Payment received", "Goods bought", "Payout to reseller 42 is paid"] {
        #expect(story.contains(told), "\(told)")
      }
      #expect(!story.contains("Booked:"), "the journal is the platform's")
      let again = try await browser.get("/console/checkout/\(orderID)/paid")
      #expect(again.headers["Location"].first == "/console/orders/\(orderID)")
      let truth = try await gateway.cluster.sandbox.truth()
      #expect(truth.paypal.captures.count == 1 && truth.aliexpress.orders.count == 1)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `what a buyer typed is text on every page, never markup`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      var address = Shop.address
      address.fullName = #"<b onclick="x">&'"#
      try await shop.checkout("mine", shipTo: address)
      let browser = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      let page = try await browser.get(Self.mine).body
      #expect(page.contains("&lt;b onclick=&quot;x&quot;&gt;"))
      #expect(!page.contains("<b onclick"))
    }
  }
}
