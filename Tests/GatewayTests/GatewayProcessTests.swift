import Contract
import Foundation
import NIOHTTP1
import Runtime
import Support
import Testing

@testable import Gateway

/// A buyer's way over HTTP, and what the gateway itself sees to.
@Suite(.serialized) struct GatewayProcessTests {
  @Test func `a checkout over HTTP becomes a purchase, a sale and two payouts`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      let made = try await gateway.send(
        "POST", "/api/paypal/create-order", as: .reseller(42),
        body: GatewayUnderTest.checkout("web-1"), headers: [("X-Request-Id", "visible-42")])
      #expect(made.status == 200, "\(made.body)")
      #expect(made.member("approveUrl").hasPrefix("http"))
      #expect(made.headers.first(name: "X-Request-Id") == "visible-42")
      let begin = ContinuousClock.now
      let captured = try await gateway.send(
        "POST", "/api/paypal/capture-order", as: .reseller(42), body: #"{"orderId":"web-1"}"#)
      #expect(captured.status == 200, "\(captured.body)")
      #expect(ContinuousClock.now - begin < .seconds(5))
      try await shop.finished("web-1")
      let sale = try await gateway.send("GET", "/api/sales/web-1", as: .reseller(42))
      #expect(sale.body.contains(#""landedCost":{"minorUnits":"800","currency":"USD"}"#))
      let payouts = try await gateway.send(
        "GET", "/api/payouts?orderId=web-1&state=PAID", as: .admin(1))
      #expect(payouts.body.contains("web-1/admin") && payouts.body.contains("web-1/reseller"))
      #expect(gateway.cluster.logs().contains(#""request":"visible-42""#))
    }
  }

  @Test func `the same idempotency key makes one order, another person's another`() async throws {
    try await GatewayUnderTest.with { gateway in
      _ = try await Shop(in: gateway.cluster)
      func make(_ actor: Actor, _ key: String) async throws -> String {
        let answer = try await gateway.send(
          "POST", "/api/paypal/create-order", as: actor, body: GatewayUnderTest.checkout(),
          headers: [("Idempotency-Key", key)])
        #expect(answer.status == 200, "\(answer.body)")
        return answer.member("orderId")
      }
      let first = try await make(.reseller(42), "a-key")
      #expect(try await make(.reseller(42), "a-key") == first)
      #expect(try await make(.reseller(42), "b-key") != first)
      #expect(try await make(.admin(1), "a-key") != first)
      let changed = try await gateway.send(
        "POST", "/api/paypal/create-order", as: .reseller(42),
        body: GatewayUnderTest.checkout().replacing(#""quantity":1"#, with: #""quantity":2"#),
        headers: [("Idempotency-Key", "a-key")])
      #expect(changed.status == 409 && changed.code == "ALREADY_EXISTS")
      #expect(changed.body.contains(#""field":"quantity""#))
    }
  }

  @Test func `problems are problem JSON, with the headers of every answer`() async throws {
    try await GatewayUnderTest.with { gateway in
      _ = try await Shop(in: gateway.cluster)
      let cases: [(String, String, String?, [(String, String)], Int, String)] = [
        ("GET", "/nothing", nil, [], 404, "NO_ROUTE"),
        ("PATCH", "/api/orders", nil, [], 405, "METHOD"),
        ("GET", "/api/orders/none", nil, [], 404, "NOT_FOUND"),
        ("GET", "/api/orders?page=2", nil, [], 400, ""),
        ("POST", "/api/paypal/create-order", "{", [], 400, ""),
        ("POST", "/api/paypal/create-order", #"{"price":1}"#, [], 400, ""),
        ("POST", "/api/orders/o-1/cancel", #"{"orderId":"o-2"}"#, [], 400, ""),
        (
          "POST", "/api/orders/o-1/cancel", "reason=x",
          [("Content-Type", "application/x-www-form-urlencoded")], 415, "MEDIA_TYPE"
        ),
        (
          "POST", "/api/orders/o-1/cancel", String(repeating: " ", count: 300_000), [], 413,
          "BODY_TOO_LARGE"
        ),
        ("GET", "/api/orders", nil, [("Authorization", "Basic eA==")], 401, "NO_TOKEN"),
      ]
      for (method, path, body, headers, status, reason) in cases {
        let actor: Actor? = headers.contains { $0.0 == "Authorization" } ? nil : .admin(1)
        let answer = try await gateway.send(method, path, as: actor, body: body, headers: headers)
        #expect(answer.status == status, "\(method) \(path): \(answer.body)")
        #expect(answer.reason == reason, "\(method) \(path): \(answer.body)")
        #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
        for name in ["Content-Security-Policy", "X-Content-Type-Options", "X-Request-Id"] {
          #expect(answer.headers[name].count == 1, "\(method) \(path): \(name)")
        }
      }
      let head = try await gateway.send("HEAD", "/api/health")
      #expect(head.status == 200 && head.body.isEmpty)
    }
  }

  @Test func `an administrator sees what was counted, as Prometheus reads it`() async throws {
    try await GatewayUnderTest.with(services: [.orders]) { gateway in
      _ = try await gateway.send("GET", "/api/orders", as: .admin(1))
      _ = try await gateway.send("GET", "/api/orders/none", as: .admin(1))
      _ = try await gateway.send("GET", "/api/orders/none")
      let metrics = try await gateway.send("GET", "/metrics", as: .admin(1))
      #expect(metrics.status == 200)
      #expect(
        metrics.headers.first(name: "Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
      let labels = #"process="gateway",service="http",method="#
      for (line, count) in [
        (#"\#(labels)"listOrders",code="OK""#, 1), (#"\#(labels)"getOrder",code="NOT_FOUND""#, 1),
        (#"\#(labels)"getOrder",code="UNAUTHENTICATED""#, 1),
        (
          #"process="gateway",service="dropwire.orders.v1.Orders",method="GetOrder",code="NOT_FOUND""#,
          1
        ),
      ] {
        #expect(metrics.body.contains("{\(line)} \(count)\n"), "\(line)")
      }
      #expect(metrics.body.contains(#"_bucket{\#(labels)"getOrder",le=""#))
    }
  }

  @Test func `a service that is down is unavailable, and the door says so`() async throws {
    try await GatewayUnderTest.with(services: [.orders, .purchasing]) { gateway in
      let answer = try await gateway.send("GET", "/api/sales", as: .admin(1))
      #expect(answer.status == 503)
      #expect(answer.headers.first(name: "Retry-After") == "1")
      let health = try await gateway.send("GET", "/api/health")
      #expect(health.status == 503)
      #expect(
        health.body == #"{"ledger":"NOT_SERVING","orders":"SERVING","purchasing":"SERVING"}"#)
    }
  }

  @Test func `a client that asks too often is told when to come back`() async throws {
    let few = ["DROPWIRE_GATEWAY_REQUESTS_PER_SECOND": "1", "DROPWIRE_GATEWAY_REQUEST_BURST": "3"]
    try await GatewayUnderTest.with(environment: few, services: [.orders]) { gateway in
      let begin = ContinuousClock.now
      var answered = 0
      while try await gateway.send("GET", "/api/orders", as: .reseller(42)).status == 200 {
        answered += 1
        try #require(answered < 100)
      }
      // Another one for each second that they took.
      #expect(answered >= 3)
      #expect(.seconds(answered - 3) <= ContinuousClock.now - begin)
      _ = try await eventually("strangers are told to wait") {
        try await gateway.send("GET", "/api/health").status == 429 ? true : nil
      }
      // Strangers do not use up the share of providers, who have no token either.
      let event = try await gateway.send("POST", "/api/paypal/webhook", body: "{}")
      #expect(event.status == 501)
      #expect(try await gateway.send("GET", "/api/orders", as: .reseller(43)).status == 200)
    }
  }
}
