import Contract
import Outside
import Runtime
import Support
import Testing

/// The list of orders, the looks of pages, and how they are reached.
@Suite(.enabled(if: Chromium.isInstalled, "\(Chromium.missing)"), .serialized)
struct OrdersPageTests {
  @Test func `orders are found by state and page by page, and the keyboard reaches all`()
    async throws
  {
    try await ConsoleWorld.with { world in
      let visitor = world.visitor
      try await visitor.open("/console/orders")
      try await visitor.look("sign-in")
      try await visitor.signIn(as: .admin(1), to: "/console/orders")
      try await visitor.wait(for: "No orders yet.", in: "main")
      try await visitor.look("orders-empty")
      for number in 1...30 { try await world.shop.checkout("order-\(number)") }
      _ = try await world.cluster.orders.cancelOrder(
        .init(orderID: "order-7"), options: Shop.asOperator)
      try await visitor.wait(for: "order-30", in: "tbody")
      #expect(try await visitor.count("tbody tr") == 25)
      try await visitor.look("orders")
      try await visitor.click(showing: "Older", in: "main")
      // No id of the newer ones begins so.
      try await visitor.wait(for: "order-5", in: "tbody")
      #expect(try await visitor.count("tbody tr") == 5)
      try await visitor.pick("CANCELLED", in: "[name=state]")
      try await visitor.click(showing: "Show", in: "main")
      try await visitor.wait(for: "order-7", in: "tbody")
      #expect(try await visitor.count("tbody tr") == 1)
      let names = try await visitor.reached()
      #expect(names.first == "Skip to the content")
      for name in ["Orders", "New order", "userId", "Show", "order-7", "Sign out"] {
        #expect(names.contains(name), "\(name) in \(names)")
      }
    }
  }

  @Test func `what a browser saw of a purchase is on the order's page`() async throws {
    try await ConsoleWorld.with { world in
      try await world.cluster.sandbox.settings(["autoApprove": true])
      _ = try await world.cluster.orders.putListing(
        Shop.mug("house", userID: 0), options: Shop.asOperator)
      let visitor = world.visitor
      try await visitor.signIn(as: .admin(1), to: "/console/orders")
      try await world.shop.sell("house-1", listing: "house")
      try await visitor.open("/console/orders/house-1")
      try await visitor.wait(for: "Purchased", in: ".page-head", within: .seconds(60))
      try await visitor.wait(for: "in the shop's pages: placed", in: ".timeline")
      _ = try await visitor.script(
        "document.querySelectorAll('details.more').forEach(each => each.open = true)")
      _ = try await eventually("the pictures are there") {
        try await visitor.script(
          """
          const all = [...document.querySelectorAll('.shots img')];
          all.forEach(each => each.loading = 'eager');
          return all.length >= 8 && all.every(each => each.complete && each.naturalWidth > 0);
          """
        ).bool == true ? true : nil
      }
      try await visitor.look("story-browser")
    }
  }

  @Test func `what cannot be shown is said in words`() async throws {
    try await ConsoleWorld.with { world in
      let visitor = world.visitor
      try await world.shop.checkout("mine")
      try await visitor.signIn(as: .reseller(43), to: "/console/orders/mine")
      try await visitor.wait(for: "Not allowed", in: "h1")
      try await visitor.open("/console/orders/none")
      try await visitor.wait(for: "Not found", in: "h1")
      try await visitor.look("not-found")
      await world.cluster.stop(.ledger)
      try await visitor.click(showing: "Sign out", in: "header")
      try await visitor.wait(for: "Sign in", in: "main h1")
      try await visitor.signIn(as: .admin(1), to: "/console/orders/mine")
      try await visitor.wait(for: "ledger does not answer now", in: "main")
      try await visitor.look("story-missing")
    }
  }
}
