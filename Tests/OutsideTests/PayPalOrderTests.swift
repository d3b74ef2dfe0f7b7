import Money
import Outside
import PayPal
import Testing

@Suite struct PayPalOrderTests {
  private static let created = """
    {"id":"5O190127TN364715T","status":"CREATED","links":[
    {"href":"https://pay/self","rel":"self"},{"href":"https://pay/approve","rel":"approve"}]}
    """

  /// An order with these captures, each as JSON.
  private static func order(_ captures: String..., status: String = "COMPLETED") -> String {
    """
    {"id":"5O1","status":"\(status)","purchase_units":[{"custom_id":"o-1",
    "amount":{"currency_code":"USD","value":"20.00"},
    "payments":{"captures":[\(captures.joined(separator: ","))]}}]}
    """
  }

  private static func capture(
    _ id: String, _ status: String, value: String = "20.00", more: String = ""
  ) -> String {
    """
    {"id":"\(id)","status":"\(status)","amount":{"currency_code":"USD","value":"\(value)"}\(more)}
    """
  }

  private static let fee = """
    ,"seller_receivable_breakdown":{"gross_amount":{"currency_code":"USD","value":"20.00"},
    "paypal_fee":{"currency_code":"USD","value":"1.19"}}
    """

  @Test func `an order is asked for with its key, its id and its price`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(201, [:], Self.created)
    } _: { payPal in
      let order = await payPal.client.createOrder(.test()).value
      #expect(
        order
          == PayPalOrder(
            id: "5O190127TN364715T", status: "CREATED", approveURL: "https://pay/approve"))
      let call = try #require(payPal.heard.first)
      #expect(call.line == "POST /paypal/v2/checkout/orders HTTP/1.1")
      #expect(call.headers["paypal-request-id"] == "o-1-1")
      #expect(call.headers["content-type"] == "application/json")
      #expect(
        try JSON(parsing: call.body) == [
          "intent": "CAPTURE",
          "purchase_units": [
            [
              "reference_id": "default", "custom_id": "o-1", "description": "mug",
              "amount": ["currency_code": "USD", "value": "20.00"],
            ]
          ],
          "application_context": [
            "user_action": "PAY_NOW", "shipping_preference": "NO_SHIPPING",
            "return_url": "https://shop.example/back",
          ],
        ])
    }
  }

  @Test(arguments: [
    (String(repeating: "x", count: 127), 127), (String(repeating: "x", count: 500), 127),
    (String(repeating: "é", count: 100), 126), (String(repeating: "👨‍👩‍👧", count: 10), 126),
    ("x" + String(repeating: "👨‍👩‍👧", count: 10), 127), ("", 0),
  ])
  func `a description is cut between characters`(_ text: String, _ bytes: Int) async throws {
    try await ScriptedPayPal.running { _ in
      .http(201, [:], Self.created)
    } _: { payPal in
      #expect(await payPal.client.createOrder(.test(description: text)).word == "done")
      let body = try JSON(parsing: try #require(payPal.heard.first).body)
      let sent = body["purchase_units"]?.elements.first?["description"]?.text ?? ""
      #expect(sent.utf8.count == bytes && text.hasPrefix(sent))
    }
  }

  @Test func `an order that waits for the payer's action says where`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(
        200, [:],
        #"{"id":"5O1","status":"PAYER_ACTION_REQUIRED","links":[{"href":"u","rel":"payer-action"}]}"#
      )
    } _: { payPal in
      #expect(await payPal.client.getOrder("5O1").value?.approveURL == "u")
    }
  }

  @Test func `a capture is asked for with its key and the whole answer, and tells the fee`()
    async throws
  {
    try await ScriptedPayPal.running { _ in
      .http(201, [:], Self.order(Self.capture("C1", "COMPLETED", more: Self.fee)))
    } _: { payPal in
      let order = await payPal.client.captureOrder("5O1", requestID: "o-1-c1").value
      #expect(
        order
          == PayPalOrder(
            id: "5O1", status: "COMPLETED", customID: "o-1", amount: .usd(2000),
            capture: PayPalCapture(
              id: "C1", status: "COMPLETED", amount: .usd(2000), fee: .usd(119))))
      let call = try #require(payPal.heard.first)
      #expect(call.line == "POST /paypal/v2/checkout/orders/5O1/capture HTTP/1.1")
      #expect(call.headers["paypal-request-id"] == "o-1-c1" && call.body == "{}")
      #expect(call.headers["prefer"] == "return=representation")
      #expect(call.headers["content-type"] == "application/json")
    }
  }

  @Test func `a capture that PayPal holds has a reason and no fee yet`() async throws {
    let held = Self.capture(
      "C1", "PENDING", more: #","status_details":{"reason":"PENDING_REVIEW"}"#)
    try await ScriptedPayPal.running { _ in
      .http(201, [:], Self.order(held))
    } _: { payPal in
      let capture = await payPal.client.captureOrder("5O1", requestID: "k").value?.capture
      #expect(
        capture
          == PayPalCapture(
            id: "C1", status: "PENDING", statusReason: "PENDING_REVIEW", amount: .usd(2000)))
    }
  }

  @Test(
    arguments: [
      ([], nil), (["DECLINED"], "0"), (["DECLINED", "COMPLETED"], "1"),
      (["COMPLETED", "DECLINED"], "0"), (["PENDING", "COMPLETED"], "1"),
      (["DECLINED", "PENDING", "FAILED"], "1"), (["DECLINED", "REFUNDED"], "1"),
      (["COMPLETED", "COMPLETED"], "0"),
    ] as [([String], String?)])
  func `the capture that is looked at is the one that counts`(
    _ statuses: [String], _ id: String?
  ) async throws {
    let captures = statuses.enumerated().map { Self.capture("\($0)", $1) }.joined(separator: ",")
    try await ScriptedPayPal.running { _ in
      .http(200, [:], Self.order(captures))
    } _: { payPal in
      let outcome = await payPal.client.getOrder("5O1")
      #expect(outcome.word == "done" && outcome.value?.capture?.id == id)
      #expect(payPal.heard.map(\.line) == ["GET /paypal/v2/checkout/orders/5O1 HTTP/1.1"])
    }
  }

  @Test func `an order before its capture has none`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(
        200, [:],
        #"{"id":"5O1","status":"APPROVED","purchase_units":[{"custom_id":"o-1","#
          + #""amount":{"currency_code":"USD","value":"20.00"}}]}"#)
    } _: { payPal in
      #expect(
        await payPal.client.getOrder("5O1")
          == .done(
            PayPalOrder(id: "5O1", status: "APPROVED", customID: "o-1", amount: .usd(2000))))
    }
  }

  @Test(arguments: ["", "20.001", "twenty", "99999999999999999999"])
  func `a capture whose amount cannot be read leaves the outcome unknown`(_ value: String)
    async throws
  {
    try await ScriptedPayPal.running { _ in
      .http(201, [:], Self.order(Self.capture("C1", "COMPLETED", value: value)))
    } _: { payPal in
      #expect(await payPal.client.captureOrder("5O1", requestID: "k").word == "unknown")
    }
  }
}
