import AsyncHTTPClient
import Contract
import Foundation
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// Every page and every form of the console, by everyone: nobody, another reseller, the reseller whose
/// rows they are, an administrator; and every form as another site would send it.
///
/// **Invariant:** a route that is missing here fails the test, so that none is added without saying
/// who may what.
@Suite(.serialized) struct ConsoleWalkTests {
  /// Whose business a route is.
  enum Business: Sendable {
    /// One row, its owner's and the platform's.
    case row
    /// Each person's own; nothing of the order is in it for another reseller.
    case own
    /// The platform's alone.
    case platform
  }

  struct Step: Sendable {
    let business: Business
    let path: String
    var form: [String: String] = [:]
    /// What an administrator is answered where there is nothing to be had.
    var adminStatus: Int?
  }

  /// Those for people who have not signed in, or that end the session.
  private static let everyone: Set = ["root", "signInPage", "signIn", "signOut", "asset"]
  private static let checkout = [
    "orderId": "o-2", "listingId": Shop.listing, "quantity": "1",
    "shipTo.fullName": Shop.address.fullName, "shipTo.phone": Shop.address.phone,
    "shipTo.line1": Shop.address.line1, "shipTo.city": Shop.address.city,
    "shipTo.province": Shop.address.province, "shipTo.postalCode": Shop.address.postalCode,
    "shipTo.country": "us",
  ]

  /// By the route's name. `ENTRY` is the id of an entry of the journal.
  private static let steps: [String: Step] = [
    "overview": Step(business: .own, path: "/console"),
    "consoleEvents": Step(business: .row, path: "/console/events?orderId=o-1"),
    "ordersPage": Step(business: .own, path: "/console/orders"),
    "storyPage": Step(business: .row, path: "/console/orders/o-1"),
    "screenshot": Step(
      business: .platform, path: "/console/orders/o-1/screenshots/..%2F..%2Fmaster.key",
      adminStatus: 404),
    "queuePage": Step(business: .own, path: "/console/queue"),
    "checkoutPage": Step(business: .own, path: "/console/checkout"),
    "consoleCheckout": Step(business: .row, path: "/console/checkout", form: checkout),
    "paidPage": Step(business: .row, path: "/console/checkout/o-1/paid?token=T"),
    "consoleCapture": Step(business: .row, path: "/console/orders/o-1/capture"),
    "consoleRetry": Step(business: .row, path: "/console/orders/o-1/retry"),
    "consoleMarkPurchased": Step(
      business: .platform, path: "/console/orders/o-1/mark-purchased",
      form: ["supplierOrderIds": "1", "landedCost": "8.00", "fundedBy": "platform"]),
    "consoleAttest": Step(
      business: .platform, path: "/console/orders/o-1/attest-not-placed", form: ["evidence": "x"]),
    "consoleCancel": Step(business: .row, path: "/console/orders/o-1/cancel"),
    "consoleTracking": Step(
      business: .row, path: "/console/orders/o-1/tracking",
      form: ["carrier": "USPS", "trackingNumber": "9400"]),
    "connections": Step(business: .own, path: "/console/connections"),
    "connect": Step(
      business: .own, path: "/console/connections",
      form: ["userId": "42", "environment": "sandbox"]),
    "connection": Step(business: .row, path: "/console/connections/42/sandbox"),
    "refreshConnection": Step(business: .row, path: "/console/connections/42/sandbox/refresh"),
    "deleteConnection": Step(business: .row, path: "/console/connections/42/sandbox/delete"),
    "ledger": Step(business: .own, path: "/console/ledger"),
    "statement": Step(business: .own, path: "/console/ledger/statement?account=reseller:42"),
    "statementFile": Step(
      business: .own, path: "/console/ledger/statement.csv?account=reseller:42"),
    "verifyBooks": Step(business: .platform, path: "/console/ledger/verify"),
    "journal": Step(business: .platform, path: "/console/ledger/journal"),
    "journalFile": Step(business: .platform, path: "/console/ledger/journal.csv"),
    "entry": Step(business: .platform, path: "/console/ledger/entries/ENTRY"),
    "profit": Step(business: .own, path: "/console/ledger/profit?by=order"),
    "profitFile": Step(business: .own, path: "/console/ledger/profit.csv?by=order"),
    "rates": Step(business: .own, path: "/console/ledger/rates"),
    "setRate": Step(
      business: .platform, path: "/console/ledger/rates", form: ["userId": "42", "rateBps": "10"]),
    "payouts": Step(business: .own, path: "/console/payouts?payee=reseller:42"),
    "payoutsFile": Step(business: .own, path: "/console/payouts.csv?payee=reseller:42"),
    "payOut": Step(
      business: .own, path: "/console/payouts",
      form: ["payoutId": "p-1", "amount": "1.00", "currency": "USD", "payee": "reseller:42"]),
    "payout": Step(business: .row, path: "/console/payouts/o-1%2Freseller"),
    "sendPayoutAgain": Step(business: .platform, path: "/console/payouts/o-1%2Freseller/retry"),
    "attestPayoutPage": Step(
      business: .platform, path: "/console/payouts/o-1%2Freseller",
      form: ["finding": "PAID", "evidence": "x"]),
    "terms": Step(business: .own, path: "/console/terms?payee=reseller:42"),
    "setTerms": Step(
      business: .platform, path: "/console/terms",
      form: ["payee": "reseller:42", "currency": "USD", "schedule": "PER_SALE", "holdHours": "0"]),
    "recipients": Step(business: .own, path: "/console/recipients?payee=reseller:42"),
    "putRecipient": Step(
      business: .own, path: "/console/recipients/put",
      form: ["payee": "reseller:42", "email": "other@example.com"]),
    "verifyRecipient": Step(
      business: .platform, path: "/console/recipients/verify",
      form: ["payee": "reseller:42", "version": "1", "evidence": "x"]),
  ]

  @Test(.timeLimit(.minutes(1)))
  func `nobody sees or does in the console what is another's`() async throws {
    #expect(Set(Self.steps.keys) == Set(Console.routes.map(\.name)).subtracting(Self.everyone))
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.sell("o-1")
      try await shop.finished("o-1")
      let entries = try await gateway.cluster.ledger.listEntries(
        .init(environment: .sandbox, orderID: "o-1", pageSize: 1), options: Shop.asOperator)
      let entryID = try #require(entries.entries.first?.entryID)
      var browsers: [(Actor, ConsoleBrowser)] = []
      for actor in [Actor.reseller(43), .reseller(42), .admin(7)] {
        browsers.append((actor, try await ConsoleBrowser.signedIn(actor, to: gateway)))
      }
      for route in Console.routes {
        guard let step = Self.steps[route.name] else { continue }
        let path = step.path.replacing("ENTRY", with: Console.encoded(entryID))
        try await expectSignIn(gateway, route, path)
        for (actor, browser) in browsers {
          if route.verb == .post { try await expectForeignRefused(browser, path, step) }
          try await walk(route, step, path, actor, browser)
        }
      }
      let recipients = try await gateway.cluster.ledger.listPayoutRecipients(
        .init(payee: "reseller:42", environment: .sandbox), options: Shop.asOperator)
      #expect(recipients.recipients.last?.email == "reseller-42@example.com")
      #expect(try await shop.order("o-1").isSaleBooked)
    }
  }

  private func expectSignIn(_ gateway: GatewayUnderTest, _ route: Route, _ path: String)
    async throws
  {
    let stranger = ConsoleBrowser(gateway: gateway)
    let answer = try await stranger.send(
      route.verb.rawValue, path, form: route.verb == .post ? "form=" : nil)
    #expect(answer.status == 303, "\(route.name): \(answer.status)")
    #expect(
      answer.headers["Location"].first?.hasPrefix("/console/sign-in") == true, "\(route.name)")
  }

  /// A form from elsewhere, though it brings the session along.
  private func expectForeignRefused(_ browser: ConsoleBrowser, _ path: String, _ step: Step)
    async throws
  {
    for (site, token) in [("same-origin", ""), ("cross-site", browser.formToken)] {
      let answer = try await browser.send("POST", path, form: "form=\(token)", site: site)
      #expect(answer.status == 403 && answer.body.contains("nothing was done"), "\(site) \(path)")
    }
  }

  private func walk(
    _ route: Route, _ step: Step, _ path: String, _ actor: Actor, _ browser: ConsoleBrowser
  ) async throws {
    let (status, body) = try await ask(route, step, path, browser)
    let who = "\(route.name) as \(actor): \(status)"
    let isPassed = ![401, 403, 404].contains(status) && status < 500
    switch (actor, step.business) {
    case (.admin, _), (.system, _), (.operator, _):
      #expect(step.adminStatus.map { $0 == status } ?? isPassed, "\(who)")
    case (.reseller, .platform): #expect(status == 403, "\(who)")
    case (.reseller(42), _): #expect(isPassed, "\(who)")
    case (_, .row): #expect([403, 404].contains(status), "\(who)")
    case (_, .own):
      #expect(isPassed, "\(who)")
      #expect(!body.contains("o-1") && !body.contains("reseller-42@"), "\(who)")
    }
  }

  /// Live updates do not end: of these only the status.
  private func ask(_ route: Route, _ step: Step, _ path: String, _ browser: ConsoleBrowser)
    async throws -> (Int, String)
  {
    if case .events = route.answer {
      let request = try await browser.gateway.request(
        "GET", path, headers: [("Cookie", browser.cookie)])
      return (try await browser.gateway.execute(request), "")
    }
    let answer =
      route.verb == .post
      ? try await browser.post(path, step.form) : try await browser.get(path)
    return (answer.status, answer.body)
  }
}
