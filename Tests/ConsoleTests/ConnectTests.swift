import Contract
import Runtime
import Support
import Testing

/// Connecting the supplier, and the pages about money, as a person sees them.
@Suite(.enabled(if: Chromium.isInstalled, "\(Chromium.missing)"), .serialized)
struct ConnectTests {
  @Test func `a reseller connects AliExpress on its page of consent and comes back connected`()
    async throws
  {
    try await ConsoleWorld.with { world in
      _ = try await world.cluster.credentials.deleteCredentials(
        .init(userID: 42, api: "aliexpress-dropshipping", environment: .sandbox),
        options: Shop.asOperator)
      let visitor = world.visitor
      try await visitor.signIn(as: .reseller(42), to: "/console/connections")
      try await visitor.wait(for: "No AliExpress account is connected.", in: "main")
      try await visitor.look("connections-empty")
      try await visitor.click(showing: "Connect AliExpress", in: "main")
      try await visitor.wait(for: "One step at AliExpress", in: "h1")
      try await visitor.look("consent")
      try await visitor.click(showing: "Continue to AliExpress", in: "main")
      try await visitor.wait(for: "buy for you?", in: "h1")
      try await visitor.click("button[value=\"42\"]")
      try await visitor.wait(for: "AliExpress is connected", in: "h1")
      try await visitor.look("connected")
      try await visitor.click(showing: "To the connections", in: "main")
      try await visitor.wait(for: "Works", in: "main")
      try await visitor.look("connections")
    }
  }

  @Test func `every page about money can be used by everybody, wide and narrow, light and dark`()
    async throws
  {
    try await ConsoleWorld.with { world in
      try await world.cluster.sandbox.settings(["autoApprove": true])
      try await world.shop.sell("sold")
      try await world.shop.finished("sold")
      let visitor = world.visitor
      try await visitor.signIn(as: .admin(1))
      try await visitor.wait(for: "Overview", in: "h1")
      try await visitor.look("overview")
      for (name, path) in [
        ("payouts", "/console/payouts"), ("payout", "/console/payouts/sold%2Freseller"),
        ("recipients", "/console/recipients"), ("terms", "/console/terms?payee=42"),
        ("ledger", "/console/ledger"),
        ("statement", "/console/ledger/statement?account=paypal&environment=sandbox&currency=USD"),
        ("journal", "/console/ledger/journal"), ("profit", "/console/ledger/profit"),
        ("rates", "/console/ledger/rates"),
      ] {
        try await visitor.open(path)
        let heading = try await visitor.text("h1")
        #expect(!["", "Not found", "Invalid request"].contains(heading), "\(name): \(heading)")
        try await visitor.look(name)
      }
    }
  }
}
