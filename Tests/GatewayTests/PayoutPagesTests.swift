import Contract
import Foundation
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// The pages about payouts and where they go, over real processes.
@Suite(.serialized) struct PayoutPagesTests {
  private static let list = "/console/payouts"
  private static let options = Shop.asOperator

  @Test(.timeLimit(.minutes(1)))
  func `a reseller sees his payouts and asks for what is free`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      _ = try await gateway.cluster.ledger.setPayoutTerms(
        .init(
          payee: "reseller:42", environment: .sandbox, currency: "USD", schedule: .weekly,
          hour: 0, weekday: 1, minimum: .init(minorUnits: 100_000, currency: "USD")),
        options: Self.options)
      try await shop.sell("o-1")
      _ = try await eventually("the reseller's share gathers") {
        let payouts = try? await shop.payouts("o-1")
        return payouts?.contains { $0.payee == "reseller:42" && $0.state == .pending } == true
          ? true : nil
      }
      let browser = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      let page = try await browser.get("\(Self.list)?payee=admin")
      #expect(page.status == 200)
      #expect(page.body.contains("o-1/reseller") && !page.body.contains("o-1/admin"))
      #expect(page.body.contains("Available"))
      #expect(try await browser.get("\(Self.list)/o-1%2Fadmin").status == 403)
      #expect(try await browser.post("\(Self.list)/o-1%2Freseller/retry").status == 403)
      #expect(try await browser.post("\(Self.list)/o-1%2Freseller").status == 403)
      #expect(try await browser.get("\(Self.list)?state=PAID").body.contains("No payout is like"))

      let wrong = ["payoutId": "p-1", "amount": "five", "currency": "USD"]
      let again = try await browser.post(Self.list, wrong)
      #expect(again.status == 400)
      #expect(again.body.contains(#"value="five""#) && again.body.contains("is no amount"))
      let much = try await browser.post(
        Self.list, ["payoutId": "p-1", "amount": "500.00", "currency": "USD"])
      #expect(much.status == 409 && much.body.contains(#"value="500.00""#), "\(much.body)")
      let done = try await browser.post(
        Self.list, ["payoutId": "p-1", "amount": "5.00", "currency": "USD", "payee": "admin"])
      #expect(done.status == 303 && done.headers["Location"].first == "\(Self.list)/p-1")
      #expect(try await browser.get("\(Self.list)/p-1").body.contains("5.00 USD"))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `an administrator says what became of a payout, and sends another again`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      let sandbox = gateway.cluster.sandbox
      try await sandbox.fault("paypal.payoutAmountDiffers", match: "o-1-reseller")
      try await sandbox.fault("paypal.payoutFailed", match: "o-1-admin")
      try await shop.sell("o-1")
      let admin = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      let (reseller, own) = ("\(Self.list)/o-1%2Freseller", "\(Self.list)/o-1%2Fadmin")
      _ = try await eventually("PayPal's other amount is seen") {
        try await admin.get(reseller).body.contains("AMOUNT_DIFFERS") ? true : nil
      }
      let fields = [
        "finding": "PAID", "sent": "16.7x", "providerId": "8X1", "evidence": "activity",
      ]
      let wrong = try await admin.post(reseller, fields)
      #expect(wrong.status == 400)
      #expect(wrong.body.contains(#"value="16.7x""#) && wrong.body.contains("is no amount"))
      #expect(wrong.body.contains(#"<option value="PAID" selected>"#))
      let said = try await admin.post(reseller, fields.merging(["sent": "16.73"]) { $1 })
      #expect(said.status == 303, "\(said.body)")
      let page = try await admin.get(reseller).body
      #expect(page.contains("Paid") && !page.contains("Say what became of it"))

      _ = try await eventually("the failed one is seen") {
        try await admin.get(own).body.contains("Send it again") ? true : nil
      }
      #expect(try await admin.post("\(own)/retry").status == 303)
      let after = try await admin.get(own).body
      #expect(after.contains("Tries that did not reach the payee"))
      #expect(after.contains("RECEIVER_ACCOUNT_LOCKED"))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a reseller's address counts once an administrator has verified it`() async throws {
    try await GatewayUnderTest.with { gateway in
      _ = try await Shop(in: gateway.cluster)
      let browser = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      let wrong = try await browser.post("/console/recipients/put", ["email": "no<address"])
      #expect(wrong.status == 400 && wrong.body.contains(#"value="no&lt;address""#))
      let put = try await browser.post(
        "/console/recipients/put", ["email": "new@example.com", "payee": "reseller:43"])
      #expect(put.status == 303)
      let waiting = try await browser.get("/console/recipients").body
      #expect(waiting.contains("new@example.com") && waiting.contains("Not verified"))
      let verify = ["payee": "reseller:42", "version": "2", "evidence": "called back"]
      #expect(try await browser.post("/console/recipients/verify", verify).status == 403)

      let admin = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      let page = try await admin.get("/console/recipients?payee=42").body
      #expect(page.contains("Where the money of reseller 42 goes") && page.contains("Verify it"))
      let empty = try await admin.post(
        "/console/recipients/verify", ["payee": "reseller:42", "version": "2", "evidence": ""])
      #expect(empty.status == 400 && empty.body.contains("Look at the marked fields"))
      #expect(try await admin.post("/console/recipients/verify", verify).status == 303)
      let after = try await admin.get("/console/recipients?payee=reseller:42").body
      #expect(after.contains("called back") && !after.contains("Verify it"))
      let other = try await ConsoleBrowser.signedIn(.reseller(43), to: gateway)
      let own = try await other.get("/console/recipients?payee=42").body
      #expect(
        own.contains("There is no address for reseller 43 yet") && !own.contains("new@example.com"))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `an administrator says when a payee is paid, and the payee reads it`() async throws {
    try await GatewayUnderTest.with(services: [.ledger]) { gateway in
      let path = "/console/terms"
      let admin = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      let page = try await admin.get("\(path)?payee=42").body
      #expect(page.contains("Terms of reseller 42") && page.contains("none of their own"))
      var terms = [
        "payee": "42", "currency": "USD", "schedule": "WEEKLY", "weekday": "5", "hour": "9",
        "minimum": "25.x", "holdHours": "72",
      ]
      let wrong = try await admin.post(path, terms)
      #expect(wrong.status == 400)
      #expect(wrong.body.contains(#"value="25.x""#) && wrong.body.contains("is no amount"))
      #expect(wrong.body.contains(#"<option value="5" selected>Friday"#))
      terms["minimum"] = "25.00"
      let set = try await admin.post(path, terms)
      #expect(set.status == 303, "\(set.body)")
      #expect(
        set.headers["Location"].first == "\(path)?payee=reseller%3A42&currency=USD")
      let own = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      let told = "Every Friday at 09:00 UTC, from 25.00 USD on, 72 hours after the sale"
      let mine = try await own.get(path).body
      #expect(mine.contains(told) && mine.contains("Set by administrator 1"))
      #expect(!mine.contains("Set the terms"))
      #expect(try await own.post(path, terms).status == 403)
      #expect(try await own.get("/console/recipients").body.contains(told))

      // After each sale there is no day, no hour and no minimum.
      terms.merge(["schedule": "PER_SALE", "minimum": ""]) { $1 }
      #expect(try await admin.post(path, terms).status == 303)
      #expect(try await own.get(path).body.contains("After each sale, by itself, 72 hours"))
      let all = try await admin.get(path).body
      #expect(all.contains("payees without terms of their own"))
    }
  }
}
