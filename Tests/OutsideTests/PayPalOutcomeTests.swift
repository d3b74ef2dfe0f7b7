import Money
import Outside
import PayPal
import Testing

/// What PayPal's answers prove, row by row, for every call.
@Suite struct PayPalOutcomeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let reply: Reply
    let word: String
    var testDescription: String { "\(reply) is \(word)" }

    init(_ status: Int, _ body: String, _ word: String, _ headers: [String: String] = [:]) {
      reply = .http(status, headers, body)
      self.word = word
    }

    init(_ reply: Reply, _ word: String) {
      self.reply = reply
      self.word = word
    }
  }

  private static func error(_ name: String, _ issue: String? = nil) -> String {
    let details = issue.map { #","details":[{"issue":"\#($0)","description":"why"}]"# } ?? ""
    return #"{"name":"\#(name)","message":"what","debug_id":"d1"\#(details)}"#
  }

  static let rows: [Row] = [
    // Refused for good.
    Row(400, error("INVALID_REQUEST", "MALFORMED_REQUEST_JSON"), "MALFORMED_REQUEST_JSON"),
    Row(400, error("VALIDATION_ERROR", "Currency is not valid"), "VALIDATION_ERROR"),
    Row(403, error("NOT_AUTHORIZED", "PERMISSION_DENIED"), "PERMISSION_DENIED"),
    Row(403, error("SENDER_RESTRICTED"), "SENDER_RESTRICTED"),
    Row(404, error("RESOURCE_NOT_FOUND"), "RESOURCE_NOT_FOUND"),
    Row(404, error("RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID"), "INVALID_RESOURCE_ID"),
    Row(415, error("UNSUPPORTED_MEDIA_TYPE"), "UNSUPPORTED_MEDIA_TYPE"),
    Row(422, error("UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED"), "INSTRUMENT_DECLINED"),
    Row(422, error("UNPROCESSABLE_ENTITY", "ORDER_NOT_APPROVED"), "ORDER_NOT_APPROVED"),
    Row(422, error("UNPROCESSABLE_ENTITY", "ORDER_ALREADY_CAPTURED"), "ORDER_ALREADY_CAPTURED"),
    Row(422, error("INSUFFICIENT_FUNDS"), "INSUFFICIENT_FUNDS"),
    // Refused for now.
    Row(401, error("AUTHENTICATION_FAILURE"), "AUTHENTICATION_FAILURE later"),
    Row(401, #"{"error":"invalid_token","error_description":"x"}"#, "invalid_token later"),
    Row(401, "", "AUTHENTICATION_FAILURE later"),
    Row(429, error("RATE_LIMIT_REACHED"), "RATE_LIMIT_REACHED later"),
    Row(429, "slow down", "RATE_LIMIT_REACHED later"),
    Row(400, error("RATE_LIMIT_VALIDATION_FAILURES"), "RATE_LIMIT_VALIDATION_FAILURES later"),
    // Nobody knows.
    Row(409, error("RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS"), "unknown"),
    Row(422, error("UNPROCESSABLE_ENTITY", "PREVIOUS_REQUEST_IN_PROGRESS"), "unknown"),
    Row(422, error("UNPROCESSABLE_ENTITY", "ORDER_COMPLETION_IN_PROGRESS"), "unknown"),
    Row(409, error("RESOURCE_CONFLICT"), "unknown"),
    Row(400, error("REQUEST_TIMEOUT_EXCEEDED"), "unknown"),
    Row(408, error("TIMEOUT"), "unknown"),
    Row(500, error("INTERNAL_SERVER_ERROR"), "unknown"),
    Row(500, error("UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED"), "unknown"),
    Row(502, "<html>", "unknown"),
    Row(503, error("SERVICE_UNAVAILABLE"), "unknown"),
    Row(302, "", "unknown"),
    Row(403, "<html>a proxy speaks</html>", "unknown"),
    Row(422, #"{"name":"UNPROCESSABLE_EN"#, "unknown"),
    Row(422, "{}", "unknown"),
    Row(201, "", "unknown"),
    Row(201, "{}", "unknown"),
    Row(201, #"{"id":"5O1","status":"CREA"#, "unknown"),
    Row(201, #"{"id":"5O1"}"#, "unknown"),
    Row(201, #"{"batch_header":{"batch_status":"PENDING"}}"#, "unknown"),
    Row(.close, "unknown"),
    Row(.rawThenClose("HTTP/1.1 201 Created\r\ncontent-length: 30\r\n\r\n{\"id\":"), "unknown"),
  ]

  @Test(arguments: rows)
  func `an answer proves what it proves, whichever call it answers`(_ row: Row) async throws {
    try await ScriptedPayPal.running { _ in
      row.reply
    } _: { payPal in
      #expect(await payPal.client.createOrder(.test()).word == row.word)
      #expect(await payPal.client.captureOrder("5O1", requestID: "o-1-c1").word == row.word)
      #expect(await payPal.client.createPayouts(.test()).word == row.word)
    }
    try await ScriptedPayPal.running { _ in
      row.reply
    } _: { payPal in
      #expect(await payPal.client.getOrder("5O1").word == row.word)
      #expect(await payPal.client.getPayoutBatch("B1").word == row.word)
    }
  }

  @Test func `a refusal says why, and by which debug id PayPal finds the call`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(
        422, ["Paypal-Debug-Id": "d9"], Self.error("UNPROCESSABLE_ENTITY", "PAYER_CANNOT_PAY"))
    } _: { payPal in
      let refusal = await payPal.client.captureOrder("5O1", requestID: "k").refusal
      #expect(refusal?.text == "PayPal answered 422: PAYER_CANNOT_PAY: why (debug id d9)")
      #expect(refusal?.isTransient == false && refusal?.retryAfterSeconds == nil)
    }
  }

  @Test(arguments: [("7", 7), ("0", 0), ("-1", nil), ("Fri, 31 Dec 2027 23:59:59 GMT", nil)])
  func `too many requests are refused for the time that PayPal says`(
    _ header: String, _ seconds: Int?
  ) async throws {
    try await ScriptedPayPal.running { _ in
      .http(429, ["Retry-After": header], Self.error("RATE_LIMIT_REACHED"))
    } _: { payPal in
      let refusal = await payPal.client.createPayouts(.test()).refusal
      #expect(refusal?.isTransient == true && refusal?.retryAfterSeconds == seconds)
    }
  }

  @Test func `a method is held back while PayPal wants it, others are not`() async throws {
    try await ScriptedPayPal.running { request in
      .http(429, request.verb == "POST" ? ["Retry-After": "3600"] : [:], "{}")
    } _: { payPal in
      #expect(await payPal.client.createPayouts(.test()).word == "RATE_LIMIT_REACHED later")
      #expect(await payPal.client.createPayouts(.test()).word == "NOT_SENT later")
      #expect(await payPal.client.getOrder("5O1").word == "RATE_LIMIT_REACHED later")
      #expect(payPal.heard.count == 2)
    }
  }

  @Test func `what never left is refused for now`() async throws {
    try await ScriptedServer.running { _ in
      .silence
    } _: { server, http in
      let client = PayPalClient(
        baseURL: server.url, clientID: "c", secret: Secret("s"), http: http)
      try await server.stop()
      #expect(await client.createOrder(.test()).word == "NOT_SENT later")
      #expect(await client.getOrder("5O1").word == "NOT_SENT later")
    }
  }

  @Test(arguments: ["", "a/b", "5O1?x=1", "../x", "a b", "ü", String(repeating: "A", count: 65)])
  func `what cannot be an id is not put into a path`(_ id: String) async throws {
    try await ScriptedPayPal.running { _ in
      .silence
    } _: { payPal in
      #expect(await payPal.client.getOrder(id).word == "INVALID_RESOURCE_ID")
      #expect(await payPal.client.captureOrder(id, requestID: "k").word == "INVALID_RESOURCE_ID")
      #expect(await payPal.client.getPayoutBatch(id).word == "INVALID_RESOURCE_ID")
      #expect(payPal.heard.isEmpty && payPal.tokenCalls.isEmpty)
    }
  }
}
