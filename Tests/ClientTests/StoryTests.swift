import Contract
import Foundation
import Testing

@testable import Client

/// The story of an order across the three services.
@Suite struct StoryTests {
  @Test func `the story has each step with the time that passed`() async throws {
    let run = try await Terminal().run("history demo-1")
    let expected = """
      TIME                          PASSED  SERVICE     WHAT                            DETAIL
      2026-11-24 12:00:00.000Z              orders      Order made                      now awaiting-payment, by operator test
      2026-11-24 12:00:01.000Z    +1.000 s  ledger      Booked: capture                 entry demo-1/capture, 20.00 USD paypal / buyerDeposits, 1.19 USD paymentFees / paypal
      2026-11-24 12:00:01.000Z    +0.000 s  orders      Payment received                now paid, 20.00 USD
      2026-11-24 12:00:01.000Z    +0.000 s  orders      Purchase begun                  now purchasing
      2026-11-24 12:00:01.100Z    +0.100 s  purchasing  Try 1 by the API: refused       sold out, reason OUT_OF_STOCK, key demo-1-p1, took 0.800 s
      2026-11-24 12:00:02.000Z    +0.900 s  purchasing  Purchase ended without goods    sold out, reason OUT_OF_STOCK
      2026-11-24 12:00:02.000Z    +0.000 s  orders      Purchase refused                now needs-attention
      2026-11-24 12:00:03.000Z    +1.000 s  ledger      Payout to the platform came up  due 1.08 USD, payout demo-1/admin
      2026-11-24 12:00:03.000Z    +0.000 s  ledger      Payout to reseller 42 came up   due 17.73 USD, payout demo-1/reseller
      2026-11-24 12:01:04.000Z  +1 min 1 s  ledger      Payout to the platform is paid  amount 1.08 USD, sent to platform@example.com, payout demo-1/admin
      """
    #expect(run == Terminal.Run(out: expected + "\n"))
  }

  @Test func `what cannot be asked is named, and the rest is shown`() async throws {
    var services = FakeServices()
    services.down = [.ledger]
    let run = try await Terminal(services).run("history demo-1")
    #expect(run.status == 0)
    #expect(run.out.contains("missing: ledger is not running (no socket at /nowhere/ledger.sock)"))
    #expect(run.out.contains("Payment received"))
    #expect(!run.out.contains("buyerDeposits"))
  }

  @Test func `an order without a purchase has a story too`() async throws {
    var services = FakeServices()
    services.purchase = nil
    let run = try await Terminal(services).run("history demo-1")
    #expect(run.out.contains("Payment received"))
    #expect(!run.out.contains("missing"))
  }

  @Test func `when nobody can be asked it is an error`() async throws {
    var services = FakeServices()
    services.down = [.orders, .purchasing, .ledger]
    let run = try await Terminal(services).run("history demo-1")
    #expect(run.status == 69)
    #expect(run.complaints.hasPrefix("dropwire: orders is not running"))
  }

  @Test func `programs get the same lines`() async throws {
    struct Read: Decodable {
      struct Line: Decodable { let time, service, what, detail: String }
      let lines: [Line]
      let missing: [String]
    }
    let run = try await Terminal().run("history demo-1 --json")
    let story = try JSONDecoder().decode(Read.self, from: Data(run.out.utf8))
    #expect(story.lines.first?.time == "2026-11-24T12:00:00.000Z")
    #expect(story.lines.count == 10)
    #expect(story.missing == [])
  }
}
