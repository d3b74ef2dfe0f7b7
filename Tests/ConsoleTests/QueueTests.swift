import Contract
import Runtime
import Support
import Testing

/// What people do about orders that wait for them.
@Suite(.enabled(if: Chromium.isInstalled, "\(Chromium.missing)"), .serialized)
struct QueueTests {
  private static let mugSKU = "12000000000000001"

  /// An order whose goods were out of stock, and a person who looks at what is to be done.
  private func withRefused(
    as actor: Runtime.Actor, _ body: (ConsoleWorld, Visitor) async throws -> Void
  ) async throws {
    try await ConsoleWorld.with { world in
      try await world.cluster.sandbox.settings(["autoApprove": true])
      try await world.cluster.sandbox.stock(sku: Self.mugSKU, 0)
      let visitor = world.visitor
      try await visitor.signIn(as: actor, to: "/console/queue")
      try await visitor.wait(for: "Nothing to do.", in: "main")
      try await visitor.look("queue-empty")
      try await visitor.mark()
      try await world.shop.sell("refused")
      try await visitor.wait(for: "OUT_OF_STOCK", in: ".todo")
      try await visitor.wait(for: "Orders to do: 1", in: "[role=status].unseen")
      #expect(try await visitor.isMarked(), "it appeared without a load")
      try await body(world, visitor)
    }
  }

  @Test func `an order that was refused is tried again from the list, and goes through`()
    async throws
  {
    try await withRefused(as: .reseller(42)) { world, visitor in
      try await visitor.look("queue")
      try await world.cluster.sandbox.stock(sku: Self.mugSKU, 5)
      try await visitor.click(showing: "Try again", in: ".todo")
      try await visitor.look("queue-action")
      try await visitor.click(showing: "Try again", in: ".todo form")
      try await visitor.wait(for: "It is tried again.", in: ".notice.good")
      #expect(try await visitor.path() == "/console/queue")
      try await visitor.wait(for: "Nothing to do.", in: "main")
      try await world.shop.finished("refused")
    }
  }

  @Test func `a reseller is not offered what is the platform's, an administrator is`() async throws
  {
    try await withRefused(as: .reseller(42)) { world, visitor in
      #expect(try await visitor.text(".todo").contains("Give the money back"))
      #expect(try await !visitor.text(".todo").contains("It is bought"))
      try await visitor.click(showing: "Sign out", in: "header")
      try await visitor.wait(for: "Sign in", in: "main h1")
      try await visitor.signIn(as: .admin(1), to: "/console/orders/refused")
      try await visitor.wait(for: "It is bought", in: "main")
    }
  }

  @Test func `the money is given back after a question, and a wrong word is refused in place`()
    async throws
  {
    try await withRefused(as: .admin(1)) { world, visitor in
      try await visitor.open("/console/orders/refused")
      try await visitor.click(showing: "It is bought", in: "main")
      try await visitor.type("80011", into: "[name=supplierOrderIds]")
      try await visitor.type("eight", into: "[name=landedCost]")
      try await visitor.click(showing: "Mark as bought", in: "main")
      try await visitor.wait(for: "is no amount in USD such as 8.00", in: "main")
      try await visitor.look("story-refused")
      try await visitor.click(showing: "Give the money back", in: "main")
      try await visitor.click(showing: "Refund the buyer", in: "main")
      try await visitor.accept()
      try await visitor.wait(for: "Refunded", in: ".page-head")
      try await visitor.wait(for: "The buyer has his money back", in: ".timeline")
      #expect(try await world.cluster.sandbox.truth(order: "refused").paypal.refunds.count == 1)
    }
  }
}
