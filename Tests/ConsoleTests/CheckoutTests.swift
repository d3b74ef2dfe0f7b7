import Contract
import Outside
import Runtime
import Support
import Testing

/// A buyer's way through the console: from the sign-in to goods that have arrived.
@Suite(.enabled(if: Chromium.isInstalled, "\(Chromium.missing)"), .serialized)
struct CheckoutTests {
  @Test func `an order is made, paid at PayPal and watched until it is delivered and paid out`()
    async throws
  {
    try await ConsoleWorld.with { world in
      let visitor = world.visitor
      try await visitor.signIn(as: .admin(1), to: "/console/checkout")
      try await visitor.wait(for: "New order", in: "h1")
      try await visitor.pick(Shop.listing, in: "[name=listingId]")
      try await visitor.fill(Shop.address)
      try await visitor.look("checkout")
      try await visitor.click(showing: "Make the order", in: "main")
      try await visitor.wait(for: "Awaiting payment", in: ".page-head")
      let path = try await visitor.path()
      try await visitor.look("story-unpaid")
      try await visitor.click(showing: "Pay at PayPal", in: "main")
      try await visitor.wait(for: "Pay 20.00 USD?", in: "h1")
      try await visitor.click("button")

      // Back from PayPal the payment is taken, and the story is where one ends.
      try await visitor.wait(for: "Purchased", in: ".page-head")
      #expect(try await visitor.path() == path)
      try await visitor.mark()
      let orderID = try #require(path.split(separator: "/").last.map(String.init))
      let order = try await world.shop.finished(orderID)
      for id in order.supplierOrderIDs {
        try await world.cluster.sandbox.move(supplierOrder: id, "ship")
      }
      try await visitor.wait(for: "Shipped", in: ".page-head")
      for id in order.supplierOrderIDs {
        try await world.cluster.sandbox.move(supplierOrder: id, "finish")
      }
      try await visitor.wait(for: "Delivered", in: ".page-head")
      for told in [
        "Payment received", "Try 1 by the API: placed", "Sale is in the books",
        "Payout to the platform is paid", "Payout to reseller 42 is paid", "Delivered",
      ] {
        try await visitor.wait(for: told, in: ".timeline")
      }
      try await visitor.wait(for: "The order is Delivered.", in: "[role=status].unseen")
      #expect(try await visitor.isMarked(), "the page was never loaded anew")
      try await visitor.look("story")
    }
  }

  @Test func `what is wrong with an order is said at its fields, and what was typed is kept`()
    async throws
  {
    try await ConsoleWorld.with { world in
      let visitor = world.visitor
      try await visitor.signIn(as: .reseller(42), to: "/console/checkout")
      var address = Shop.address
      address.country = "XX"
      try await visitor.fill(address)
      try await visitor.click(showing: "Make the order", in: "main")
      try await visitor.wait(for: "Look at the marked fields.", in: "main")
      #expect(try await visitor.count("[name=\"shipTo.country\"][aria-invalid=true]") == 1)
      let name = try await visitor.script(
        "return document.querySelector('[name=\"shipTo.fullName\"]').value")
      #expect(name.text == address.fullName)
      try await visitor.look("checkout-wrong")
      try await visitor.type("US", into: "[name=\"shipTo.country\"]")
      try await visitor.click(showing: "Make the order", in: "main")
      try await visitor.wait(for: "Awaiting payment", in: ".page-head")
    }
  }
}
