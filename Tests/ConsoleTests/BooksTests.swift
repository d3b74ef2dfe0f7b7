import Contract
import Outside
import Runtime
import Support
import Testing

/// What people see of money, and who does not see it.
@Suite(.enabled(if: Chromium.isInstalled, "\(Chromium.missing)"), .serialized)
struct BooksTests {
  @Test func `a reseller reads his statement and takes it along, and sees no page of the platform`()
    async throws
  {
    try await ConsoleWorld.with { world in
      try await world.cluster.sandbox.settings(["autoApprove": true])
      try await world.shop.sell("sold")
      try await world.shop.finished("sold")
      let visitor = world.visitor
      try await visitor.signIn(as: .reseller(42), to: "/console/ledger")
      try await visitor.wait(for: "Your statement", in: "h1")
      try await visitor.wait(for: "sold/sale", in: "tbody tr:first-child")
      try await visitor.wait(for: "17.73 USD", in: "tbody tr:first-child")
      let file = try await visitor.script(
        """
        const request = new XMLHttpRequest();
        request.open('GET', document.querySelector('a[download]').href, false);
        request.send();
        return request.responseText;
        """
      ).text
      #expect(file?.contains(",sold/sale,17.73,USD,17.73,USD\r\n") == true, "\(file ?? "nothing")")
      try await visitor.look("statement-own")

      let tabs = try await visitor.text(".tabs")
      #expect(tabs.contains("Profit") && !tabs.contains("Journal") && !tabs.contains("Accounts"))
      for path in [
        "/console/ledger/journal", "/console/ledger/entries/sold%2Fsale",
        "/console/payouts/sold%2Fadmin",
      ] {
        try await visitor.open(path)
        try await visitor.wait(for: "Not allowed", in: "h1")
      }
      try await visitor.look("not-allowed")
      try await visitor.open("/console/orders/sold")
      try await visitor.wait(for: "Payout to reseller 42 is paid", in: ".timeline")
      #expect(try await !visitor.text(".timeline").contains("Booked:"))
      try await visitor.open("/console/terms")
      try await visitor.wait(for: "Terms of reseller 42", in: "main")
      #expect(try await visitor.count("main form") == 0)
      try await visitor.open("/console")
      try await visitor.wait(for: "Your balance", in: "main")
      #expect(try await !visitor.text("main").contains("Services and providers"))
    }
  }

  @Test func `a payout that failed is sent again from its page, and is seen to arrive`()
    async throws
  {
    try await ConsoleWorld.with { world in
      try await world.cluster.sandbox.settings(["autoApprove": true])
      try await world.cluster.sandbox.fault("paypal.payoutFailed", match: "sold-reseller")
      try await world.shop.sell("sold")
      let visitor = world.visitor
      try await visitor.signIn(as: .admin(1), to: "/console/payouts")
      try await visitor.wait(for: "Failed", in: "tbody", within: .seconds(30))
      try await visitor.wait(for: "RECEIVER_ACCOUNT_LOCKED", in: "tbody")
      try await visitor.look("payouts-failed")
      try await visitor.click(showing: "sold/reseller", in: "tbody")
      try await visitor.wait(for: "Failed", in: ".page-head")
      try await visitor.click(showing: "Send again", in: "main")
      try await visitor.wait(for: "It is sent again under its next generation.", in: ".notice.good")
      try await visitor.mark()
      try await visitor.wait(for: "Paid", in: ".page-head", within: .seconds(30))
      #expect(try await visitor.isMarked(), "the page was never loaded anew")
      try await visitor.wait(for: "RECEIVER_ACCOUNT_LOCKED", in: "tbody")
      let payouts = try await world.cluster.sandbox.truth(order: "sold").paypal.payouts
      #expect(payouts.filter { $0.status == "SUCCESS" }.count == 2, "\(payouts)")
      try await visitor.look("payout-sent-again")
    }
  }
}
