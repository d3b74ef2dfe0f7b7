import Contract
import Foundation
import Testing

@testable import Client

/// The story of an order across the three services.
@Suite struct StoryTests {
  private func line(_ at: Int64, _ service: String, _ what: String) -> Story.Line {
    Story.Line(at: at, service: service, what: what, detail: "")
  }

  @Test func `parts are merged by time, and keep their order within a millisecond`() {
    let story = Story(
      parts: [
        [line(2, "purchasing", "b"), line(2, "purchasing", "c"), line(1, "purchasing", "a")],
        [line(2, "ledger", "d")], [line(0, "orders", "z"), line(2, "orders", "e")],
      ], missing: [])
    #expect(story.lines.map(\.what) == ["z", "a", "b", "c", "d", "e"])
  }

  @Test func `the story has each step with the time that passed`() async throws {
    let run = try await Terminal().run("history demo-1")
    let expected = """
      TIME                          PASSED  SERVICE     WHAT                          DETAIL
      2026-11-24 12:00:00.000Z              orders      awaiting-payment              checkoutCreated (operator:test)
      2026-11-24 12:00:01.000Z    +1.000 s  ledger      capture                       20.00 USD paypal / buyerDeposits, 1.19 USD paymentFees / paypal
      2026-11-24 12:00:01.000Z    +0.000 s  orders      awaiting-payment > paid       captureCompleted: 20.00 USD
      2026-11-24 12:00:01.000Z    +0.000 s  orders      paid > purchasing             purchaseAsked
      2026-11-24 12:00:01.100Z    +0.100 s  purchasing  attempt 1 sent                api, key demo-1-p1
      2026-11-24 12:00:01.900Z    +0.800 s  purchasing  attempt 1 refused             OUT_OF_STOCK: sold out; for the reseller
      2026-11-24 12:00:02.000Z    +0.100 s  purchasing  purchase refused              OUT_OF_STOCK: sold out; for the reseller
      2026-11-24 12:00:02.000Z    +0.000 s  orders      purchasing > needs-attention  purchaseRefused
      2026-11-24 12:00:03.000Z    +1.000 s  ledger      payout due                    demo-1/admin 1.08 USD for admin
      2026-11-24 12:00:03.000Z    +0.000 s  ledger      payout due                    demo-1/reseller 17.73 USD for reseller:42
      2026-11-24 12:01:04.000Z  +1 min 1 s  ledger      payout paid                   demo-1/admin 1.08 USD
      """
    #expect(run == Terminal.Run(out: expected + "\n"))
  }

  @Test func `what cannot be asked is named, and the rest is shown`() async throws {
    var services = FakeServices()
    services.down = [.ledger]
    let run = try await Terminal(services).run("history demo-1")
    #expect(run.status == 0)
    #expect(run.out.contains("missing: ledger is not running (no socket at /nowhere/ledger.sock)"))
    #expect(run.out.contains("captureCompleted"))
    #expect(!run.out.contains("buyerDeposits"))
  }

  @Test func `an order without a purchase has a story too`() async throws {
    var services = FakeServices()
    services.purchase = nil
    let run = try await Terminal(services).run("history demo-1")
    #expect(run.out.contains("captureCompleted"))
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
    #expect(story.lines.count == 11)
    #expect(story.missing == [])
  }
}
