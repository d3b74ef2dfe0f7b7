import Money
import Outside

/// Reads the answers to the questions that change nothing. Amounts never pass through a binary
/// floating point number; what cannot be read is nil, never zero.
enum AliExpressReading {
  /// 1 to 20 digits: an identifier of AliExpress.
  static func isID(_ text: String) -> Bool {
    (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// What is not a body, as an answer to a question.
  static func body<Value>(
    _ answer: AliExpressAnswer, _ read: (JSON) -> Reading<Value>
  ) -> Reading<Value> {
    switch answer {
    case .notSent(let text), .lost(let text): later("AliExpress did not answer: \(text)")
    case .error(let error): error.reading()
    case .body(let body): read(body)
    }
  }

  static func later<Value>(_ text: String) -> Reading<Value> {
    .later(
      PurchaseReason(code: .supplierUnavailable, text: text, owner: .nobody),
      retryAfterSeconds: nil)
  }

  // MARK: aliexpress.ds.product.get

  static func product(_ answer: AliExpressAnswer, currency: Currency) -> Reading<SupplierProduct> {
    body(answer) { body in
      if let code = body["rsp_code"]?.text, code != "200" {
        return AliExpressError(code: code, message: body["rsp_msg"]?.text ?? "").reading()
      }
      let result = body["result"] ?? body
      guard let base = result["ae_item_base_info_dto"],
        let status = base["product_status_type"]?.text
      else { return later("AliExpress answered without a product") }
      let list = result["ae_item_sku_info_dtos"]
      let skus = list?["ae_item_sku_info_d_t_o"] ?? list
      return .value(
        SupplierProduct(
          status: status, skus: skus?.elements.compactMap { sku($0, currency) } ?? []))
    }
  }

  private static func sku(_ json: JSON, _ currency: Currency) -> SupplierProduct.SKU? {
    guard let skuID = json["sku_id"]?.text else { return nil }
    let isInCurrency = json["currency_code"]?.text == currency.code
    func price(_ name: String) -> Amount? {
      guard isInCurrency else { return nil }
      return positive(json[name]?.text, currency)
    }
    let limit = json["buy_amount_limit_set_by_promotion"]?.integer
    return SupplierProduct.SKU(
      skuID: skuID, attributes: json["sku_attr"]?.text ?? json["id"]?.text ?? "",
      price: price("offer_sale_price") ?? price("sku_price"), listPrice: price("sku_price"),
      taxOnTop: taxOnTop(json, currency), stock: json["sku_available_stock"]?.integer ?? 0,
      limit: limit.flatMap { $0 > 0 ? $0 : nil },
      isLimitStrict: json["limit_strategy"]?.text != "back_to_normal_price")
  }

  /// What comes on top of the price: the tax unless the price includes it, or the import charges,
  /// which are that tax where it is raised at the border. The greater counts.
  private static func taxOnTop(_ json: JSON, _ currency: Currency) -> Amount? {
    if let code = json["tax_currency_code"]?.text, !code.isEmpty, code != currency.code {
      return nil
    }
    var names = ["estimated_import_charges"]
    if json["price_include_tax"]?.bool != true { names.append("tax_amount") }
    var most = Amount.zero(currency)
    for name in names {
      guard let text = json[name]?.text, !text.isEmpty else { continue }
      guard let amount = notNegative(try? Amount(decimal: text, currency: currency)) else {
        return nil
      }
      if amount.minorUnits > most.minorUnits { most = amount }
    }
    return most
  }

  private static func positive(_ text: String?, _ currency: Currency) -> Amount? {
    guard let text, let amount = try? Amount(decimal: text, currency: currency),
      amount.isPositive
    else { return nil }
    return amount
  }

  // MARK: aliexpress.ds.freight.query

  static func deliveries(_ answer: AliExpressAnswer, currency: Currency) -> Reading<[Delivery]> {
    body(answer) { body in
      let result = body["result"] ?? body
      guard let isSuccess = result["success"]?.bool else {
        return later("AliExpress answered without deliveries")
      }
      guard isSuccess else {
        let error = AliExpressError(
          code: result["code"]?.text ?? "", message: result["msg"]?.text ?? "")
        return error.reading()
      }
      let list = result["delivery_options"]
      let options = list?["delivery_option_d_t_o"] ?? list
      return .value(options?.elements.compactMap { delivery($0, currency) } ?? [])
    }
  }

  private static func delivery(_ json: JSON, _ currency: Currency) -> Delivery? {
    guard let code = json["code"]?.text, !code.isEmpty else { return nil }
    return Delivery(
      code: code, fee: fee(json, currency), isTracked: json["tracking"]?.bool == true)
  }

  /// The vendor's page calls `shipping_fee_cent` cents, its one published answer has major units.
  /// A decimal point means major units; otherwise the formatted text decides, and without one the
  /// page is believed. Contradictions are unreadable.
  private static func fee(_ json: JSON, _ currency: Currency) -> Amount? {
    if let code = json["shipping_fee_currency"]?.text, code != currency.code { return nil }
    guard let text = json["shipping_fee_cent"]?.text else {
      return json["free_shipping"]?.bool == true ? .zero(currency) : nil
    }
    if text.contains(".") { return notNegative(try? Amount(decimal: text, currency: currency)) }
    guard let units = Int64(text), units >= 0 else { return nil }
    let minor = Amount(minorUnits: units, currency: currency)
    guard let shown = json["shipping_fee_format"]?.text.flatMap({ formatted($0, currency) }) else {
      return minor
    }
    if shown == minor { return minor }
    let major = try? Amount(decimal: text, currency: currency)
    return shown == major ? major : nil
  }

  private static func notNegative(_ amount: Amount?) -> Amount? {
    amount?.isNegative == false ? amount : nil
  }

  /// Reads `1,99€` or `US $1,234.50`: the last separator is the decimal one when as many digits
  /// follow it as the currency has; others group.
  static func formatted(_ text: String, _ currency: Currency) -> Amount? {
    let kept = text.filter { "0123456789.,".contains($0) }
    guard kept.contains(where: \.isNumber) else { return nil }
    let last = kept.lastIndex(where: { $0 == "." || $0 == "," })
    let digits = { (part: Substring) in String(part.filter(\.isNumber)) }
    guard let last, currency.exponent > 0,
      kept[kept.index(after: last)...].count == currency.exponent
    else { return try? Amount(decimal: digits(kept[...]), currency: currency) }
    return try? Amount(
      decimal: "\(digits(kept[..<last])).\(kept[kept.index(after: last)...])", currency: currency)
  }
}
