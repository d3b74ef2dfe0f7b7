import Contract
import Money
import Outside
import Testing

@testable import Purchasing

/// What is sent to place an order.
@Suite struct OrderRequestTests {
  private static func request(_ address: Address) throws -> (order: JSON, extra: JSON) {
    let content = PurchaseContent(
      orderID: "o-1", generation: 2, userID: 42, environment: .sandbox, productURL: "",
      productID: "1005001000000001", skuID: "1", quantity: 3, shipTo: address,
      ceiling: Amount(minorUnits: 1, currency: .usd))
    let zero = Amount.zero(.usd)
    let request = OrderRequest(
      content,
      .init(
        skuAttributes: "14:29#White", deliveryCode: "STANDARD", items: zero, shipping: zero,
        tax: zero, landed: zero))
    #expect(OrderRequest(text: request.text) == request)
    let parameters = try #require(request.parameters)
    let order = try #require(parameters["param_place_order_request4_open_api_d_t_o"])
    let extra = try #require(parameters["ds_extend_request"])
    return (try JSON(parsing: order), try JSON(parsing: extra))
  }

  @Test func `the order has its key, its exact variant and the order's own address`() throws {
    var address = PurchasingUnderTest.address
    address.line2 = "Flat 3"
    let (order, extra) = try Self.request(address)
    #expect(order["out_order_id"]?.text == "o-1-p2")
    let item = try #require(order["product_items"]?.elements.first)
    #expect(item["product_id"] == .number("1005001000000001"))
    #expect(item["product_count"] == .number("3"))
    #expect(item["sku_attr"]?.text == "14:29#White")
    #expect(item["logistics_service_name"]?.text == "STANDARD")
    let sent = try #require(order["logistics_address"])
    let expected = [
      "full_name": "Ada Lovelace", "contact_person": "Ada Lovelace", "address": "1 Market Street",
      "address2": "Flat 3", "city": "San Francisco", "province": "California", "zip": "94105",
      "country": "US", "mobile_no": "4155550100", "phone_country": "+1", "locale": "en_US",
    ]
    #expect(sent == .object(expected.mapValues { .string($0) }))
    #expect(extra["payment"]?["try_to_pay"]?.bool == true)
    #expect(extra["payment"]?["pay_currency"]?.text == "USD")
  }

  @Test(arguments: [
    ("BR", "cpf"), ("AR", "passport_no"), ("IL", "foreigner_passport_no"), ("CL", "rut_no"),
    ("ES", "tax_number"),
  ])
  func `a tax number goes where the country wants it`(_ country: String, _ field: String) throws {
    var address = PurchasingUnderTest.address
    (address.country, address.taxID) = (country, "123")
    let sent = try Self.request(address).order["logistics_address"]
    #expect(sent?[field]?.text == "123")
    #expect(sent?["is_foreigner"]?.text == (["AR", "IL"].contains(country) ? "false" : nil))
  }

  @Test func `a national address of Saudi Arabia goes apart from the others`() throws {
    var address = PurchasingUnderTest.address
    (address.country, address.taxID) = ("SA", "RRRD8228")
    let (order, extra) = try Self.request(address)
    #expect(extra["trade_extra_param"]?["nat_addr"]?.text == "RRRD8228")
    #expect(order["logistics_address"]?["tax_number"] == nil)
  }

  @Test(arguments: [
    ("+34 600-100-200", "ES", "+34 600100200"), ("+14155550100", "ES", " 14155550100"),
    ("600100200", "ES", " 600100200"), ("+35312345678", "IE", "+353 12345678"),
  ])
  func `a phone number is split at its country's code`(
    _ phone: String, _ country: String, _ expected: String
  ) {
    let parts = CallingCode.split(phone, country: country)
    #expect("\(parts.code) \(parts.number)" == expected)
  }
}
