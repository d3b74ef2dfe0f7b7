/// What a call asks for, read from its parameters.
enum AliExpressRequest: Sendable {
  case product(id: String, country: String)
  case freight(FreightQuery)
  case place(PlaceOrder)
  case order(Int64)
  case tracking(Int64)
  case createToken(code: String)
  case refreshToken(String)

  init(_ call: GatewayCall) throws(GatewayRefusal) {
    switch call.method {
    case .product:
      self = .product(
        id: try call.required("product_id"), country: try call.required("ship_to_country"))
    case .freight: self = .freight(try FreightQuery(call.object("queryDeliveryReq")))
    case .place: self = .place(try PlaceOrder(call))
    case .order:
      guard let id = try call.object("single_order_query")["order_id"]?.integer else {
        throw .invalid("single_order_query")
      }
      self = .order(id)
    case .tracking:
      guard let id = Int64(try call.required("ae_order_id")) else { throw .invalid("ae_order_id") }
      self = .tracking(id)
    case .createToken:
      guard call.fields["uuid"] == nil else { throw Tokens.invalidCode }
      self = .createToken(code: try call.required("code"))
    case .refreshToken: self = .refreshToken(try call.required("refresh_token"))
    }
  }

  /// What a fault's `match` is looked for in, besides the method.
  var key: String {
    switch self {
    case .product(let id, _): id
    case .freight(let query): query.productID
    case .place(let order): order.outOrderID
    case .order(let id), .tracking(let id): String(id)
    case .createToken, .refreshToken: ""
    }
  }
}

/// Asks how a SKU can be sent somewhere, and for how much.
struct FreightQuery: Sendable {
  let productID: String
  let skuID: String
  let quantity: Int64
  let country: String

  init(_ value: JSON) throws(GatewayRefusal) {
    for name in ["quantity", "shipToCountry", "productId", "selectedSkuId", "language", "locale"] {
      guard value[name]?.text?.isEmpty == false else { throw .missing(name) }
    }
    guard value["currency"]?.string?.isEmpty == false else { throw .missing("currency") }
    productID = value["productId"]?.text ?? ""
    skuID = value["selectedSkuId"]?.text ?? ""
    country = value["shipToCountry"]?.string ?? ""
    guard let quantity = value["quantity"]?.integer, (1...PlaceOrder.countMax).contains(quantity)
    else { throw .invalid("quantity") }
    self.quantity = quantity
  }
}

/// Asks the supplier to place an order.
struct PlaceOrder: Sendable {
  /// More pieces of one item than anybody orders; keeps sums far from their limit.
  static let countMax: Int64 = 10_000

  struct Item: Sendable {
    let productID: String
    let count: Int64
    /// Property ids without their labels, such as `14:29;183:200007741`; empty for a single SKU.
    let skuAttributes: String
    let freightCode: String
  }

  let outOrderID: String
  let address: JSON
  let items: [Item]
  let triesToPay: Bool
  let payCurrency: String
  /// What Saudi Arabia asks for.
  let nationalAddress: String

  init(_ call: GatewayCall) throws(GatewayRefusal) {
    let name = "param_place_order_request4_open_api_d_t_o"
    let value = try call.object(name)
    guard let address = value["logistics_address"], address.members != nil else {
      throw .missing("logistics_address")
    }
    guard let elements = value["product_items"]?.elements, !elements.isEmpty else {
      throw .missing("product_items")
    }
    var items: [Item] = []
    for element in elements {
      guard let id = element["product_id"]?.text, !id.isEmpty else { throw .missing("product_id") }
      guard let count = element["product_count"]?.integer, (1...Self.countMax).contains(count)
      else { throw .invalid("product_count") }
      items.append(
        Item(
          productID: id, count: count,
          skuAttributes: SKU.withoutLabels(element["sku_attr"]?.string ?? ""),
          freightCode: element["logistics_service_name"]?.string ?? ""))
    }
    outOrderID = value["out_order_id"]?.text ?? ""
    self.address = address
    self.items = items
    let extend =
      call.fields["ds_extend_request"] == nil ? nil : try call.object("ds_extend_request")
    triesToPay = extend?["payment"]?["try_to_pay"]?.bool ?? false
    payCurrency = extend?["payment"]?["pay_currency"]?.string ?? "USD"
    nationalAddress = extend?["trade_extra_param"]?["nat_addr"]?.string ?? ""
  }
}
