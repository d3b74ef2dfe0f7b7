import Contract
import Money
import NIOCore
import Outside
import Testing

@testable import Purchasing

/// Products, deliveries and orders as AliExpress tells them.
@Suite struct ReadingTests {
  private static func answer(_ json: String, to method: AliExpressMethod) -> AliExpressAnswer {
    AliExpressAnswer(
      .answer(status: 200, headers: [:], body: ByteBuffer(string: json)), to: method)
  }
  private static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  private static func product(_ sku: String, more: String = "") -> Reading<SupplierProduct> {
    let json = """
      {"aliexpress_ds_product_get_response":{"result":{"ae_item_base_info_dto":
      {"product_status_type":"onSelling","currency_code":"CNY"},"ae_item_sku_info_dtos":
      {"ae_item_sku_info_d_t_o":[\(sku)]}},"rsp_code":200\(more)}}
      """
    return AliExpressReading.product(answer(json, to: .product), currency: .usd)
  }

  private static let plain = """
    {"sku_id":"12000000000000001","sku_attr":"14:29#Bear","offer_sale_price":"6.50",
    "sku_price":"8.00","currency_code":"USD","sku_available_stock":3,"price_include_tax":true
    """

  private static func sku(_ more: String = "") -> SupplierProduct.SKU? {
    guard case .value(let product) = product(plain + more + "}") else { return nil }
    return product.skus.first
  }

  @Test func `a variant has its price, stock and name`() {
    let sku = Self.sku()
    #expect(sku?.price == Self.usd(650) && sku?.listPrice == Self.usd(800))
    #expect(sku?.attributes == "14:29#Bear" && sku?.stock == 3 && sku?.taxOnTop == Self.usd(0))
  }

  @Test func `tax and import charges come on top, once`() {
    #expect(
      Self.sku(#","estimated_import_charges":"0.80""#)?.taxOnTop == Self.usd(80))
    #expect(
      Self.sku(#","estimated_import_charges":"0.80","tax_amount":"0.50""#)?.taxOnTop
        == Self.usd(80))
    #expect(Self.sku(#","tax_amount":"x","estimated_import_charges":"x""#)?.taxOnTop == nil)
    #expect(Self.sku(#","tax_amount":"1.00","tax_currency_code":"EUR""#)?.taxOnTop == nil)
  }

  @Test func `a price that is missing or in another currency is unreadable, never zero`() {
    for fields in [
      #""currency_code":"USD""#, #""currency_code":"USD","offer_sale_price":"0.00""#,
      #""currency_code":"USD","offer_sale_price":"NaN""#,
      #""currency_code":"EUR","offer_sale_price":"6.50""#, #""offer_sale_price":"6.50""#,
    ] {
      guard case .value(let product) = Self.product(#"{"sku_id":"1",\#(fields)}"#) else {
        Issue.record("no product")
        return
      }
      #expect(product.skus.first?.price == nil, "\(fields)")
    }
  }

  @Test(arguments: [
    (602, "refused NOT_SOLD_TO_COUNTRY"), (605, "refused PRODUCT_NOT_FOUND"),
    (404, "later SUPPLIER_UNAVAILABLE"), (777, "later UNKNOWN_SUPPLIER_CODE"),
  ])
  func `a code in the place of a product is told`(_ code: Int, _ expected: String) {
    let json = """
      {"aliexpress_ds_product_get_response":{"rsp_code":\(code),"rsp_msg":"words"}}
      """
    let reading = AliExpressReading.product(
      Self.answer(json, to: .product), currency: .usd)
    #expect(Self.word(reading) == expected)
  }

  private static func word<Value>(_ reading: Reading<Value>) -> String {
    switch reading {
    case .value: "value"
    case .refused(let reason): "refused \(reason.code.rawValue)"
    case .later(let reason, _): "later \(reason.code.rawValue)"
    }
  }

  /// Fields of a delivery -> its fee in cents.
  @Test(
    arguments: [
      (#""shipping_fee_cent":"1.99","shipping_fee_format":"1,99€""#, 199),
      (#""shipping_fee_cent":"199","shipping_fee_format":"US $1.99""#, 199),
      (#""shipping_fee_cent":"2","shipping_fee_format":"US $2.00""#, 200),
      (#""shipping_fee_cent":"123450","shipping_fee_format":"US $1,234.50""#, 123_450),
      (#""shipping_fee_cent":199"#, 199), (#""free_shipping":true"#, 0),
      (#""shipping_fee_cent":"0","shipping_fee_format":"free""#, 0),
      (#""shipping_fee_cent":"3","shipping_fee_format":"US $1.99""#, nil),
      (#""shipping_fee_cent":"-1""#, nil), (#""shipping_fee_cent":"x""#, nil),
      (#""shipping_fee_cent":"1.99","shipping_fee_currency":"EUR""#, nil),
      (#""tracking":true"#, nil),
    ] as [(String, Int64?)])
  func `a delivery's fee is read by its form, or not at all`(_ fields: String, _ cents: Int64?) {
    let json = """
      {"aliexpress_ds_freight_query_response":{"result":{"success":true,"delivery_options":
      {"delivery_option_d_t_o":{"code":"S",\(fields)}}}}}
      """
    let reading = AliExpressReading.deliveries(
      Self.answer(json, to: .deliveries), currency: .usd)
    guard case .value(let deliveries) = reading else {
      Issue.record("\(reading)")
      return
    }
    #expect(deliveries.map(\.fee) == [cents.map { Self.usd($0) }])
  }

  @Test(arguments: [
    ("501", "refused DELIVERY_NOT_AVAILABLE"), ("505", "refused DELIVERY_NOT_AVAILABLE"),
    ("999", "later UNKNOWN_SUPPLIER_CODE"),
  ])
  func `a refusal of deliveries is told`(_ code: String, _ expected: String) {
    let json = """
      {"aliexpress_ds_freight_query_response":{"result":{"success":"false","code":\(code),
      "msg":"words"}}}
      """
    #expect(
      Self.word(
        AliExpressReading.deliveries(Self.answer(json, to: .deliveries), currency: .usd))
        == expected)
  }

  private static func order(_ json: String) -> Reading<SupplierOrder> {
    AliExpressReading.order(
      answer(#"{"aliexpress_trade_ds_order_get_response":{"result":\#(json)}}"#, to: .order),
      id: "7")
  }

  private static func money(_ amount: String) -> String {
    #"{"amount":"\#(amount)","currency_code":"USD"}"#
  }

  @Test func `an order has its status, its cost and its parts`() {
    let line = """
      {"product_id":5,"product_count":2,"sale_fee":\(Self.money("13.00")),"sale_discount_fee":\(Self.money("1.00")),
      "actual_shipping_fee":\(Self.money("1.50")),"actual_tax_fee":\(Self.money("0.80"))}
      """
    let reading = Self.order(
      """
      {"order_status":"WAIT_SELLER_SEND_GOODS","pay_timeout_second":86400,
      "order_amount":\(Self.money("99.00")),"user_order_amount":\(Self.money("14.30")),
      "child_order_list":{"aeop_child_order_info":\(line)}}
      """)
    #expect(
      reading
        == .value(
          SupplierOrder(
            id: "7", status: "WAIT_SELLER_SEND_GOODS", isCancelled: false, amount: Self.usd(1430),
            parts: .init(items: Self.usd(1200), shipping: Self.usd(150), tax: Self.usd(80)),
            payTimeoutSeconds: 86_400, productIDs: ["5"],
            lines: [.init(productID: "5", skuID: "", count: 2)])))
  }

  @Test func `an order's address counts as far as it is told`() {
    let told = """
      {"order_status":"FINISH","receipt_address":{"contact_person":"Ada Lovelace","city":"",
      "detail_address":"1 MARKET street","zip":"9***5","country":"US"}}
      """
    guard case .value(let order) = Self.order(told), let destination = order.destination else {
      Issue.record("no destination")
      return
    }
    #expect(destination.parts.keys.sorted() == ["country", "full_name", "line1"])
    var address = PurchasingUnderTest.address
    #expect(destination.contradiction(to: address) == nil)
    address.line1 = "2 Market Street"
    #expect(destination.contradiction(to: address) == "line1")
    #expect(Destination([:]) == nil)
  }

  @Test func `parts that do not add up are left out`() {
    guard
      case .value(let order) = Self.order(
        """
        {"order_status":"FINISH","order_amount":\(Self.money("9.00")),"child_order_list":[
        {"sale_fee":\(Self.money("6.50")),"end_reason":"CANCELED"}]}
        """)
    else {
      Issue.record("no order")
      return
    }
    #expect(order.amount == Self.usd(900) && order.parts == nil && order.isCancelled)
  }

  @Test func `an order without a status or amount is not guessed`() {
    #expect(Self.word(Self.order("{}")) == "later SUPPLIER_ORDER_UNREADABLE")
    guard case .value(let order) = Self.order(#"{"order_status":"FINISH"}"#) else {
      Issue.record("no order")
      return
    }
    #expect(order.amount == nil && !order.isCancelled)
  }
}
