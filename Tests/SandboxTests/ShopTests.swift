import Testing

@testable import Sandbox

/// The shop's pages over real sockets.
@Suite struct ShopTests {
  private let world = WorldUnderTest()

  /// A buyer who is logged in while the body runs.
  private func visiting(_ body: (ShopVisitor) async throws -> Void) async throws {
    try await Served.run(world.world) { port in
      var visitor = ShopVisitor(port: port)
      await visitor.logIn()
      try await body(visitor)
    }
  }

  // MARK: Logging in

  @Test func `who is not logged in is sent to log in, and back to where he was`() async throws {
    try await Served.run(world.world) { port in
      var visitor = ShopVisitor(port: port)
      let asked = await visitor.checkout()
      #expect(asked.status == 303)
      #expect(
        asked.location
          == "/shop/login?next=%2Fshop%2Fcheckout%3Fsku%3D12000000000000001%26quantity%3D1")
      #expect(await visitor.get(asked.location).has("id=\"login-form\""))
      let page = await visitor.logIn(next: "/shop/checkout?sku=12000000000000001&quantity=1")
      #expect(page.location == "/shop/checkout?sku=12000000000000001&quantity=1")
      #expect(page.header("Set-Cookie").contains("; Path=/shop; HttpOnly"))
      #expect(await visitor.get(page.location).has("id=\"saved-address\""))
      #expect(await visitor.get("/shop/login").location == "/shop")
    }
  }

  @Test func `a wrong password is refused without a cookie`() async throws {
    try await Served.run(world.world) { port in
      var visitor = ShopVisitor(port: port)
      let page = await visitor.logIn(password: "wrong")
      #expect(page.value("class=\"login-error") == "Your account name or password is incorrect.")
      #expect(visitor.cookie.isEmpty)
      visitor.cookie = "\(ShopRequest.cookie)=guessed"
      #expect(await visitor.get("/shop/orders").location.hasPrefix("/shop/login?"))
    }
  }

  @Test(arguments: ["https://elsewhere.example/", "//elsewhere.example/", "/shopping", ""])
  func `a login leads to a page of the shop and nowhere else`(_ next: String) async throws {
    try await Served.run(world.world) { port in
      var visitor = ShopVisitor(port: port)
      #expect(await visitor.logIn(next: next).location == "/shop")
    }
  }

  // MARK: Products

  @Test func `a product's page shows its variants, which of them are sold out, and its delivery`()
    async throws
  {
    try await visiting { visitor in
      let mug = await visitor.get("/shop/item/1005001000000001.html?shipTo=CH")
      #expect(mug.count("aria-pressed=\"false\"") == 3)
      #expect(mug.count("aria-disabled=\"true\"") == 1)
      #expect(mug.value("class=\"product-price-value\"") == "US $6.50")
      #expect(mug.has("class=\"not-deliverable\""))
      let lamp = await visitor.get("/shop/item/1005001000000005.html")
      #expect(
        lamp.has("aria-pressed=\"true\"") && lamp.value("class=\"shipping-fee\"") == "US $0.99")
      for id in ["1005001000000002", "1005001000000099"] {
        #expect(await visitor.get("/shop/item/\(id).html").has("class=\"product-gone"))
      }
    }
  }

  @Test(arguments: [(5, "US $0.05"), (123_450, "US $1,234.50"), (100_000_000, "US $1,000,000.00")])
  func `money is written as the shop writes it`(_ cents: Int64, _ text: String) {
    #expect(ShopPage.money(cents) == text)
  }

  // MARK: Ordering

  @Test func `an order goes to the new address, costs what the page said and is the supplier's`()
    async throws
  {
    try await visiting { visitor in
      let first = await visitor.checkout(sku: "12000000000000031", quantity: 2)
      #expect(first.value("class=\"receiver\"") == "Platform Office")
      let page = await visitor.enter(on: first)
      #expect(page.has("id=\"address-summary\"") && !page.has("id=\"saved-address\""))
      #expect(page.value("class=\"receiver\"") == "Ada Lovelace")
      let totals = ["items", "shipping", "tax", "amount"].map { page.value("id=\"total-\($0)\"") }
      #expect(totals == ["US $50.00", "US $1.50", "US $1.60", "US $53.10"])
      let done = await visitor.get(await visitor.place(page).location)
      let order = try #require(world.supplierOrders.first)
      #expect(done.value("class=\"order-number\"") == order["id"]?.string)
      #expect(done.value("id=\"payment-state\"") == "Paid")
      #expect(order["path"] == "browser" && order["account"] == "77" && order["amount"] == "53.10")
      #expect(order["skuID"] == "12000000000000031" && order["count"] == 2)
      #expect(order["address"]?["address"] == "1 Market Street")
      #expect(order["address"]?["zip"] == "94105")
    }
  }

  @Test func `who does not enter an address orders to the saved one`() async throws {
    try await visiting { visitor in
      _ = await visitor.place(await visitor.checkout())
      #expect(world.supplierOrders.first?["address"]?["contact_person"] == "Platform Office")
      // A later checkout begins with the saved one again, whatever the one before it had.
      _ = await visitor.order()
      #expect(await visitor.checkout().value("class=\"receiver\"") == "Platform Office")
    }
  }

  @Test func `a checkout that is sent again is the same order`() async throws {
    try await visiting { visitor in
      let page = await visitor.enter(on: await visitor.checkout())
      let first = await visitor.place(page)
      #expect(await visitor.place(page).location == first.location)
      #expect(world.supplierOrders.count == 1)
      _ = await visitor.order()
      #expect(world.supplierOrders.count == 2)
    }
  }

  @Test func `what a buyer enters stands on the pages as text`() async throws {
    try await visiting { visitor in
      let name = "<i>Ada</i> \"O'Neil\" & sons"
      let escaped = "&lt;i&gt;Ada&lt;/i&gt; &quot;O&#39;Neil&quot; &amp; sons"
      _ = await visitor.order(for: name)
      let list = await visitor.get("/shop/orders")
      #expect(list.value("class=\"order-receiver\"") == escaped && !list.has("<i>"))
      let rejected = await visitor.enter(
        ["contactPerson": name, "country": "US"], on: await visitor.checkout())
      #expect(rejected.has("value=\"\(escaped)\"") && !rejected.has("<i>"))
      #expect(rejected.value("class=\"address-error") == "Please enter a City")
    }
  }

  @Test func `what is not there or not sent there cannot be ordered`() async throws {
    try await visiting { visitor in
      let black = await visitor.checkout(sku: "12000000000000002")
      #expect(black.has("class=\"sold-out") && !black.has("id=\"place-order\""))
      #expect(await visitor.place(black).has("class=\"sold-out"))
      let kite = await visitor.checkout(sku: "12000000000000051")
      #expect(kite.has("class=\"not-deliverable") && !kite.has("id=\"place-order\""))
      #expect(await visitor.place(kite).has("class=\"checkout-error"))
      #expect(await visitor.checkout(quantity: 0).has("class=\"checkout-error"))
      #expect(world.supplierOrders.isEmpty)
    }
  }

  // MARK: Orders

  @Test func `the list of orders is paged, newest first`() async throws {
    try await visiting { visitor in
      #expect(await visitor.get("/shop/orders").has("class=\"no-orders\""))
      for number in 1...21 { _ = await visitor.order(for: "Ada \(number)") }
      var path = "/shop/orders"
      var names: [String] = []
      for rows in [10, 10, 1] {
        let page = await visitor.get(path)
        #expect(page.count("class=\"order-row\"") == rows)
        names.append(page.value("class=\"order-receiver\""))
        let next = page.text.firstMatch(of: /class="next-page" href="([^"]+)"/)
        path = next.map { String($0.1) } ?? ""
      }
      #expect(names == ["Ada 21", "Ada 11", "Ada 1"] && path.isEmpty)
    }
  }

  @Test func `an order is shown to its account only, and moves on as the supplier says`()
    async throws
  {
    try await visiting { visitor in
      _ = await visitor.order()
      let id = world.supplierOrders.first?["id"]?.string ?? ""
      #expect(await visitor.get("/shop/orders/\(id)").value("id=\"payment-state\"") == "Paid")
      #expect(!(await visitor.get("/shop/orders/\(id)").has("id=\"tracking-number\"")))
      world.control("aliexpress/order", ["order_id": .string(id), "event": "ship"])
      let page = await visitor.get("/shop/orders/\(id)")
      #expect(page.value("class=\"order-state\"") == "Shipped")
      let tracking = world.ask(
        "aliexpress.ds.order.tracking.get", ["ae_order_id": id], token: "sandbox-access-77")
      let detail = tracking.value?["aliexpress_ds_order_tracking_get_response"]?["result"]?[
        "data"]?[
          "tracking_detail_line_list"]?["tracking_detail"]?.elements?.first
      #expect(detail?["mail_no"]?.string == page.value("id=\"tracking-number\""))
      let foreign = world.ask("aliexpress.ds.order.tracking.get", ["ae_order_id": id])
      #expect(foreign.value?["error_response"] != nil)
      #expect(await visitor.get("/shop/orders/1").status == 404)
    }
  }

  @Test func `an order can be looked up when the supplier shows it, not before`() async throws {
    world.settings(["orderReadableAfterMilliseconds": 5])
    try await visiting { visitor in
      _ = await visitor.order()
      #expect(await visitor.get("/shop/orders").has("class=\"no-orders\""))
      world.pass(milliseconds: 5)
      #expect(await visitor.get("/shop/orders").count("class=\"order-row\"") == 1)
    }
  }
}
