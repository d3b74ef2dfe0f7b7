import Money
import Outside

/// Reads the answer to `aliexpress.trade.ds.order.get`.
extension AliExpressReading {
  static func order(_ answer: AliExpressAnswer, id: String) -> Reading<SupplierOrder> {
    switch answer {
    case .notSent(let text), .lost(let text): return unreadable(id, "no answer: \(text)")
    case .error(let error):
      switch error.reading() as Reading<SupplierOrder> {
      case .refused(let reason) where reason.isNoPath: return .refused(reason)
      case .refused(let reason):
        return .refused(
          PurchaseReason(
            code: .supplierOrderUnreadable,
            text: "supplier order \(id) cannot be read: \(reason.text)", owner: .platform,
            providerCode: reason.providerCode))
      case let other: return other
      }
    case .body(let body): return order(body["result"] ?? body, id)
    }
  }

  private static func order(_ result: JSON, _ id: String) -> Reading<SupplierOrder> {
    guard let status = result["order_status"]?.text else {
      return unreadable(id, "the answer has no status")
    }
    let list = result["child_order_list"]
    let lines = (list?["aeop_child_order_info"] ?? list)?.elements ?? []
    let amount = amount(result["user_order_amount"]) ?? amount(result["order_amount"])
    return .value(
      SupplierOrder(
        id: id, status: status,
        isCancelled: !lines.isEmpty
          && lines.allSatisfy { $0["end_reason"]?.text?.hasPrefix("CANCEL") == true },
        amount: amount, parts: amount.flatMap { parts(lines, of: $0) },
        payTimeoutSeconds: result["pay_timeout_second"]?.integer,
        productIDs: lines.compactMap { $0["product_id"]?.text },
        lines: lines.compactMap { line -> SupplierOrder.Line? in
          guard let productID = line["product_id"]?.text,
            let count = line["product_count"]?.integer, count > 0
          else { return nil }
          return SupplierOrder.Line(
            productID: productID, skuID: line["sku_id"]?.text ?? "", count: count)
        }, destination: destination(result["receipt_address"])))
  }

  /// The page of the method names no address; where an answer has one, it has the fields that the
  /// platform's other answers about orders have.
  private static func destination(_ json: JSON?) -> Destination? {
    let names = [
      ("full_name", "contact_person"), ("line1", "detail_address"), ("line2", "address2"),
      ("city", "city"), ("province", "province"), ("postal_code", "zip"), ("country", "country"),
    ]
    return Destination(
      names.reduce(into: [:]) { parts, name in parts[name.0] = json?[name.1]?.text })
  }

  private static func unreadable(_ id: String, _ why: String) -> Reading<SupplierOrder> {
    .later(
      PurchaseReason(
        code: .supplierOrderUnreadable, text: "supplier order \(id) cannot be read yet: \(why)",
        owner: .nobody),
      retryAfterSeconds: nil)
  }

  /// `{"amount": "8.00", "currency_code": "USD"}`.
  private static func amount(_ json: JSON?) -> Amount? {
    guard let text = json?["amount"]?.text,
      let currency = (json?["currency_code"]?.text).flatMap({ try? Currency(validating: $0) }),
      let amount = try? Amount(decimal: text, currency: currency), !amount.isNegative
    else { return nil }
    return amount
  }

  /// The lines' parts, when they add up to what was charged. A tax that the price includes is not
  /// shown apart.
  private static func parts(_ lines: [JSON], of total: Amount) -> Cost.Parts? {
    let zero = Amount.zero(total.currency)
    var parts = Cost.Parts(items: zero, shipping: zero, tax: zero)
    do {
      for line in lines {
        let sale = try amount(line["sale_fee"]) ?? unitTotal(line)
        guard let sale else { return nil }
        let discount = amount(line["sale_discount_fee"]) ?? zero
        let shipping = amount(line["actual_shipping_fee"]) ?? amount(line["shipping_fee"]) ?? zero
        let isTaxInside = line["already_include_tax"]?.bool ?? false
        let tax = isTaxInside ? zero : amount(line["actual_tax_fee"]) ?? zero
        parts = Cost.Parts(
          items: try parts.items.adding(sale).subtracting(discount),
          shipping: try parts.shipping.adding(shipping), tax: try parts.tax.adding(tax))
      }
      let sum = try parts.items.adding(parts.shipping).adding(parts.tax)
      return sum == total ? parts : nil
    } catch {
      return nil
    }
  }

  private static func unitTotal(_ line: JSON) throws(MoneyError) -> Amount? {
    guard let count = line["product_count"]?.integer else { return nil }
    return try amount(line["product_price"])?.multiplied(by: count)
  }
}
