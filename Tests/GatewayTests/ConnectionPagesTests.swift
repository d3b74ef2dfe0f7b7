import Foundation
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// The pages on which resellers connect the supplier, over real processes.
@Suite(.serialized) struct ConnectionPagesTests {
  private static let list = "/console/connections"

  @Test(.timeLimit(.minutes(1)))
  func `a reseller connects AliExpress and comes back`() async throws {
    let address = ["DROPWIRE_GATEWAY_PUBLIC_URL": "http://127.0.0.1:8080"]
    try await GatewayUnderTest.with(environment: address) { gateway in
      _ = try await Shop(in: gateway.cluster)
      let browser = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      let asked = try await browser.post(Self.list, ["environment": "sandbox", "userId": "43"])
      #expect(asked.status == 200, "\(asked.body)")
      #expect(asked.body.contains("<dd>42</dd>"), "a reseller connects himself, whatever he sends")
      let cookie = asked.headers["Set-Cookie"].first?.prefix { $0 != ";" } ?? ""
      let url = try ConsoleBrowser.value(after: #"class="button primary" href=""#, asked.body)

      let supplier = GatewayUnderTest(cluster: gateway.cluster, url: "", program: gateway.program)
      let consent = try await supplier.sendUnfollowed(
        "POST", url, body: "account=42",
        headers: [("Content-Type", "application/x-www-form-urlencoded")])
      let back = try #require(consent.headers["Location"].first)
      let callback = try #require(back.range(of: "/api/")).lowerBound
      let (path, accept) = (String(back[callback...]), ("Accept", "text/html"))
      let strange = try await gateway.sendUnfollowed("GET", path, headers: [accept])
      #expect(strange.status == 401)
      #expect(strange.body.contains("Not connected") && strange.body.contains(Self.list))
      let connected = try await gateway.sendUnfollowed(
        "GET", path, headers: [accept, ("Cookie", "\(cookie)")])
      #expect(connected.status == 200)
      #expect(connected.body.contains("AliExpress is connected"))

      let one = try await browser.get("\(Self.list)/42/sandbox")
      #expect(one.body.contains("Works") && one.body.contains("consent at AliExpress"))
      #expect(one.body.contains("Consent given") && one.body.contains("Reseller 42"))
      let all = [asked, connected, one, try await browser.get(Self.list)].map(\.body).joined()
      for secret in ["sandbox-app-secret", "sandbox-access-42", "sandbox-refresh-42"] {
        #expect(!all.contains(secret), "\(secret) is on a page")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `connections are renewed, deleted, and their owner's alone`() async throws {
    try await GatewayUnderTest.with { gateway in
      _ = try await Shop(in: gateway.cluster)
      let path = "\(Self.list)/42/sandbox"
      let other = try await ConsoleBrowser.signedIn(.reseller(43), to: gateway)
      #expect(try await other.get(Self.list).body.contains("No AliExpress account is connected"))
      for answer in [
        try await other.get(path), try await other.post("\(path)/refresh"),
        try await other.post("\(path)/delete"),
      ] { #expect(answer.status == 403) }

      let admin = try await ConsoleBrowser.signedIn(.admin(1), to: gateway)
      let wrong = try await admin.post(Self.list, ["userId": "a<b", "environment": "sandbox"])
      #expect(wrong.status == 400)
      #expect(wrong.body.contains(#"value="a&lt;b""#) && wrong.body.contains("must be a number"))
      #expect(try await admin.post("\(path)/refresh").status == 303)
      #expect(try await admin.get(path).body.contains("Renewed"))
      #expect(try await admin.post("\(path)/delete").status == 303)
      #expect(try await admin.get(path).body.contains("Not connected"))
      #expect(try await admin.get("\(Self.list)/42/nowhere").status == 404)
    }
  }
}
