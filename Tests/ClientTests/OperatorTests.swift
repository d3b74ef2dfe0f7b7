import Contract
import RPC
import Testing

@testable import Client

/// What an operator sees of purchases and of orders that wait.
@Suite struct OperatorTests {
  @Test func `purchases are a table, and the next page is named`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run("purchases --user 42 --state refused --page-size 1")
    let lines = run.out.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("ORDER   STATE") == true)
    #expect(lines.contains { $0.hasPrefix("demo-1  refused") && $0.hasSuffix("OUT_OF_STOCK") })
    #expect(lines.last == "There are more; add --page-token 9")
    #expect(
      terminal.services.notes.all == [
        #"operator:test ListPurchases {"userId":"42","state":"PURCHASE_STATE_REFUSED","pageSize":1}"#
      ])
  }

  @Test func `a purchase shows its attempts, its costs and what proved it`() async throws {
    var services = FakeServices()
    var purchase = Examples.purchase
    purchase.state = .purchased
    purchase.itemsCost = Examples.usd(650)
    purchase.shippingCost = Examples.usd(150)
    purchase.landedCost = Examples.usd(800)
    purchase.resolvedBy = "person"
    purchase.findings = [
      Finding(
        generation: 1, foundBy: "operator:ada", supplierOrderIDs: ["8001"],
        recordedAt: Examples.time(1950))
    ]
    services.purchase = purchase
    let out = try await Terminal(services).run("purchase demo-1").out
    for part in ["6.50 USD", "1.50 USD", "8.00 USD", "demo-1-p1", "0.800 s", "operator:ada"] {
      #expect(out.contains(part), "\(part)")
    }
    #expect(out.contains("proven by") && out.contains("person"))
  }

  @Test func `why tells the reason, since when, what comes next and who may act`() async throws {
    let out = try await Terminal().run("why demo-1").out
    let parts = [
      "order demo-1 is needs-attention", "OUT_OF_STOCK: the variant is sold out",
      "2026-11-24 12:00:02Z", "retry, or refund", "the reseller",
      "dropwire retry demo-1; dropwire mark-purchased demo-1", "the purchase, refused",
      "payout demo-1/reseller, pending", "NO_RECIPIENT",
    ]
    for part in parts { #expect(out.contains(part), "\(part)") }
    #expect(!out.contains("demo-1/admin"), "what is paid waits for nothing")
  }

  @Test func `why tells what it can when a service is down, and ends when orders is`() async throws
  {
    var services = FakeServices()
    services.down = [.purchasing]
    let run = try await Terminal(services).run("why demo-1")
    #expect(run.out.contains("OUT_OF_STOCK") && run.out.contains("missing: "))
    services.down = [.orders]
    let status = try await Terminal(services).run("why demo-1").status
    #expect(status == ExitStatus.unavailable.rawValue)
  }
}
