import Money
import Outside
import PayPal
import Testing

/// PayPal's decimals, which are not those of ISO 4217.
@Suite struct PayPalCurrencyTests {
  /// minor units, currency -> what is sent, or the code of the refusal.
  static let table: [(Int64, String, String)] = [
    (2000, "USD", "20.00"), (5, "EUR", "0.05"), (Int64.max, "USD", "92233720368547758.07"),
    (1500, "JPY", "1500"), (150_000, "HUF", "1500"), (150_000, "TWD", "1500"),
    (150_001, "HUF", "DECIMALS_NOT_SUPPORTED"), (99, "TWD", "DECIMALS_NOT_SUPPORTED"),
    (1500, "KRW", "CURRENCY_NOT_SUPPORTED"), (1500, "KWD", "CURRENCY_NOT_SUPPORTED"),
    (0, "USD", "CANNOT_BE_ZERO_OR_NEGATIVE"), (-1, "JPY", "CANNOT_BE_ZERO_OR_NEGATIVE"),
  ]

  @Test(arguments: table)
  func `an amount is sent in PayPal's decimals or not at all`(
    _ units: Int64, _ code: String, _ expected: String
  ) async throws {
    let amount = try Amount.of(units, code)
    let isExpressible = expected.first?.isNumber == true
    #expect(PayPalCurrency.canExpress(amount) == isExpressible)
    try await ScriptedPayPal.running { _ in
      .http(500)
    } _: { payPal in
      let order = await payPal.client.createOrder(.test(amount))
      let payout = await payPal.client.createPayouts(.test(amount))
      guard isExpressible else {
        #expect(order.word == expected && payout.word == expected && payPal.heard.isEmpty)
        return
      }
      let bodies = try payPal.heard.map { try JSON(parsing: $0.body) }
      #expect(
        bodies.first?["purchase_units"]?.elements.first?["amount"]
          == ["currency_code": .string(code), "value": .string(expected)])
      #expect(
        bodies.last?["items"]?.elements.first?["amount"]
          == ["currency": .string(code), "value": .string(expected)])
    }
  }

  @Test(
    arguments: [
      ("USD", "20.00", 2000), ("USD", "20", 2000), ("JPY", "1500", 1500), ("JPY", "1500.00", 1500),
      ("HUF", "1500", 150_000), ("HUF", "1500.00", 150_000), ("TWD", "7", 700),
    ] as [(String, String, Int64)])
  func `an amount is read in minor units`(_ code: String, _ value: String, _ units: Int64)
    async throws
  {
    let amount = #"{"currency_code":"\#(code)","value":"\#(value)"}"#
    try await ScriptedPayPal.running { _ in
      .http(200, [:], #"{"id":"5O1","status":"CREATED","purchase_units":[{"amount":\#(amount)}]}"#)
    } _: { payPal in
      let order = await payPal.client.getOrder("5O1").value
      let expected = try Amount.of(units, code)
      #expect(order?.amount == expected)
    }
  }

  @Test func `checkout can ask which currencies PayPal has`() throws {
    for code in ["USD", "EUR", "JPY", "HUF", "TWD", "GBP", "BRL"] {
      let currency = try Currency(validating: code)
      #expect(PayPalCurrency.isSupported(currency))
    }
    for code in ["KRW", "CLP", "KWD", "VND"] {
      let currency = try Currency(validating: code)
      #expect(!PayPalCurrency.isSupported(currency))
    }
  }
}
