import Contract
import RPC
import Support
import Testing

/// Bad input gets a clear error that names the field, and loses nothing.
@Suite(.serialized) struct BadInputTests {
  @Test func `what cannot be right is refused at the door and names the field`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      var listing = Shop.mug("bad")
      listing.price = .init(minorUnits: -5, currency: "USD")
      try await expectRefused(["price"]) {
        _ = try await cluster.orders.putListing(listing, options: Shop.asOperator)
      }
      listing.price = .init(minorUnits: 2000, currency: "XXQ")
      try await expectRefused(["price"]) {
        _ = try await cluster.orders.putListing(listing, options: Shop.asOperator)
      }
      listing = Shop.mug("bad")
      listing.productURL = "https://evil.example/item/1005001000000001.html"
      try await expectRefused(["product_url"]) {
        _ = try await cluster.orders.putListing(listing, options: Shop.asOperator)
      }
      _ = try await cluster.orders.putListing(
        Shop.mug("dear", cents: 1_000_000_000_000), options: Shop.asOperator)
      try await expectRefused(["quantity"]) {
        try await shop.checkout("overflow", listing: "dear", quantity: 999)
      }
      try await expectRefused(["ship_to.city", "ship_to.line1"]) {
        var address = Shop.address
        address.line1 = ""
        address.city = ""
        _ = try await cluster.orders.createCheckout(
          .init(
            orderID: "no-street", listingID: Shop.listing, quantity: 1, shipTo: address,
            returnURL: "", cancelURL: ""), options: Shop.asOperator)
      }
      for (country, field) in [("SA", "phone"), ("BR", "postal_code"), ("IL", "tax_id")] {
        try await expectRefused(["ship_to.\(field)", "ship_to.tax_id"]) {
          var address = Shop.address
          address.country = country
          _ = try await cluster.orders.createCheckout(
            .init(
              orderID: "no-rule", listingID: Shop.listing, quantity: 1, shipTo: address,
              returnURL: "", cancelURL: ""), options: Shop.asOperator)
        }
      }
      #expect(try await cluster.sandbox.truth().paypal.captures.isEmpty, "no money has moved")
      try await expectRefused(["order_id"]) { try await shop.checkout("Not An Id") }
    }
  }

  @Test(arguments: [
    ("sku", "12000000000000099", 2000, "SKU"), ("stock", "12000000000000002", 2000, "STOCK"),
    ("ceiling", "12000000000000001", 900, "CEILING"),
  ])
  func `an order that cannot be bought is not bought and says why`(
    _ name: String, _ sku: String, _ cents: Int, _ reason: String
  ) async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      _ = try await cluster.orders.putListing(
        Shop.mug(name, cents: Int64(cents), sku: sku), options: Shop.asOperator)
      try await shop.sell(name, listing: name)
      let order = try await eventually("\(name) needs attention") {
        let order = try await shop.order(name)
        return order.state == .needsAttention ? order : nil
      }
      #expect(
        order.waiting?.reason?.code.contains(reason) == true, "\(String(describing: order.waiting))"
      )
      #expect(order.waiting?.allowedActions.contains(.retry) == true)
      #expect(try await cluster.sandbox.truth(order: name).aliexpress.orders.isEmpty)
    }
  }

  @Test func `a listing in a currency that the supplier is not paid in is refused at checkout`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      var listing = Shop.mug("euro")
      listing.price = .init(minorUnits: 2000, currency: "EUR")
      _ = try await cluster.orders.putListing(listing, options: Shop.asOperator)
      let error = await #expect(throws: RPCError.self) {
        try await shop.checkout("euro", listing: "euro")
      }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.reason?.code == "CURRENCY_NOT_TAKEN")
      #expect(error?.message.contains("EUR") == true && error?.message.contains("USD") == true)
      #expect(try await cluster.sandbox.truth(order: "euro").paypal.captures.isEmpty)
    }
  }

  @Test func `a capture of another amount than the order's stops the order`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.fault("paypal.captureAmountDiffers")
      try await shop.sell("short")
      let order = try await shop.order("short")
      #expect(order.state == .needsAttention)
      #expect(order.waiting?.reason?.code == "CAPTURE_AMOUNT_DIFFERS")
      #expect(order.waiting?.reason?.text.contains("20.00") == true)
    }
  }

  private func expectRefused(_ fields: [String], _ body: () async throws -> Void) async throws {
    do {
      try await body()
      Issue.record("expected a refusal of \(fields)")
    } catch let error as RPCError {
      #expect(error.code == .invalidArgument, "\(error)")
      #expect(Set(error.violations.map(\.field)) == Set(fields), "\(error)")
    }
  }
}
