import Testing

@testable import Sandbox

/// Orders and captures at PayPal.
@Suite struct CheckoutTests {
  private let world = WorldUnderTest()

  @Test func `a request id creates one order and answers it as it is now`() {
    let first = create("o-1")
    #expect(first.status == 201 && first.value?["status"] == "CREATED")
    let again = create("o-1")
    #expect(again.status == 200 && again.value?["status"] == "APPROVED")
    #expect(again.value?["id"] == first.value?["id"])
    let unit = again.value?["purchase_units"]?.elements?.first
    #expect(unit?["custom_id"] == "o-1" && unit?["amount"]?["value"] == "20.00")
    #expect(link(first, "approve")?.hasPrefix("http://here/paypal/checkoutnow?token=") == true)
    world.pass(milliseconds: 6 * 3_600_000)
    #expect(create("o-1").status == 201)
  }

  @Test func `only what the caller prefers is answered`() {
    let minimal = world.payPal("v2/checkout/orders", body(), requestID: "o-1", prefer: "")
    #expect(minimal.value?.members?.map(\.name) == ["id", "status", "links"])
  }

  @Test(arguments: [
    (349, 49, "20.00", "1.19"), (349, 49, "0.50", "0.51"), (0, 0, "20.00", "0.00"),
    (250, 0, "0.20", "0.01"), (249, 0, "0.20", "0.00"),
  ])
  func `a capture's fee is rounded half up`(
    _ basisPoints: Int, _ fixed: Int, _ price: String, _ fee: String
  ) {
    world.settings([
      "paypalFeeBasisPoints": .integer(Int64(basisPoints)),
      "paypalFeeFixedMinorUnits": .integer(Int64(fixed)),
    ])
    let parts = capture(create("o-1", price))["seller_receivable_breakdown"]
    #expect(parts?["gross_amount"]?["value"]?.string == price)
    #expect(parts?["paypal_fee"]?["value"]?.string == fee)
  }

  @Test func `a capture moves the money once; its own request id answers it again`() {
    let order = create("o-1")
    #expect(captureAnswer(order).status == 201)
    #expect(captureAnswer(order).status == 200)
    let other = captureAnswer(order, requestID: "other")
    #expect(other.status == 422 && other.issue == "ORDER_ALREADY_CAPTURED")
    #expect(world.captures.count == 1)
    #expect(world.captures.first?["amount"] == "20.00")
    #expect(world.balance == 100_001_881)
  }

  @Test func `without the buyer's approval nothing is captured`() {
    world.settings(["autoApprove": false])
    let order = create("o-1")
    #expect(captureAnswer(order).issue == "ORDER_NOT_APPROVED")
    let id = order.value?["id"] ?? ""
    #expect(world.control("paypal/approve", ["order_id": id]).status == 200)
    #expect(captureAnswer(order).status == 201)
    #expect(world.control("paypal/approve", ["order_id": id]).status == 400)
  }

  @Test func `a person approves on the page behind the link`() {
    world.settings(["autoApprove": false])
    let order = create("o-1")
    let query = "token=\(order.value?["id"]?.string ?? "")"
    var call = Call(verb: .get, path: "/paypal/checkoutnow", query: query)
    #expect(world.world.answer(call).status == 200)
    #expect(captureAnswer(order).issue == "ORDER_NOT_APPROVED")
    call.verb = .post
    #expect(world.world.answer(call).status == 200)
    #expect(captureAnswer(order).status == 201)
  }

  @Test func `captures can be pending, declined or of another amount`() {
    world.fault("paypal.capturePending", ["delayMilliseconds": 50])
    let pending = create("o-1")
    #expect(capture(pending)["status_details"]?["reason"] == "ECHECK")
    #expect(world.balance == nil)
    world.pass(milliseconds: 50)
    let id = pending.value?["id"]?.string ?? ""
    let later = world.payPal("v2/checkout/orders/\(id)").value?["purchase_units"]?.elements?.first
    #expect(later?["payments"]?["captures"]?.elements?.first?["status"] == "COMPLETED")
    #expect(world.balance == 100_001_881)
    world.fault("paypal.captureDeclined")
    #expect(capture(create("o-2"))["status"] == "DECLINED")
    world.fault("paypal.captureAmountDiffers")
    #expect(capture(create("o-3"))["amount"]?["value"] == "19.00")
    world.fault("paypal.instrumentDeclined")
    let open = create("o-4")
    #expect(captureAnswer(open).issue == "INSTRUMENT_DECLINED")
    #expect(captureAnswer(open).status == 201)
  }

  @Test(arguments: [
    ("20", "USD", nil), ("20.001", "USD", "DECIMAL_PRECISION"),
    ("20.00", "JPY", "DECIMAL_PRECISION"),
    ("-1.00", "USD", "INVALID_PARAMETER_SYNTAX"), ("0.00", "USD", "CANNOT_BE_ZERO_OR_NEGATIVE"),
    ("1.00", "XXQ", "INVALID_PARAMETER_VALUE"), ("1e3", "USD", "INVALID_PARAMETER_SYNTAX"),
  ])
  func `an amount is checked`(_ value: String, _ currency: String, _ issue: String?) {
    let answer = world.payPal(
      "v2/checkout/orders", body("o-1", value, currency), requestID: "r")
    #expect(answer.issue == issue)
    #expect((answer.status == 201) == (issue == nil))
  }

  @Test func `a breakdown must add up`() {
    let amount: JSON = [
      "currency_code": "USD", "value": "20.00",
      "breakdown": [
        "item_total": ["currency_code": "USD", "value": "19.00"],
        "shipping": ["currency_code": "USD", "value": "2.00"],
      ],
    ]
    let answer = world.payPal(
      "v2/checkout/orders",
      ["intent": "CAPTURE", "purchase_units": [["amount": amount]]])
    #expect(answer.issue == "AMOUNT_MISMATCH")
  }

  @Test func `a token is asked for by its client, checked, and ends`() {
    let stranger = Call(
      verb: .post, path: "/paypal/v1/oauth2/token", body: Array("grant_type=x".utf8),
      authorization: "Basic eDp5")
    #expect(world.world.answer(stranger).status == 401)
    var call = Call(
      verb: .get, path: "/paypal/v2/checkout/orders/NONE",
      authorization: "Bearer \(world.token())")
    #expect(world.world.answer(call).issue == "INVALID_RESOURCE_ID")
    world.pass(milliseconds: 32_400_000)
    #expect(world.world.answer(call).value?["error"] == "invalid_token")
    call.authorization = ""
    #expect(world.world.answer(call).status == 401)
  }

  // MARK: Asking

  private func body(
    _ customID: String = "o-1", _ value: String = "20.00", _ currency: String = "USD"
  ) -> JSON {
    [
      "intent": "CAPTURE",
      "purchase_units": [
        [
          "custom_id": .string(customID),
          "amount": ["currency_code": .string(currency), "value": .string(value)],
        ]
      ],
    ]
  }

  private func create(_ customID: String, _ value: String = "20.00") -> Answer {
    world.payPal("v2/checkout/orders", body(customID, value), requestID: "\(customID)/create")
  }

  private func captureAnswer(_ order: Answer, requestID: String? = nil) -> Answer {
    let id = order.value?["id"]?.string ?? ""
    return world.payPal(
      "v2/checkout/orders/\(id)/capture", [:], requestID: requestID ?? "\(id)/capture")
  }

  private func capture(_ order: Answer) -> JSON {
    let unit = captureAnswer(order).value?["purchase_units"]?.elements?.first
    return unit?["payments"]?["captures"]?.elements?.first ?? .null
  }

  private func link(_ answer: Answer, _ relation: String) -> String? {
    answer.value?["links"]?.elements?.first { $0["rel"]?.string == relation }?["href"]?.string
  }
}
