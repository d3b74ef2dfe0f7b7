import Outside
import PayPal
import Testing

/// One token for many calls, and a new one when it ends.
@Suite struct PayPalTokenTests {
  private static let order = #"{"id":"5O1","status":"CREATED"}"#

  @Test func `a token is asked for once and sent with every call`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(200, [:], Self.order)
    } _: { payPal in
      for _ in 0..<3 { #expect(await payPal.client.getOrder("5O1").word == "done") }
      #expect(payPal.tokenCalls.count == 1)
      let call = payPal.tokenCalls.first
      #expect(call?.verb == "POST" && call?.body == "grant_type=client_credentials")
      #expect(call?.headers["authorization"] == "Basic Y2xpZW50OnMzY3IzdA==")
      #expect(call?.headers["content-type"] == "application/x-www-form-urlencoded")
      #expect(
        payPal.heard.map { $0.headers["authorization"] }
          == Array(repeating: "Bearer token-1", count: 3))
    }
  }

  @Test func `many callers at once make one token call`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(200, [:], Self.order)
    } _: { payPal in
      #expect(await Self.call(payPal, times: 40) == 40)
      #expect(payPal.tokenCalls.count == 1)
    }
  }

  @Test func `many callers whose token has ended make one more token call`() async throws {
    try await ScriptedPayPal.running { request in
      request.headers["authorization"] == "Bearer token-1"
        ? .http(401, [:], #"{"error":"invalid_token"}"#) : .http(200, [:], Self.order)
    } _: { payPal in
      #expect(await Self.call(payPal, times: 40) == 40)
      #expect(payPal.tokenCalls.count == 2)
    }
  }

  private static func call(_ payPal: ScriptedPayPal, times: Int) async -> Int {
    let client = payPal.client
    return await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<times {
        group.addTask { await client.getOrder("5O1").word == "done" }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
  }

  @Test func `a call whose token has ended is sent once more, the same in all else`()
    async throws
  {
    try await ScriptedPayPal.running { request in
      request.headers["authorization"] == "Bearer token-1"
        ? .http(401, [:], #"{"name":"AUTHENTICATION_FAILURE"}"#) : .http(201, [:], Self.order)
    } _: { payPal in
      #expect(await payPal.client.createOrder(.test()).word == "done")
      let calls = payPal.heard
      #expect(calls.count == 2 && calls[0].body == calls[1].body)
      #expect(calls.map { $0.headers["paypal-request-id"] } == ["o-1-1", "o-1-1"])
      #expect(
        calls.map { $0.headers["authorization"] } == ["Bearer token-1", "Bearer token-2"])
    }
  }

  @Test func `a call that is turned away with two tokens is not sent a third time`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(401)
    } _: { payPal in
      let outcome = await payPal.client.captureOrder("5O1", requestID: "k")
      #expect(outcome.word == "AUTHENTICATION_FAILURE later")
      #expect(payPal.heard.count == 2 && payPal.tokenCalls.count == 2)
    }
  }

  @Test(arguments: [
    (Reply.http(401, [:], #"{"error":"invalid_client"}"#), "invalid_client later"),
    (.http(400, [:], #"{"error":"unsupported_grant_type"}"#), "unsupported_grant_type later"),
    (.http(429, [:], ""), "RATE_LIMIT_REACHED later"),
    (.http(500, [:], ""), "NOT_SENT later"),
    (.http(200, [:], #"{"access_token":"x","expi"#), "NOT_SENT later"),
    (.http(200, [:], #"{"access_token":"x"}"#), "NOT_SENT later"),
    (.http(200, [:], #"{"access_token":"","expires_in":9}"#), "NOT_SENT later"),
    (.http(200, [:], #"{"access_token":"x","expires_in":9223372036854775807}"#), "NOT_SENT later"),
    (.close, "NOT_SENT later"),
  ])
  func `without a token nothing is sent, whatever the reason`(_ reply: Reply, _ word: String)
    async throws
  {
    try await ScriptedPayPal.running(tokens: { _ in reply }) { _ in
      .http(200, [:], Self.order)
    } _: { payPal in
      #expect(await payPal.client.createPayouts(.test()).word == word)
      #expect(await payPal.client.getOrder("5O1").word == word)
      #expect(payPal.heard.isEmpty && payPal.tokenCalls.count == 2)
    }
  }

  @Test func `a token is given up before its end`() async throws {
    // Of a life this short, half is used.
    try await ScriptedPayPal.running(tokens: ScriptedPayPal.tokens(good: 1)) { _ in
      .http(200, [:], Self.order)
    } _: { payPal in
      let end = ContinuousClock.now + .seconds(20)
      while payPal.tokenCalls.count < 2, ContinuousClock.now < end {
        #expect(await payPal.client.getOrder("5O1").word == "done")
      }
      #expect(payPal.tokenCalls.count == 2)
    }
  }

  @Test func `a caller who is cancelled does not wait for the token`() async throws {
    try await ScriptedPayPal.running(tokens: { _ in .silence }) { _ in
      .silence
    } _: { payPal in
      let client = payPal.client
      let begin = ContinuousClock.now
      let calls = (0..<3).map { _ in Task { await client.getOrder("5O1") } }
      while payPal.tokenCalls.isEmpty { await Task.yield() }
      for call in calls {
        call.cancel()
        #expect(await call.value.word == "NOT_SENT later")
      }
      #expect(ContinuousClock.now - begin < .seconds(10))
      #expect(payPal.tokenCalls.count == 1)
    }
  }

  @Test func `a caller who is cancelled does not spoil the token for the others`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(200, [:], Self.order)
    } _: { payPal in
      let client = payPal.client
      let cancelled = Task { await client.getOrder("5O1") }
      cancelled.cancel()
      #expect(await client.getOrder("5O1").word == "done")
      _ = await cancelled.value
      #expect(payPal.tokenCalls.count == 1)
    }
  }

  @Test func `neither secret nor token is in what can be printed`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(500)
    } _: { payPal in
      let outcome = await payPal.client.createPayouts(.test())
      var dumped = ""
      dump(payPal.client, to: &dumped)
      for text in ["\(outcome)", "\(payPal.client)", dumped] {
        #expect(!text.contains("s3cr3t") && !text.contains("token-1"))
        #expect(!text.contains("Y2xpZW50OnMzY3IzdA"))
      }
    }
  }
}
