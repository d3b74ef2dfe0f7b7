import Contract
import Foundation
import RPC
import Support
import Testing

/// Buying with a real browser in the shop's pages: once, at the price that was agreed, to the order's
/// own address, or not at all.
@Suite(.serialized) struct BrowserTests {
  @Test func `a house order is bought in the shop, to its own address, booked and tracked`()
    async throws
  {
    try await ShopWorld.with(["DROPWIRE_SHOP_TRACKING_AGE_MILLISECONDS": "0"]) { world in
      try await world.shop.sell("house-1", listing: "house")
      let order = try await world.booked("house-1")
      #expect(order.purchasePath == "browser" && order.landedCost?.minorUnits == 800)
      let bought = try await world.bought()
      #expect(bought.map(\.id) == order.supplierOrderIDs)
      let address = try #require(bought.first?.address)
      #expect(address.contactPerson == Shop.address.fullName)
      #expect(address.address == Shop.address.line1 && address.zip == Shop.address.postalCode)
      let purchase = try await world.purchase("house-1")
      #expect(purchase.fundedBy == "platform")
      #expect(purchase.attempts.first?.pathReason?.code == "HOUSE_ORDER")
      let shots = try #require(purchase.attempts.first?.screenshots)
      #expect(shots.count >= 8)
      for name in shots {
        let path = "\(world.cluster.stateDirectory)/screenshots/\(name)"
        let found = try FileManager.default.attributesOfItem(atPath: path)
        #expect(found[.posixPermissions] as? Int == 0o600)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).starts(with: [0x89, 0x50]))
      }
      try await world.shop.expectBalanced()
      let id = try #require(order.supplierOrderIDs.first)
      for (event, status) in [("ship", "SHIPPED"), ("finish", "DELIVERED")] {
        try await world.cluster.sandbox.move(supplierOrder: id, event)
        let tracking = try await world.cluster.purchasing.getTracking(
          .init(orderID: "house-1"), options: Shop.asOperator)
        #expect(tracking.status == status && tracking.trackingNumber.hasPrefix("LX"))
      }
    }
  }

  @Test func `a reseller without credentials sells all the same, and the platform pays`()
    async throws
  {
    try await ShopWorld.with { world in
      _ = try await world.cluster.credentials.deleteCredentials(
        .init(userID: Shop.reseller, api: "aliexpress-dropshipping", environment: .sandbox),
        options: Shop.asOperator)
      try await world.shop.sell("without")
      let order = try await world.shop.finished("without")
      #expect(order.purchasePath == "browser")
      let purchase = try await world.purchase("without")
      #expect(purchase.attempts.first?.pathReason?.code == "NO_CREDENTIALS")
      #expect(try await world.bought().count == 1)
      let payouts = try await world.shop.payouts("without")
      let sale = try await world.cluster.ledger.getSale(
        .init(orderID: "without"), options: Shop.asOperator)
      // The platform paid the supplier, so the reseller gets his share alone.
      #expect(
        payouts.first { $0.payee != "admin" }?.amount?.minorUnits == sale.net?.minorUnits)
      try await world.shop.expectBalanced()
    }
  }

  @Test(arguments: [
    ("shop.priceChange", "ABOVE_CEILING"), ("shop.captcha", "BROWSER_CHALLENGE"),
    ("shop.soldOut", "OUT_OF_STOCK"), ("shop.loginRefused", "BROWSER_LOGIN_REFUSED"),
    ("shop.noConfirm", "BROWSER_PAGE_UNKNOWN"),
  ])
  func `what goes wrong before the confirm button buys nothing and says why`(
    _ fault: String, _ code: String
  ) async throws {
    try await ShopWorld.with { world in
      try await world.cluster.sandbox.fault(fault, extra: ["minorUnits": 5000])
      try await world.shop.sell("wrong", listing: "house")
      let purchase = try await world.wait(for: "wrong", .refused)
      #expect(purchase.reason?.code == code)
      #expect(purchase.attempts.first?.confirmingAt == nil)
      #expect(purchase.attempts.first?.screenshots.isEmpty == false)
      #expect(try await world.bought().isEmpty)
    }
  }

  @Test func `a total that follows the choice of delivery late is waited for, then compared`()
    async throws
  {
    try await ShopWorld.with { world in
      try await world.cluster.sandbox.fault("shop.lateTotals", extra: ["delayMilliseconds": 1500])
      // Above the total with the delivery that the page has chosen, below that with the tracked one.
      let request = PlacePurchaseRequest(
        orderID: "late", userID: 0, environment: .sandbox,
        productURL: "https://www.aliexpress.com/item/1005001000000001.html",
        skuID: "12000000000000001", quantity: 1, shipTo: Shop.address,
        costCeiling: .init(minorUnits: 780, currency: "USD"), generation: 1)
      _ = try? await world.cluster.purchasing.placePurchase(request, options: Shop.asOperator)
      let purchase = try await world.wait(for: "late", .refused)
      #expect(purchase.reason?.code == "ABOVE_CEILING")
      #expect(purchase.reason?.text.contains("8.00 USD") == true, "\(purchase)")
      #expect(try await world.bought().isEmpty)
    }
  }

  @Test func `a page that is lost after the click is found in the list, never bought twice`()
    async throws
  {
    try await ShopWorld.with { world in
      try await world.cluster.sandbox.fault("shop.lostPage")
      try await world.shop.sell("lost", listing: "house")
      let order = try await world.booked("lost")
      let purchase = try await world.purchase("lost")
      #expect(purchase.resolvedBy == "orderList")
      #expect(purchase.attempts.map(\.outcome) == [.unknown])
      #expect(try await world.bought().map(\.id) == order.supplierOrderIDs)
    }
  }

  @Test(arguments: [
    ("purchasing.visitCommitted", PurchaseState.purchased, 1),
    ("purchasing.confirmingCommitted", .refused, 0), ("purchasing.orderConfirmed", .purchased, 1),
    ("purchasing.listRead", .purchased, 1),
  ])
  func `killed at a step and started again, it has bought once or knows that it has not`(
    _ step: String, _ state: PurchaseState, _ count: Int
  ) async throws {
    try await ShopWorld.with { world in
      await world.cluster.stop(.purchasing)
      if step == "purchasing.listRead" {
        try await world.cluster.sandbox.fault("shop.lostPage")
      }
      let program = try await world.start(["DROPWIRE_CRASH_AT": step])
      try await world.shop.sell("killed", listing: "house")
      let exit = await program.waitForExit()
      #expect(exit == Program.Exit(status: SIGKILL, bySignal: true), "\(step) was reached")
      _ = try await eventually("the browser ends with its service") {
        world.cluster.browserProcesses.isEmpty ? true : nil
      }
      _ = try await world.start()
      let purchase = try await world.wait(for: "killed", state)
      if state == .refused { #expect(purchase.reason?.code == "ORDER_NOT_IN_LIST") }
      #expect(try await world.bought().count == count)
      let left = try FileManager.default.contentsOfDirectory(
        atPath: "\(world.cluster.stateDirectory)/browsers")
      #expect(left.isEmpty)
    }
  }

  @Test func `a browser that is killed under way is replaced by another one`() async throws {
    try await ShopWorld.with { world in
      try await world.cluster.sandbox.fault("shop.slow", extra: ["seconds": 30])
      try await world.shop.sell("crashed", listing: "house")
      _ = try await eventually("the browser waits for a page") {
        try await world.cluster.sandbox.strikes().isEmpty ? nil : true
      }
      let browser = try #require(world.cluster.browserProcess)
      kill(browser, SIGKILL)
      try await world.wait(for: "crashed", .purchased)
      let attempts = try await world.purchase("crashed").attempts
      #expect(attempts.map(\.outcome) == [.notAccepted, .placed])
      #expect(attempts.first?.reason?.code == "BROWSER_UNAVAILABLE")
      #expect(try await world.bought().count == 1)
    }
  }

  @Test func `a browser whose guard was killed too is ended at the next start`() async throws {
    try await ShopWorld.with { world in
      try await world.cluster.sandbox.fault("shop.slow", extra: ["seconds": 30])
      try await world.shop.sell("orphan", listing: "house")
      _ = try await eventually("the browser waits for a page") {
        try await world.cluster.sandbox.strikes().isEmpty ? nil : true
      }
      let guardian = try #require(world.cluster.browserGuard)
      kill(guardian, SIGKILL)
      await world.cluster.kill(.purchasing)
      #expect(world.cluster.browserProcess != nil)
      _ = try await world.start()
      try await world.wait(for: "orphan", .purchased)
      #expect(try await world.bought().count == 1)
    }
  }

  @Test func `without a browser the refusal says what is missing`() async throws {
    try await ShopWorld.with(["DROPWIRE_CHROMIUM": "/nonexistent/chromium"]) { world in
      try await world.shop.sell("none", listing: "house")
      let purchase = try await world.wait(for: "none", .refused)
      #expect(purchase.reason?.code == "BROWSER_UNAVAILABLE")
      #expect(purchase.reason?.text.contains("/nonexistent/chromium is not installed") == true)
    }
  }
}
