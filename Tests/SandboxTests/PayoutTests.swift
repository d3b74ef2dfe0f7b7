import Testing

@testable import Sandbox

/// Payouts at PayPal and the balance that they come from.
@Suite struct PayoutTests {
  private let world = WorldUnderTest()

  @Test func `a payout is pending, then paid; amount and fee leave the balance`() {
    let id = batchID(send("b-1", "o-1-admin-1"))
    #expect(item(id)?["transaction_status"] == "PENDING")
    #expect(item(id)?["payout_item_fee"]?["value"] == "0.00")
    world.pass(milliseconds: 20)
    #expect(item(id)?["transaction_status"] == "SUCCESS")
    #expect(item(id)?["payout_item_fee"] == ["currency": "USD", "value": "0.25"])
    #expect(world.payouts.first?["status"] == "SUCCESS")
    #expect(world.balance == 99_999_855)
  }

  @Test func `a repeated sender_batch_id points to the first batch and pays nothing`() {
    let id = batchID(send("b-1", "o-1-admin-1"))
    let again = send("b-1", "o-1-admin-1")
    #expect(again.status == 400 && again.value?["name"] == "USER_BUSINESS_ERROR")
    let detail = again.value?["details"]?.elements?.first
    #expect(detail?["field"] == "SENDER_BATCH_ID")
    #expect(
      detail?["link"]?.elements?.first?["href"]?.string?.hasSuffix("/v1/payments/payouts/\(id)")
        == true)
    #expect(world.payouts.count == 1)
  }

  @Test func `more than the balance is not paid`() {
    world.settings(["paypalBalance": 144])
    let refused = send("b-1", "o-1-admin-1")
    #expect(refused.status == 422 && refused.value?["name"] == "INSUFFICIENT_FUNDS")
    world.settings(["paypalBalance": 145])
    #expect(send("b-1", "o-1-admin-1").status == 201)
    #expect(world.balance == 0)
    #expect(send("b-2", "o-2-admin-1").status == 422)
  }

  @Test(arguments: [
    ("paypal.payoutFailed", "FAILED", "RECEIVER_ACCOUNT_LOCKED", 0),
    ("paypal.payoutReturned", "RETURNED", "RECEIVER_UNREGISTERED", 0),
    ("paypal.payoutBlocked", "BLOCKED", "REGULATORY_BLOCKED", 0),
    ("paypal.payoutUnclaimed", "UNCLAIMED", "RECEIVER_UNREGISTERED", 145),
    ("paypal.payoutOnHold", "ONHOLD", "REGULATORY_PENDING", 145),
  ])
  func `an item can end otherwise`(
    _ fault: String, _ status: String, _ error: String, _ cost: Int64
  ) {
    world.fault(fault, ["match": "o-1"])
    let id = batchID(send("b-1", "o-1-admin-1"))
    #expect(item(id)?["transaction_status"] == "PENDING")
    world.pass(milliseconds: 20)
    #expect(item(id)?["transaction_status"]?.string == status)
    #expect(item(id)?["errors"]?["name"]?.string == error)
    #expect((world.balance ?? 100_000_000) == 100_000_000 - cost)
  }

  @Test func `an unclaimed item can be cancelled, which gives its money back`() {
    world.fault("paypal.payoutUnclaimed")
    let id = batchID(send("b-1", "o-1-admin-1"))
    let itemID = item(id)?["payout_item_id"]?.string ?? ""
    #expect(
      world.payPal("v1/payments/payouts-item/\(itemID)/cancel", [:]).issue
        == "BATCH_NOT_COMPLETED")
    world.pass(milliseconds: 20)
    let cancelled = world.payPal("v1/payments/payouts-item/\(itemID)/cancel", [:])
    #expect(cancelled.value?["transaction_status"] == "RETURNED")
    #expect(world.balance == 100_000_000)
    #expect(
      world.payPal("v1/payments/payouts-item/\(itemID)/cancel", [:]).issue
        == "ITEM_INCORRECT_STATUS")
  }

  @Test func `a denied batch pays nothing`() {
    world.fault("paypal.payoutDenied")
    let id = batchID(send("b-1", "o-1-admin-1"))
    world.pass(milliseconds: 20)
    let batch = world.payPal("v1/payments/payouts/\(id)").value
    #expect(batch?["batch_header"]?["batch_status"] == "DENIED")
    #expect(item(id)?["transaction_status"] == "FAILED")
    #expect((world.balance ?? 100_000_000) == 100_000_000)
  }

  @Test(arguments: [("nobody", "1.20"), ("a@b", "0.00"), ("a@b", "20000.01"), ("a@b", "1.234")])
  func `what cannot be right is refused`(_ receiver: String, _ value: String) {
    let answer = send("b-1", "o-1-admin-1", value: value, receiver: receiver)
    #expect(answer.status == 400 && answer.value?["name"] == "VALIDATION_ERROR")
    #expect(world.payouts.isEmpty)
  }

  @Test func `each item of a batch ends in its own way, and pays for itself alone`() {
    world.fault("paypal.payoutFailed", ["match": "o-2-"])
    world.fault("paypal.payoutUnclaimed", ["match": "o-3-"])
    world.fault("paypal.payoutAmountDiffers", ["match": "o-4-", "minorUnits": 20])
    world.fault("paypal.payoutItemMissing", ["match": "o-5-"])
    let id = batchID(send("b-1", (1...5).map { "o-\($0)-admin-1" }))
    world.pass(milliseconds: 20)
    let items = world.payPal("v1/payments/payouts/\(id)").value?["items"]?.elements ?? []
    #expect(
      items.map { $0["transaction_status"]?.string } == [
        "SUCCESS", "FAILED", "UNCLAIMED", "SUCCESS",
      ])
    #expect(items.map { $0["payout_item"]?["amount"]?["value"] }.last == "1.00")
    #expect(world.balance == 99_999_585)
    #expect(send("b-1", ["o-1-admin-1"]).value?["name"] == "USER_BUSINESS_ERROR")
    #expect(world.payouts.count == 4)
  }

  @Test func `a batch of many is shown page by page, and one item may come back later`() {
    let id = batchID(send("b-1", (1...1001).map { "o-\($0)-admin-1" }))
    func page(_ query: String) -> [JSON] {
      let call = Call(
        verb: .get, path: "/paypal/v1/payments/payouts/\(id)", query: query,
        authorization: "Bearer \(world.token())", host: "here")
      return world.world.answer(call).value?["items"]?.elements ?? []
    }
    #expect(page("").count == 1000 && page("page=2&page_size=1000").count == 1)
    #expect(page("page=3&page_size=500").count == 1 && page("page=2&page_size=9999").count == 1)
    world.pass(milliseconds: 20)
    let before = world.balance ?? 0
    let moved = world.control(
      "paypal/payout", ["sender_item_id": "o-7-admin-1", "status": "RETURNED"])
    #expect(moved.status == 200 && world.balance == before + 145)
    #expect(page("")[6]["transaction_status"] == "RETURNED")
    #expect(
      world.control("paypal/payout", ["sender_item_id": "o-0", "status": "RETURNED"]).status
        == 400)
  }

  // MARK: Asking

  private func send(
    _ batch: String, _ item: String, value: String = "1.20", receiver: String = "admin@example.com"
  ) -> Answer {
    send(batch, [item], value: value, receiver: receiver)
  }

  private func send(
    _ batch: String, _ items: [String], value: String = "1.20",
    receiver: String = "admin@example.com"
  ) -> Answer {
    world.payPal(
      "v1/payments/payouts",
      [
        "sender_batch_header": ["sender_batch_id": .string(batch)],
        "items": .array(
          items.map { item in
            [
              "recipient_type": "EMAIL", "receiver": .string(receiver),
              "sender_item_id": .string(item),
              "amount": ["currency": "USD", "value": .string(value)],
            ]
          }),
      ])
  }

  private func batchID(_ answer: Answer) -> String {
    answer.value?["batch_header"]?["payout_batch_id"]?.string ?? ""
  }

  private func item(_ batch: String) -> JSON? {
    world.payPal("v1/payments/payouts/\(batch)").value?["items"]?.elements?.first
  }
}
