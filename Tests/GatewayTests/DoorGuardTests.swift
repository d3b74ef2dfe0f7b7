import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// What keeps people from what is not theirs to do, each tried by going around it.
@Suite(.serialized) struct DoorGuardTests {
  private typealias Headers = [(String, String)]

  @Test(arguments: [
    ("/console", "/console"), ("/console?a=b", "/console?a=b"),
    ("/console/orders/a%20b", "/console/orders/a%20b"), ("", "/console"), ("/", "/console"),
    ("https://evil.example", "/console"), ("//evil.example", "/console"),
    ("/\\evil.example", "/console"), ("/console\\evil", "/console"),
    ("/consolevil.example", "/console"), ("/console/\r\nSet-Cookie: a=b", "/console"),
    ("/console/\u{e9}", "/console"), (" /console", "/console"), ("/api/orders", "/console"),
  ])
  func `whoever signs in goes on to a page of ours`(_ path: String, _ place: String) {
    #expect(Console.safe(path) == place)
  }

  @Test func `https says that it stays https`() {
    var headers = HTTPFields()
    SecurityHeaders(isSecure: false).add(to: &headers, "r")
    #expect(headers[.strictTransportSecurity] == nil)
    SecurityHeaders(isSecure: true).add(to: &headers, "r")
    #expect(headers[.strictTransportSecurity]?.hasPrefix("max-age=31536000") == true)
    #expect(headers[.frameOptions] == "DENY" && headers[.cacheControl] == "no-store")
  }

  @Test(.timeLimit(.minutes(1)))
  func `without the browser's word on the site its word on the origin counts`() async throws {
    let address = ["DROPWIRE_GATEWAY_PUBLIC_URL": "https://shop.example"]
    try await GatewayUnderTest.with(environment: address, services: [.orders]) { gateway in
      let token = try await GatewayUnderTest.token(.admin(1))
      let cases: [(Headers, Int)] = [
        ([("Origin", "https://shop.example")], 303), ([("Origin", gateway.url)], 303),
        ([("Origin", "https://evil.example")], 403), ([("Origin", "null")], 403),
        ([("Origin", "https://shop.example.evil.example")], 403), ([], 403),
        ([("Origin", "https://shop.example"), ("Sec-Fetch-Site", "cross-site")], 403),
        ([("Referer", "https://shop.example/console")], 403),
      ]
      for (headers, status) in cases {
        let form = [("Content-Type", "application/x-www-form-urlencoded")]
        let answer = try await gateway.sendUnfollowed(
          "POST", "/console/sign-in", body: "token=\(token)&next=//evil.example",
          headers: headers + form)
        #expect(answer.status == status, "\(headers)")
        let cookie = answer.headers["Set-Cookie"].first
        #expect((cookie != nil) == (status == 303), "\(headers)")
        guard let cookie else { continue }
        #expect(answer.headers["Location"] == ["/console"])
        for flag in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/console"] {
          #expect(cookie.contains(flag), "\(cookie)")
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `who guesses tokens is held up by address`() async throws {
    let few = ["DROPWIRE_GATEWAY_REQUESTS_PER_SECOND": "1", "DROPWIRE_GATEWAY_REQUEST_BURST": "3"]
    try await GatewayUnderTest.with(environment: few, services: [.orders]) { gateway in
      var statuses: [Int] = []
      for number in 0..<4 {
        let guess = TokenTests.token(key: Array("guess \(number) of thirty-two bytes or so".utf8))
        let answer = try await gateway.send(
          "GET", "/api/orders", headers: [("Authorization", "Bearer \(guess)")])
        statuses.append(answer.status)
      }
      #expect(statuses == [401, 401, 401, 429])
      #expect(try await gateway.send("GET", "/api/orders", as: .admin(1)).status == 200)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `one person has so many live updates at most, another has his own`() async throws {
    let few = ["DROPWIRE_GATEWAY_VIEWERS_OF_ONE": "2"]
    try await GatewayUnderTest.with(environment: few, services: [.orders]) { gateway in
      var open: [HTTPClientResponse] = []
      for (actor, status) in [
        (Actor.admin(1), 200), (.admin(1), 200), (.admin(1), 429), (.admin(2), 200),
      ] {
        let response = try await HTTPClient.shared.execute(
          try await gateway.request("GET", "/api/events", as: actor), timeout: .seconds(30))
        #expect(Int(response.status.code) == status, "\(actor)")
        open.append(response)
      }
      #expect(open[2].headers.first(name: "Retry-After") == "10")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `no log has a token, a cookie or a secret, however much is logged`() async throws {
    let loud = ["DROPWIRE_LOG_LEVEL": "trace"]
    try await GatewayUnderTest.with(
      environment: loud, clusterEnvironment: loud, hearsProviders: true
    ) { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.sell("o-1")
      try await shop.finished("o-1")
      let browser = try await ConsoleBrowser.signedIn(.reseller(42), to: gateway)
      _ = try await browser.post("/console/orders/none/retry")
      _ = try await browser.get("/console/orders/o-1")
      let token = try await GatewayUnderTest.token(.admin(1))
      let bearer = [("Authorization", "Bearer \(token)")]
      for path in ["/api/orders", "/api/orders/none", "/nothing?token=\(token)"] {
        _ = try await gateway.send("GET", path, headers: bearer)
      }
      _ = try await gateway.send(
        "GET", "/api/orders", headers: [("Authorization", "Bearer \(token)x")])
      _ = try await gateway.send("POST", "/api/aliexpress/push?token=guessed-\(token)", body: "{}")
      _ = try await gateway.send(
        "PUT", "/api/credentials/aliexpress-dropshipping", as: .reseller(42),
        body: #"{"appKey":"500001","appSecret":"secret-of-app","accessToken":"token-of-42"}"#)
      let logs = gateway.program.log + gateway.cluster.logs()
      #expect(logs.contains("request refused"))
      let cookie = browser.cookie.drop { $0 != "=" }.dropFirst()
      for secret in [
        token, String(cookie), browser.formToken, Cluster.gatewaySecret,
        GatewayUnderTest.pushToken, "secret-of-app", "token-of-42", "sandbox-app-secret",
        "sandbox-access-42",
      ] {
        #expect(!secret.isEmpty && !logs.contains(secret), "\(secret)")
      }
    }
  }
}
