import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// Live updates, consents and the end of the process.
@Suite(.serialized) struct GatewayLiveTests {
  @Test func `an order's changes come as they happen, to its owner alone`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      let request = try await gateway.request("GET", "/api/events", as: .reseller(42))
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
      #expect(response.headers.first(name: "Content-Type")?.hasPrefix("text/event-stream") == true)
      let other = try await HTTPClient.shared.execute(
        try await gateway.request("GET", "/api/events", as: .reseller(43)), timeout: .seconds(30))
      try await shop.sell("live-1")
      var text = ""
      for try await part in response.body {
        text += String(buffer: part)
        if text.contains("ORDER_STATE_PURCHASED") { break }
      }
      #expect(text.hasPrefix("retry: 2000\n\n"))
      #expect(text.contains("event: order\ndata: {\"orderId\":\"live-1\""))
      // The other's stream tells the end of the service, and has shown him nothing.
      await gateway.cluster.stop(.orders)
      var seen = ""
      for try await part in other.body {
        seen += String(buffer: part)
        if seen.contains("event: problem") { break }
      }
      #expect(!seen.contains("event: order"))
    }
  }

  @Test func `a page of the console is told that it begins, then changes alone`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      for orderID in ["old", "new"] { try await shop.checkout(orderID) }
      let browser = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      let response = try await HTTPClient.shared.execute(
        try await gateway.request(
          "GET", "/console/events", headers: [("Cookie", browser.cookie)]),
        timeout: .seconds(60))
      var (text, begins) = ("", 0)
      for try await part in response.body {
        text += String(buffer: part)
        let count = text.ranges(of: "event: begin\ndata: {}\n\n").count
        if count == 1, begins == 0 {
          #expect(!text.contains("event: order"))
          await gateway.cluster.kill(.orders)
          try await gateway.cluster.start(.orders)
        }
        if count == 2, begins == 1 { try await shop.capture("new") }
        begins = count
        if text.contains("ORDER_STATE_PURCHASED") { break }
      }
      #expect(begins == 2 && text.contains("event: problem"))
      #expect(!text.contains(#""orderId":"old""#))
    }
  }

  @Test func `a viewer stays while orders is killed, and sees what came after`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      let response = try await HTTPClient.shared.execute(
        try await gateway.request("GET", "/api/events", as: .reseller(42)), timeout: .seconds(60))
      var text = ""
      var isKilled = false
      for try await part in response.body {
        text += String(buffer: part)
        if text.hasPrefix("retry"), !isKilled {
          await gateway.cluster.kill(.orders)
          isKilled = true
        }
        if text.contains("event: problem"), gateway.cluster.program(.orders) == nil {
          try await gateway.cluster.start(.orders)
          try await shop.sell("after")
        }
        if text.contains(#"data: {"orderId":"after""#) { break }
      }
      #expect(text.contains("event: problem\ndata: {"))
      #expect(text.contains(#""code":"UNAVAILABLE""#))
    }
  }

  @Test func `SIGTERM ends it at once, live updates too`() async throws {
    try await GatewayUnderTest.with(services: [.orders]) { gateway in
      let response = try await HTTPClient.shared.execute(
        try await gateway.request("GET", "/api/events", as: .admin(1)), timeout: .seconds(30))
      var parts = response.body.makeAsyncIterator()
      #expect(try await parts.next().map { String(buffer: $0) } == "retry: 2000\n\n")
      let away = try await HTTPClient.shared.execute(
        try await gateway.request("GET", "/api/events", as: .admin(2)), timeout: .seconds(30))
      await gateway.cluster.kill(.orders)
      var others = away.body.makeAsyncIterator()
      while let part = try await others.next() {
        if String(buffer: part).contains("event: problem") { break }
      }
      let begin = ContinuousClock.now
      gateway.program.signal(SIGTERM)
      let exit = await gateway.program.waitForExit()
      #expect(exit == Program.Exit(status: 0, bySignal: false))
      #expect(ContinuousClock.now - begin < Program.atOnce)
    }
  }

  @Test func `a reseller connects his account at the supplier's page`() async throws {
    let address = ["DROPWIRE_GATEWAY_PUBLIC_URL": "http://127.0.0.1:8080"]
    try await GatewayUnderTest.with(environment: address) { gateway in
      _ = try await Shop(in: gateway.cluster)
      let begun = try await gateway.send(
        "GET", "/api/marketplace/auth-url/aliexpress-dropshipping", as: .reseller(42))
      let cookie = begun.headers.first(name: "Set-Cookie")?.prefix { $0 != ";" } ?? ""
      let target = try await gateway.cluster.sandbox.consent(
        at: begun.member("authorizeUrl"), account: "42")
      #expect(target.hasPrefix("http://127.0.0.1:8080/api/marketplace-oauth/callback?code="))
      let path = String(target.dropFirst("http://127.0.0.1:8080".count))
      let connected = try await gateway.send("GET", path, headers: [("Cookie", "\(cookie)")])
      #expect(connected.status == 200 && connected.body.contains("Connected"), "\(connected.body)")
      #expect(connected.headers.first(name: "Set-Cookie")?.contains("Max-Age=0") == true)
      let status = try await gateway.send(
        "GET", "/api/credentials/aliexpress-dropshipping", as: .reseller(42))
      #expect(status.body.contains(#""version":2"#), "\(status.body)")
      #expect(status.body.contains("CREDENTIAL_STATE_VALID"))
    }
  }

  @Test func `a consent comes back to the browser that began it`() async throws {
    let address = ["DROPWIRE_GATEWAY_PUBLIC_URL": "http://127.0.0.1:8080"]
    try await GatewayUnderTest.with(environment: address) { gateway in
      _ = try await Shop(in: gateway.cluster)
      let begun = try await gateway.send(
        "GET", "/api/marketplace/auth-url/aliexpress-dropshipping", as: .reseller(42))
      #expect(begun.status == 200, "\(begun.body)")
      let cookie = begun.headers.first(name: "Set-Cookie")?.prefix { $0 != ";" } ?? ""
      let state = begun.member("state")
      let callback = "/api/marketplace-oauth/callback"
      let strange = try await gateway.send("GET", "\(callback)?code=c&state=\(state)")
      #expect(strange.status == 401 && strange.reason == "OTHER_BROWSER")
      let swapped = try await gateway.send(
        "GET", "\(callback)?code=c&state=another", headers: [("Cookie", "\(cookie)")])
      #expect(swapped.status == 401 && swapped.reason == "OTHER_BROWSER")
      let denied = try await gateway.send(
        "GET", "\(callback)?error=access_denied", headers: [("Cookie", "\(cookie)")])
      #expect(denied.status == 409 && denied.reason == "NO_CODE")
      let wrong = try await gateway.send(
        "GET", "\(callback)?code=never-given&state=\(state)", headers: [("Cookie", "\(cookie)")])
      #expect(wrong.status != 200 && wrong.status < 500, "\(wrong.body)")
    }
  }
}
