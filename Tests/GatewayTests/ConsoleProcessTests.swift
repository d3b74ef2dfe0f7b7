import AsyncHTTPClient
import Foundation
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// The console as a browser meets it, over real processes.
struct ConsoleProcessTests {
  @Test(.timeLimit(.minutes(1)))
  func `a person signs in, sees the overview, and signs out`() async throws {
    try await GatewayUnderTest.with { gateway in
      var browser = ConsoleBrowser(gateway: gateway)
      let away = try await browser.send("GET", "/console?environment=sandbox")
      #expect(away.status == 303)
      #expect(
        away.headers["Location"].first == "/console/sign-in?next=%2Fconsole%3Fenvironment%3Dsandbox"
      )
      let refused = try await browser.send("POST", "/console/sign-in", form: "token=nonsense")
      #expect(refused.status == 401)
      #expect(refused.body.contains("no JSON Web Token"))

      try await browser.signIn(.admin(1))
      let page = try await browser.send("GET", "/console")
      #expect(page.status == 200)
      #expect(page.body.contains("Administrator 1") && page.body.contains("Money in"))
      #expect(page.headers["Content-Security-Policy"].first?.contains("script-src 'self'") == true)

      let out = try await browser.send(
        "POST", "/console/sign-out", form: "form=\(browser.formToken)")
      #expect(out.status == 303)
      #expect(out.headers["Set-Cookie"].first?.contains("Max-Age=0") == true)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a form of another site, or of another session, does nothing`() async throws {
    try await GatewayUnderTest.with { gateway in
      var browser = ConsoleBrowser(gateway: gateway)
      try await browser.signIn(.reseller(42))
      var other = ConsoleBrowser(gateway: gateway)
      try await other.signIn(.reseller(43))
      let path = "/console/sign-out"
      for (site, token) in [
        ("cross-site", browser.formToken), ("same-site", browser.formToken),
        ("none", browser.formToken), ("same-origin", other.formToken), ("same-origin", ""),
      ] {
        let answer = try await browser.send("POST", path, form: "form=\(token)", site: site)
        #expect(answer.status == 403, "\(site) \(token)")
        #expect(answer.body.contains("nothing was done"))
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a page that is not there is one for people`() async throws {
    try await GatewayUnderTest.with(services: [.orders]) { gateway in
      var browser = ConsoleBrowser(gateway: gateway)
      let nothing = try await browser.send("GET", "/console/nowhere")
      #expect(nothing.status == 404)
      #expect(nothing.headers["Content-Type"].first == "text/html; charset=utf-8")
      let token = try await GatewayUnderTest.token(.admin(1))
      let answer = try await browser.send("POST", "/console/sign-in", form: "token=\(token)")
      browser.cookie = String(answer.headers["Set-Cookie"].first?.prefix { $0 != ";" } ?? "")
      let part = try await browser.get("/console")
      #expect(part.status == 200 && part.body.contains("The service ledger does not answer now"))
      #expect(part.body.contains("Orders by state") && !part.body.contains("Money in"))
      let page = try await browser.get("/console/payouts?state=PAID")
      #expect(page.status == 503 && page.body.contains("Not available now"))
      #expect(page.body.contains(#"href="/console/payouts?state=PAID">Try again"#))
      #expect(!page.body.contains("It may have happened") && page.body.contains("request <code>"))
    }
  }
}
