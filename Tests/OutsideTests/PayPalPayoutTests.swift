import Money
import Outside
import PayPal
import Testing

@Suite struct PayPalPayoutTests {
  @Test func `a payout is a batch of one item under our key`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(201, [:], #"{"batch_header":{"payout_batch_id":"B1","batch_status":"PENDING"}}"#)
    } _: { payPal in
      let batch = await payPal.client.createPayouts(.test()).value
      #expect(batch == PayPalPayoutBatch(id: "B1", status: "PENDING"))
      let call = try #require(payPal.heard.first)
      #expect(call.line == "POST /paypal/v1/payments/payouts HTTP/1.1")
      #expect(
        try JSON(parsing: call.body) == [
          "sender_batch_header": ["sender_batch_id": "o-1-reseller-1"],
          "items": [
            [
              "recipient_type": "EMAIL", "receiver": "payee@example.com", "note": "Payout",
              "sender_item_id": "o-1-reseller-1",
              "amount": ["currency": "USD", "value": "10.80"],
            ]
          ],
        ])
    }
  }

  private static func duplicate(_ detail: String) -> Reply {
    .http(400, [:], #"{"name":"USER_BUSINESS_ERROR","message":"m","details":[\#(detail)]}"#)
  }

  @Test(arguments: [
    #"{"field":"SENDER_BATCH_ID","issue":"exists","link":[{"href":"https://p/v1/payments/payouts/B7","rel":"self"}]}"#,
    #"{"field":"SENDER_BATCH_ID","issue":"exists","link":[{"href":"/v1/payments/payouts/B7/?a=b/c"}]}"#,
    #"{"field":"/sender_batch_header/sender_batch_id","links":[{"href":"https://p/payouts/B7"}]}"#,
    #"{"field":"items"},{"field":"SENDER_BATCH_ID","link":{"href":"https://p/payouts/B7"}}"#,
  ])
  func `a batch that PayPal has already is ours`(_ detail: String) async throws {
    try await ScriptedPayPal.running { _ in
      Self.duplicate(detail)
    } _: { payPal in
      #expect(
        await payPal.client.createPayouts(.test())
          == .done(PayPalPayoutBatch(id: "B7", status: "PENDING")))
    }
  }

  @Test(arguments: [
    (#"{"field":"SENDER_BATCH_ID","issue":"exists"}"#, "unknown"),
    (#"{"field":"SENDER_BATCH_ID","link":[{"href":"https://p/payouts/%20"}]}"#, "unknown"),
    (#"{"field":"items[0].receiver","issue":"no"}"#, "USER_BUSINESS_ERROR"),
  ])
  func `a business error proves no more than it says`(_ detail: String, _ word: String)
    async throws
  {
    try await ScriptedPayPal.running { _ in
      Self.duplicate(detail)
    } _: { payPal in
      #expect(await payPal.client.createPayouts(.test()).word == word)
    }
  }

  @Test func `a batch is looked at with its items, fees and errors`() async throws {
    let batch = """
      {"batch_header":{"payout_batch_id":"B1","batch_status":"SUCCESS"},"items":[
      {"payout_item_id":"I1","transaction_status":"SUCCESS",
       "payout_item_fee":{"currency":"USD","value":"0.25"},
       "payout_item":{"sender_item_id":"o-1-admin-1",
        "amount":{"currency":"USD","value":"1.20"}}},
      {"payout_item_id":"I2","transaction_status":"FAILED",
       "payout_item":{"sender_item_id":"o-1-reseller-1"},
       "errors":{"name":"CLOSED_MARKET","message":"m"}}]}
      """
    try await ScriptedPayPal.running { _ in
      .http(200, [:], batch)
    } _: { payPal in
      #expect(
        await payPal.client.getPayoutBatch("B1")
          == .done(
            PayPalPayoutBatch(
              id: "B1", status: "SUCCESS",
              items: [
                PayPalPayoutItem(
                  id: "I1", senderItemID: "o-1-admin-1", status: "SUCCESS", amount: .usd(120),
                  fee: .usd(25)),
                PayPalPayoutItem(
                  id: "I2", senderItemID: "o-1-reseller-1", status: "FAILED",
                  errorName: "CLOSED_MARKET"),
              ])))
      #expect(
        payPal.heard.map(\.line) == [
          "GET /paypal/v1/payments/payouts/B1?page=1&page_size=1000 HTTP/1.1"
        ])
    }
  }

  @Test func `an item that cannot be read leaves the look unknown`() async throws {
    try await ScriptedPayPal.running { _ in
      .http(
        200, [:],
        #"{"batch_header":{"payout_batch_id":"B1","batch_status":"SUCCESS"},"items":[{}]}"#)
    } _: { payPal in
      #expect(await payPal.client.getPayoutBatch("B1").word == "unknown")
    }
  }

  @Test func `a batch of several items names each, and is read page by page`() async throws {
    @Sendable func page(_ numbers: Range<Int>) -> Reply {
      let items = numbers.map {
        #"{"payout_item_id":"I\#($0)","transaction_status":"SUCCESS","payout_item":{}}"#
      }
      return .http(
        200, [:],
        #"{"batch_header":{"payout_batch_id":"B1","batch_status":"SUCCESS"},"items":["#
          + items.joined(separator: ",") + "]}")
    }
    try await ScriptedPayPal.running { call in
      if call.line.hasPrefix("POST") {
        return .http(
          201, [:], #"{"batch_header":{"payout_batch_id":"B1","batch_status":"PENDING"}}"#)
      }
      return call.line.contains("?page=1&") ? page(0..<1000) : page(1000..<1001)
    } _: { payPal in
      var batch = NewPayoutBatch.test()
      batch.items.append(
        .init(
          senderItemID: "o-1-admin-1", receiver: "admin@example.com", amount: .usd(120), note: ""))
      _ = await payPal.client.createPayouts(batch)
      let sent = try JSON(parsing: try #require(payPal.heard.first).body)
      #expect(
        sent["items"]?.elements.map { $0["sender_item_id"]?.text } == [
          "o-1-reseller-1", "o-1-admin-1",
        ])
      let seen = await payPal.client.getPayoutBatch("B1").value
      #expect(seen?.items.map(\.id) == (0...1000).map { "I\($0)" })
    }
  }
}
