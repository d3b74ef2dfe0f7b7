import Contract
import RPC
import Testing

@testable import Client

/// What the verbs send, what they show and how they end.
@Suite struct VerbTests {
  @Test func `an order is shown with why it waits`() async throws {
    let run = try await Terminal().run("order demo-1")
    let expected = """
      order          demo-1
      state          needs-attention
      environment    sandbox
      reseller       42
      listing        mug
      product        https://www.aliexpress.com/item/1005001000000001.html
      sku            12000000000000001
      quantity       1
      price          20.00 USD
      ship to        Ada Lovelace, 1 Market Street, San Francisco California 94105 US, +14155550100
      paypal order   5O1
      capture        2GG
      payment fee    1.19 USD
      in the books   capture
      waits because  OUT_OF_STOCK: the variant is sold out (B_INVENTORY); for the reseller
      since          2026-11-24 12:00:02Z
      next           retry, or refund
      you may        retry, mark-purchased
      created        2026-11-24 12:00:00Z
      updated        2026-11-24 12:00:02Z
      """
    #expect(run == Terminal.Run(out: expected + "\n"))
  }

  @Test func `orders are a table, and the next page is named`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run("orders --user 42 --state needs-attention --page-size 1")
    let expected = """
      ORDER   STATE            RESELLER  LISTING  QTY      PRICE  COST  CREATED               WAITS BECAUSE
      demo-1  needs-attention        42  mug        1  20.00 USD        2026-11-24 12:00:00Z  OUT_OF_STOCK
      There are more; add --page-token 17
      """
    #expect(run == Terminal.Run(out: expected + "\n"))
    #expect(
      terminal.services.notes.all == [
        #"operator:test ListOrders {"userId":"42","state":"ORDER_STATE_NEEDS_ATTENTION","pageSize":1}"#
      ])
  }

  @Test func `payouts are a table`() async throws {
    let run = try await Terminal().run("payouts --order demo-1")
    let expected = """
      PAYOUT           PAYEE        STATE          DUE    AMOUNT  SENT TO               UPDATED               BECAUSE
      demo-1/admin     admin        paid      1.08 USD  1.08 USD  platform@example.com  2026-11-24 12:01:04Z
      demo-1/reseller  reseller:42  pending  17.73 USD                                  2026-11-24 12:00:03Z  NO_RECIPIENT: nobody said where the money goes; for the reseller
      """
    #expect(run == Terminal.Run(out: expected + "\n"))
  }

  @Test func `programs get the whole answer as JSON`() async throws {
    let order = try await Terminal().run("order demo-1 --json")
    #expect(try Order(json: order.out) == Examples.order)
    let payouts = try await Terminal().run("payouts --order demo-1 --json")
    #expect(try ListPayoutsResponse(json: payouts.out).payouts == Examples.payouts)
    #expect(payouts.out.contains("PAYOUT_STATE_PAID"))
  }

  @Test func `a trial balance has its totals and its verdict`() async throws {
    let run = try await Terminal().run("trial-balance")
    let expected = """
      ACCOUNT           DEBITS    CREDITS     BALANCE
      buyerDeposits   0.00 USD  20.00 USD  -20.00 USD
      paymentFees     1.19 USD   0.00 USD    1.19 USD
      paypal         20.00 USD   1.19 USD   18.81 USD
      total          21.19 USD  21.19 USD    0.00 USD

      balanced, 1 entry, head ab01
      """
    #expect(run == Terminal.Run(out: expected + "\n"))
  }

  @Test func `books that do not add up end with 1`() async throws {
    var services = FakeServices()
    services.trialBalance.totals[0].difference = Examples.usd(1)
    services.verified = VerifyJournalResponse(firstBadEntryID: "demo-1/sale")
    services.violations = [Violation(rule: "sumIsZero", subject: "o-1", text: "off by 0.01 USD")]
    let terminal = Terminal(services)
    let trial = try await terminal.run("trial-balance")
    #expect(trial.status == 1)
    #expect(trial.out.contains("NOT BALANCED"))
    let verify = try await terminal.run("verify")
    #expect(verify.status == 1)
    #expect(verify.out.contains("first bad entry is demo-1/sale"))
    let check = try await terminal.run("check")
    #expect(check.status == 1)
    #expect(check.out.contains("sumIsZero"))
  }

  @Test func `books that add up end with 0`() async throws {
    let verify = try await Terminal().run("verify --head AB01")
    #expect(verify == Terminal.Run(out: "the journal is whole: 3 entries, head ab01\n"))
    #expect(try await Terminal().run("check") == Terminal.Run(out: "everything adds up\n"))
  }

  @Test func `a checkout without an order id makes one`() async throws {
    let terminal = Terminal()
    #expect(try await terminal.run("checkout --listing mug --ship-to us-example").status == 0)
    let sent = try #require(terminal.services.notes.all.first)
    let pattern = /"orderId":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/
    #expect(sent.contains(pattern), "\(sent)")
    #expect(sent.contains("Ada Lovelace"))
  }

  @Test func `a checkout without an address sends nothing`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run("checkout --listing mug")
    #expect(run.status == 64)
    #expect(run.complaints.contains("--ship-to us-example"))
    #expect(terminal.services.notes.all == [])
  }

  @Test func `a retry sends only what was given`() async throws {
    let terminal = Terminal()
    _ = try await terminal.run("retry demo-1")
    _ = try await terminal.run("retry demo-1 --ceiling 12.5 --city Oakland")
    #expect(
      terminal.services.notes.all == [
        #"operator:test RetryOrder {"orderId":"demo-1"}"#,
        #"operator:test RetryOrder {"orderId":"demo-1","shipTo":{"city":"Oakland"},"#
          + #""costCeiling":{"minorUnits":"1250","currency":"USD"}}"#,
      ])
  }

  @Test func `who acts is said`() async throws {
    let terminal = Terminal()
    _ = try await terminal.run("order demo-1 --as reseller:42")
    #expect(terminal.services.notes.all == [#"reseller:42 GetOrder {"orderId":"demo-1"}"#])
  }

  @Test func `money goes in and out`() async throws {
    let terminal = Terminal()
    _ = try await terminal.run("fund --id float --amount 500.00")
    _ = try await terminal.run("fund --id back --amount 1 --withdraw --environment production")
    #expect(terminal.services.notes.all[0].contains("TOP_UP"))
    #expect(terminal.services.notes.all[0].contains(#""minorUnits":"50000""#))
    #expect(terminal.services.notes.all[1].contains("WITHDRAWAL"))
    #expect(terminal.services.notes.all[1].contains("ENVIRONMENT_PRODUCTION"))
  }

  @Test func `an export is passed on byte by byte`() async throws {
    let run = try await Terminal().run("export csv --order demo-1")
    #expect(run == Terminal.Run(out: "1,é\n"))
    #expect(try await Terminal().run("export excel").status == 64)
  }

  @Test func `credentials go in and are not shown`() async throws {
    let terminal = Terminal()
    let folder = try Folder.made()
    defer { folder.remove() }
    let file = try folder.file(
      "c.json",
      #"{"app_key": "500001", "app_secret": "s3cret", "access_token": "t0ken", "#
        + #""access_token_expires_at": "2099-01-01T00:00:00Z"}"#)
    let run = try await terminal.run("credentials put --user 42 --file \(file)")
    #expect(run.status == 0)
    #expect(run.out.contains("state        valid"))
    #expect(!run.out.contains("s3cret") && !run.out.contains("t0ken"))
    #expect(terminal.services.notes.all.first?.contains(#""appSecret":"s3cret""#) == true)
    #expect(terminal.services.notes.all.first?.contains("aliexpress-dropshipping") == true)
  }

  @Test func `health names who does not serve, and ends with 69`() async throws {
    let well = try await Terminal().run("health")
    #expect(well.status == 0)
    #expect(well.out.split(separator: "\n").count == 4)
    var services = FakeServices()
    services.down = [.purchasing]
    let ill = try await Terminal(services).run("health")
    #expect(ill.status == 69)
    #expect(ill.out.contains("purchasing  not serving  purchasing is not running"))
    let json = try await Terminal(services).run("health --json")
    #expect(
      json.out
        == #"{"orders": "SERVING", "purchasing": "NOT_SERVING", "ledger": "SERVING"}"# + "\n")
  }

  @Test func `a refusal is one sentence on standard error`() async throws {
    var services = FakeServices()
    services.refusal = RPCError(.permissionDenied, "reseller 7 may not see it")
    let run = try await Terminal(services).run("order demo-1 --as reseller:7")
    #expect(
      run
        == Terminal.Run(
          status: 77, complaints: "dropwire: reseller 7 may not see it (PERMISSION_DENIED)\n"))
  }
}
