import Testing

@testable import Sandbox

/// What the shop's pages do when they misbehave.
@Suite struct ShopFaultTests {
  private let world = WorldUnderTest()

  private func visiting(_ body: (ShopVisitor) async throws -> Void) async throws {
    try await Served.run(world.world) { port in
      var visitor = ShopVisitor(port: port)
      await visitor.logIn()
      try await body(visitor)
    }
  }

  @Test func `a challenge stands on every page until it is cleared`() async throws {
    try await visiting { visitor in
      await visitor.fault("shop.captcha")
      #expect(!(await visitor.get("/shop/orders").has("id=\"challenge\"")))
      #expect(await visitor.checkout().has("id=\"challenge\""))
      #expect(await visitor.get("/shop/orders").has("id=\"challenge\""))
      #expect(await visitor.get("/shop/login").has("id=\"challenge\""))
      #expect(world.control("shop/challenge", verb: .delete).status == 204)
      #expect(await visitor.checkout().has("id=\"place-order\""))
    }
  }

  @Test func `a challenge ends with the right code, and after its time`() async throws {
    try await visiting { visitor in
      await visitor.fault("shop.captcha", ["match": "/shop/login"])
      #expect(await visitor.get("/shop/login?next=/shop/orders").has("value=\"/shop/login?next="))
      #expect(await visitor.post("/shop/challenge", ["code": "1"]).has("id=\"challenge\""))
      let solved = await visitor.post(
        "/shop/challenge", ["code": Shop.Challenge.answer, "next": "/shop/orders"])
      #expect(solved.location == "/shop/orders")
      #expect(await visitor.get("/shop/orders").has("class=\"no-orders\""))
      await visitor.fault("shop.captcha", ["seconds": 5])
      _ = await visitor.checkout()
      world.pass(milliseconds: 4_999)
      #expect(await visitor.get("/shop").has("id=\"challenge\""))
      world.pass(milliseconds: 1)
      #expect(!(await visitor.get("/shop").has("id=\"challenge\"")))
    }
  }

  @Test func `a challenge in place of the confirmation means that nothing was placed`()
    async throws
  {
    try await visiting { visitor in
      await visitor.fault("shop.captchaAtPlacing", ["seconds": 0])
      let page = await visitor.enter(on: await visitor.checkout())
      #expect(await visitor.place(page).has("id=\"challenge\""))
      #expect(world.supplierOrders.isEmpty)
      #expect(await visitor.place(page).status == 303)
    }
  }

  @Test func `a checkout costs more than the product's page said, to its end`() async throws {
    try await visiting { visitor in
      await visitor.fault("shop.priceChange", ["minorUnits": 30])
      let first = await visitor.checkout(quantity: 2)
      #expect(first.value("id=\"total-items\"") == "US $13.60")
      let page = await visitor.enter(on: first)
      #expect(page.value("id=\"total-items\"") == "US $13.60")
      _ = await visitor.place(page)
      #expect(world.supplierOrders.first?["amount"] == "15.10")
      #expect(await visitor.checkout().value("id=\"total-items\"") == "US $6.50")
    }
  }

  @Test func `totals follow the choice of delivery late, to the checkout's end`() async throws {
    try await visiting { visitor in
      await visitor.fault("shop.lateTotals", ["delayMilliseconds": 700])
      let page = await visitor.enter(on: await visitor.checkout())
      #expect(page.has("data-totals-delay=\"700\""))
      #expect(await visitor.checkout().has("data-totals-delay=\"0\""))
    }
  }

  @Test func `the button to confirm is missing, to the checkout's end`() async throws {
    try await visiting { visitor in
      await visitor.fault("shop.noConfirm")
      let page = await visitor.enter(on: await visitor.checkout())
      #expect(page.has("id=\"total-amount\"") && !page.has("id=\"place-order\""))
      #expect(await visitor.checkout().has("id=\"place-order\""))
    }
  }

  @Test func `a page is lost after the order was placed, also when it is sent again`()
    async throws
  {
    try await visiting { visitor in
      await visitor.fault("shop.lostPage", ["match": "Ada"])
      let page = await visitor.enter(on: await visitor.checkout())
      #expect(await visitor.place(page).text.isEmpty)
      #expect(await visitor.place(page).text.isEmpty)
      #expect(world.supplierOrders.count == 1)
      #expect(await visitor.get("/shop/orders").value("class=\"order-receiver\"") == "Ada Lovelace")
      await visitor.fault("shop.lostPage", ["status": 503])
      #expect(await visitor.order().status == 503)
      #expect(world.supplierOrders.count == 2)
    }
  }

  @Test func `an error before placing places nothing`() async throws {
    try await visiting { visitor in
      await visitor.fault("shop.error")
      let answer = await visitor.order()
      #expect(answer.status == 500 && answer.has("class=\"server-error"))
      #expect(world.supplierOrders.isEmpty)
    }
  }

  @Test func `an order whose payment fails awaits it, and lapses`() async throws {
    world.settings(["supplierPayTimeoutSeconds": 60])
    try await visiting { visitor in
      await visitor.fault("shop.unpaid")
      let done = await visitor.get(await visitor.order().location)
      #expect(done.value("id=\"payment-state\"") == "Awaiting payment")
      let path = "/shop/orders/" + done.value("class=\"order-number\"")
      #expect(await visitor.get(path).value("class=\"order-state\"") == "Awaiting payment")
      world.pass(milliseconds: 59_999)
      #expect(await visitor.get(path).value("id=\"payment-state\"") == "Awaiting payment")
      world.pass(milliseconds: 1)
      let closed = await visitor.get(path)
      #expect(closed.value("class=\"order-state\"") == "Closed")
      #expect(closed.value("id=\"payment-state\"") == "Closed")
    }
  }

  @Test func `an item is sold out on any page on the way`() async throws {
    try await visiting { visitor in
      let path = "/shop/item/1005001000000005.html"
      await visitor.fault("shop.soldOut", ["match": .string(path)])
      #expect(await visitor.get(path).has("aria-disabled=\"true\""))
      await visitor.fault("shop.soldOut", ["match": "/shop/checkout"])
      #expect(await visitor.checkout().has("class=\"sold-out"))
      await visitor.fault("shop.soldOut", ["match": "/shop/place"])
      #expect(await visitor.order().has("class=\"sold-out"))
      #expect(world.supplierOrders.isEmpty)
    }
  }

  @Test func `a login is refused with the right password`() async throws {
    try await Served.run(world.world) { port in
      var visitor = ShopVisitor(port: port)
      await visitor.fault("shop.loginRefused")
      #expect(await visitor.logIn().has("class=\"login-error"))
      #expect(await visitor.logIn().status == 303)
    }
  }

  @Test func `a session ends in the middle of a checkout`() async throws {
    try await visiting { visitor in
      var visitor = visitor
      let page = await visitor.enter(on: await visitor.checkout())
      await visitor.fault("shop.sessionLost")
      #expect(await visitor.place(page).location == "/shop/login?next=%2Fshop")
      #expect(await visitor.get("/shop/orders").location.hasPrefix("/shop/login"))
      #expect(world.supplierOrders.isEmpty)
      await visitor.logIn()
      #expect(await visitor.get("/shop/orders").status == 200)
    }
  }

  @Test func `one checkout becomes two orders`() async throws {
    try await visiting { visitor in
      await visitor.fault("shop.severalOrders")
      let done = await visitor.get(await visitor.order().location)
      #expect(done.count("class=\"order-number\"") == 2)
      #expect(done.value("id=\"order-amount\"") == "US $8.00")
      #expect(world.supplierOrders.map { $0["amount"] } == ["6.50", "1.50"])
    }
  }

  @Test func `a page is late, and what it does is done`() {
    world.fault("shop.slow", ["seconds": 3, "match": "/shop/orders"])
    world.fault("shop.slow")
    func delay(_ path: String) -> Int64 {
      world.world.answer(Call(verb: .get, path: path)).delayMilliseconds
    }
    #expect(delay("/shop/orders") == 3000)
    #expect(delay("/shop/login") == 5000)
    #expect(delay("/shop/login") == 0)
  }
}
