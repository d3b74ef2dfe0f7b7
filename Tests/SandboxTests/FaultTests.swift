import Testing

@testable import Sandbox

/// When misbehaviour happens, to whom, and what the control interface refuses.
@Suite struct FaultTests {
  private let world = WorldUnderTest()

  @Test func `a fault happens as often as it says, to the keys that it names`() {
    var faults = Faults()
    faults.add(Fault(times: 2, match: "chaos-"), named: PayPalFault.capture5xx.rawValue)
    #expect(faults.strike(PayPalFault.capture5xx, ["o-1"]) == nil)
    #expect(faults.strike(PayPalFault.payout5xx, ["chaos-1"]) == nil)
    #expect(faults.strike(PayPalFault.capture5xx, ["x", "chaos-1"]) != nil)
    #expect(faults.strike(PayPalFault.capture5xx, ["chaos-2"]) != nil)
    #expect(faults.strike(PayPalFault.capture5xx, ["chaos-3"]) == nil)
    #expect(faults.isEmpty)
  }

  @Test func `a fault of probability one half happens about every other time`() {
    var faults = Faults()
    faults.add(Fault(times: -1, probability: 0.5), named: PayPalFault.slow.rawValue)
    let hits = (0..<2000).count { _ in faults.strike(PayPalFault.slow, []) != nil }
    #expect((800...1200).contains(hits))
    faults.removeAll()
    faults.add(Fault(times: -1, probability: 0), named: PayPalFault.slow.rawValue)
    #expect(faults.strike(PayPalFault.slow, []) == nil)
  }

  private static let refused: [(String, JSON, String)] = [
    ("faults", ["name": "paypal.nonsense"], "paypal.capture5xx"),
    ("faults", ["name": "paypal.slow", "often": 3], "probability"),
    ("faults", ["name": "paypal.slow", "probability": 2], "probability"),
    ("faults", ["name": "paypal.slow", "times": 0], "times"),
    ("settings", ["paypalFee": 3], "paypalFeeBasisPoints"),
    ("settings", ["paypalFeeBasisPoints": "3"], "whole number"),
    ("settings", ["repeatedOrder": "sometimes"], "placeAgain"),
    ("paypal/approve", ["order_id": "NONE"], "NONE"),
    ("aliexpress/sku", ["sku_id": "1", "stock": 1], "SKU 1"),
  ]

  @Test(arguments: refused)
  func `what it does not know, the control interface refuses and says what it knows`(
    _ path: String, _ body: JSON, _ hint: String
  ) {
    let answer = world.control(path, body)
    #expect(answer.status == 400)
    #expect(answer.value?["error"]?.string?.contains(hint) == true)
  }

  @Test func `settings change all or none`() {
    world.control("settings", ["paypalFeeBasisPoints": 1, "nonsense": 1])
    #expect(world.control("settings").value?["paypalFeeBasisPoints"] == 349)
  }

  @Test(arguments: [
    ("aliexpress.apiCallLimit", "ApiCallLimit", "will last 7 seconds"),
    ("aliexpress.appApiCallLimit", "AppApiCallLimit", "will last 7 seconds"),
    ("aliexpress.illegalAccessToken", "IllegalAccessToken", "expired"),
    ("aliexpress.serviceUnavailable", "ServiceUnavailable", "unavailable"),
    ("aliexpress.ispError", "15", "Remote service error"),
  ])
  func `the gateway's errors come once and say what they should`(
    _ fault: String, _ code: String, _ text: String
  ) {
    world.fault(fault, ["seconds": 7])
    let fields = ["product_id": "1005001000000001", "ship_to_country": "US"]
    let error = world.ask("aliexpress.ds.product.get", fields).value?["error_response"]
    #expect(error?["code"]?.string == code)
    #expect(error?["msg"]?.string?.contains(text) == true)
    let answer = world.ask("aliexpress.ds.product.get", fields)
    #expect(answer.value?["error_response"] == nil)
  }

  @Test(arguments: [
    ("paypal.captureAnswerLost", 201, Answer.Delivery.lost), ("paypal.capture5xx", 500, .whole),
    ("paypal.5xx", 500, .whole), ("paypal.answerCut", 201, .cut), ("paypal.rateLimit", 429, .whole),
  ])
  func `after a fault the same request id finds what was done`(
    _ fault: String, _ status: Int, _ delivery: Answer.Delivery
  ) {
    let unit: JSON = [
      "custom_id": "o-1", "amount": ["currency_code": "USD", "value": "20.00"],
    ]
    let order = world.payPal(
      "v2/checkout/orders", ["intent": "CAPTURE", "purchase_units": [unit]], requestID: "r")
    let path = "v2/checkout/orders/\(order.value?["id"]?.string ?? "")/capture"
    world.fault(fault, ["match": "c"])
    let answer = world.payPal(path, [:], requestID: "c")
    #expect(answer.status == status && answer.delivery == delivery)
    #expect([200, 201].contains(world.payPal(path, [:], requestID: "c").status))
    #expect(world.captures.count == 1)
  }

  @Test func `the truth can be asked for some orders only`() {
    for id in ["a-1", "b-1"] {
      _ = world.payPal(
        "v1/payments/payouts",
        [
          "sender_batch_header": ["sender_batch_id": .string(id)],
          "items": [
            [
              "recipient_type": "EMAIL", "receiver": "a@b.c", "sender_item_id": .string(id),
              "amount": ["currency": "USD", "value": "1.00"],
            ]
          ],
        ])
    }
    #expect(world.truth("a-")["paypal"]?["payouts"]?.elements?.count == 1)
    #expect(world.payouts.count == 2)
  }
}
