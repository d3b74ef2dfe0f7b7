import Testing

@testable import Sandbox

/// Placing orders with the supplier, and what it says about them.
@Suite struct PlacingTests {
  private let world = WorldUnderTest()

  @Test func `an order takes stock, is paid, and costs goods and shipping`() {
    let id = ids(place("o-1", sku: "14:10#Red", count: 2)).first ?? 0
    #expect(id > 8_190_000_000_000_000)
    let order = ask(id)
    #expect(order?["order_status"] == "WAIT_SELLER_SEND_GOODS")
    #expect(order?["order_amount"]?["amount"] == "15.90")
    #expect(error(place("o-2", sku: "14:10", count: 4)) == "INVENTORY_HOLD_ERROR")
    #expect(ids(place("o-3", sku: "14:10", count: 3)).count == 1)
    #expect(error(place("o-4", sku: "14:10")) == "INVENTORY_HOLD_ERROR")
  }

  @Test func `a repeated out_order_id answers the first ids for a day`() {
    let first = ids(place("o-1"))
    #expect(ids(place("o-1")) == first)
    #expect(ids(place("o-1", token: "sandbox-access-43")) != first)
    world.pass(milliseconds: 86_399_999)
    #expect(ids(place("o-1")) == first)
    world.pass(milliseconds: 1)
    #expect(ids(place("o-1")) != first)
    #expect(world.supplierOrders.count == 3)
  }

  @Test func `a repeated out_order_id is an error or places again when the switch says so`() {
    let first = ids(place("o-1"))
    world.settings(["repeatedOrder": "repeatedOrderError"])
    #expect(error(place("o-1")) == "REPEATED_ORDER_ERROR")
    #expect(world.supplierOrders.count == 1)
    world.settings(["repeatedOrder": "placeAgain"])
    #expect(ids(place("o-1")) != first)
    #expect(world.supplierOrders.count == 2)
  }

  @Test(arguments: [
    ("1005001000000001", "14:29#White", "Ada", "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL"),
    ("1005001000000099", "", "Ada Lovelace", "PRODUCT_NOT_EXIST"),
    ("1005001000000001", "14:1", "Ada Lovelace", "SKU_NOT_EXIST"),
    ("1005001000000001", "14:193#Black", "Ada Lovelace", "INVENTORY_HOLD_ERROR"),
    ("1005001000000002", "", "Ada Lovelace", "A001_ORDER_CANNOT_BE_PLACED"),
    ("1005001000000003", "", "Ada Lovelace", "DELIVERY_METHOD_NOT_EXIST"),
  ])
  func `an order is refused, places nothing and may be tried again`(
    _ product: String, _ sku: String, _ name: String, _ code: String
  ) {
    #expect(error(place("o-1", product: product, sku: sku, name: name)) == code)
    #expect(world.supplierOrders.isEmpty)
    #expect(ids(place("o-1")).count == 1)
  }

  @Test func `only the account that placed an order sees it`() {
    let id = ids(place("o-1")).first ?? 0
    let query = ["single_order_query": "{\"order_id\":\(id)}"]
    let answer = world.ask("aliexpress.trade.ds.order.get", query, token: "sandbox-access-43")
    #expect(answer.value?["error_response"]?["code"] == "isv.invalid-authorization")
  }

  @Test func `a failed payment leaves an order that lapses after a day`() {
    world.fault("aliexpress.autoPayFails")
    let answer = place("o-1")
    #expect(
      answer.value?["aliexpress_ds_order_create_response"]?["result"]?["error_msg"]
        == "OrderCreated, autoPay fail:APIPayFail")
    let id = ids(answer).first ?? 0
    #expect(ask(id)?["order_status"] == "PLACE_ORDER_SUCCESS")
    world.pass(milliseconds: 86_400_000)
    let order = ask(id)
    #expect(order?["order_status"] == "FINISH")
    #expect(
      order?["child_order_list"]?["aeop_child_order_info"]?.elements?[0]["end_reason"]
        == "CANCELED")
  }

  @Test func `an order is paid, shipped and finished when its time comes`() {
    world.settings([
      "supplierPayDelayMilliseconds": 10, "supplierShipDelayMilliseconds": 10,
      "supplierFinishDelayMilliseconds": 10, "orderReadableAfterMilliseconds": 5,
    ])
    let id = ids(place("o-1")).first ?? 0
    #expect(ask(id) == nil)
    let states = (0..<4).map { _ -> JSON? in
      world.pass(milliseconds: 9)
      return ask(id)?["order_status"]
    }
    #expect(
      states == [
        "PLACE_ORDER_SUCCESS", "WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS", "FINISH",
      ])
    let tracking = world.ask("aliexpress.ds.order.tracking.get", ["ae_order_id": "\(id)"])
    let result = tracking.value?["aliexpress_ds_order_tracking_get_response"]?["result"]
    #expect(result?["ret"] == true)
  }

  @Test func `one request can become two orders that cost as much together`() {
    world.fault("aliexpress.severalIDs")
    let placed = ids(place("o-1"))
    #expect(placed.count == 2)
    #expect(placed.map { ask($0)?["order_amount"]?["amount"] } == ["6.50", "1.50"])
  }

  @Test func `answers come in the other forms that have been seen`() {
    world.fault("aliexpress.flatForm")
    world.fault("aliexpress.textBooleans")
    let flat = place("o-1").value
    #expect(flat?["is_success"] == "true" && flat?["order_list"]?.elements?.count == 1)
    world.fault("aliexpress.singleObject", ["match": "o-2"])
    world.fault("aliexpress.textIDs", ["match": "o-2"])
    let single = place("o-2").value?["aliexpress_ds_order_create_response"]?["result"]
    #expect(single?["order_list"]?["number"]?.string?.hasPrefix("819") == true)
  }

  @Test func `price and stock of a SKU change by hand`() {
    world.control(
      "aliexpress/sku", ["sku_id": "12000000000000002", "price": "7.25", "stock": 1])
    let id = ids(place("o-1", sku: "14:193")).first ?? 0
    #expect(ask(id)?["order_amount"]?["amount"] == "8.75")
    #expect(error(place("o-2", sku: "14:193")) == "INVENTORY_HOLD_ERROR")
  }

  // MARK: Asking

  private func place(
    _ outOrderID: String, product: String = "1005001000000001", sku: String = "14:29#White",
    count: Int64 = 1, name: String = "Ada Lovelace", token: String = "sandbox-access-42"
  ) -> Answer {
    let order: JSON = [
      "out_order_id": .string(outOrderID),
      "logistics_address": [
        "address": "1 Market Street", "city": "San Francisco", "province": "California",
        "country": "US", "contact_person": .string(name), "full_name": .string(name),
        "mobile_no": "4155550100",
      ],
      "product_items": [
        [
          "product_id": .number(product), "product_count": .integer(count),
          "sku_attr": .string(sku), "logistics_service_name": "CAINIAO_STANDARD",
        ]
      ],
    ]
    return world.ask(
      "aliexpress.ds.order.create",
      [
        "param_place_order_request4_open_api_d_t_o": String(decoding: order.bytes, as: UTF8.self),
        "ds_extend_request": "{\"payment\":{\"try_to_pay\":\"true\",\"pay_currency\":\"USD\"}}",
      ], token: token)
  }

  private func ids(_ answer: Answer) -> [Int64] {
    let result = answer.value?["aliexpress_ds_order_create_response"]?["result"]
    return result?["order_list"]?["number"]?.elements?.compactMap(\.integer) ?? []
  }

  private func error(_ answer: Answer) -> String? {
    answer.value?["aliexpress_ds_order_create_response"]?["result"]?["error_code"]?.string
  }

  private func ask(_ id: Int64) -> JSON? {
    let query = ["single_order_query": "{\"order_id\":\"\(id)\"}"]
    return world.ask("aliexpress.trade.ds.order.get", query)
      .value?["aliexpress_trade_ds_order_get_response"]?["result"]
  }
}
