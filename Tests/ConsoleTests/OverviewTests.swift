import Contract
import Outside
import Runtime
import Support
import Testing

/// The page that an operator leaves open.
@Suite(.enabled(if: Chromium.isInstalled, "\(Chromium.missing)"), .serialized)
struct OverviewTests {
  private static let mugSKU = "12000000000000001"

  @Test func `the overview follows orders and services, and leaves the keyboard where it is`()
    async throws
  {
    try await ConsoleWorld.with { world in
      try await world.cluster.sandbox.settings(["autoApprove": true])
      let visitor = world.visitor
      try await visitor.signIn(as: .admin(1))
      try await visitor.wait(for: "No orders yet.", in: "main")
      try await visitor.look("overview-empty")
      try await visitor.mark()
      try await world.shop.sell("one")
      try await visitor.wait(for: "Purchased", in: ".states")
      try await visitor.wait(for: "20.00 USD", in: ".stats")

      try await world.cluster.sandbox.stock(sku: Self.mugSKU, 0)
      try await world.shop.sell("two")
      try await visitor.wait(for: "OUT_OF_STOCK", in: "tbody")
      try await visitor.wait(for: "Orders that wait: 1", in: "[role=status].unseen")
      _ = try await visitor.script("document.querySelector('tbody a').focus()")
      try await world.shop.sell("three")
      try await visitor.wait(for: "three", in: "tbody")
      let focused = try await visitor.script("return document.activeElement.innerText")
      #expect(focused.text == "two", "the focus stays on the link that had it")
      try await visitor.look("overview-waiting")

      await world.cluster.stop(.ledger)
      try await world.shop.checkout("four")
      try await visitor.wait(for: "The service ledger does not answer now", in: "main")
      try await visitor.wait(for: "Does not answer", in: "tbody:has(.bad)")
      #expect(try await visitor.text("main").contains("Orders by state"))
      try await visitor.look("overview-missing")
      #expect(try await visitor.isMarked(), "the page was never loaded anew")
    }
  }
}
