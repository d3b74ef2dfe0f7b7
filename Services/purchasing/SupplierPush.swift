import Outside
import Runtime

/// What AliExpress pushed about one of its orders.
///
///     {"data":{"buyerId":1861703697,"orderId":1105933950463697,"orderStatus":"OrderCreated"},
///      "message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1719389200}
///
/// Source: AliExpress Open Platform, "How to use Webhook". The vendor's layout of its signature is not
/// known, so nothing that it says is believed: it only makes us ask.
struct SupplierPush: Hashable, Sendable {
  let supplierOrderID: String
  /// Such as OrderCreated, PaymentAuthorized, paymentFailedEvent, OrderShipped, OrderClosed.
  let status: String

  /// Nil for everything else.
  init?(_ event: ProviderEvent) {
    guard event.provider == .aliExpress, let data = event.json?["data"],
      let id = data["orderId"]?.text, AliExpressReading.isID(id)
    else { return nil }
    supplierOrderID = id
    status = data["orderStatus"]?.text ?? ""
  }
}

/// Which pushed orders are those of a purchase whose outcome is unknown. Pure.
///
/// The supplier's order does not say under which key it was placed. What it does say must fit: the
/// account (others' orders cannot be read), the variant, the quantity, and the time at which it was
/// told of. Where another purchase would fit as well, nothing is concluded.
enum PushRules {
  /// Clocks differ by less, and a push comes within minutes of the order.
  static let earlyMax: Int64 = 60 * 1000
  static let lateMax: Int64 = 15 * 60 * 1000

  /// The orders that were placed for it; empty when that is not certain.
  static func match(_ found: [SupplierOrder], _ content: PurchaseContent) -> [SupplierOrder] {
    let fitting = found.filter { order in
      !order.lines.isEmpty
        && order.lines.allSatisfy {
          $0.productID == content.productID && $0.skuID == content.skuID
        }
    }
    // One request may become several orders, which share its quantity.
    let count = fitting.flatMap(\.lines).reduce(Int64(0)) { sum, line in
      sum.addingReportingOverflow(line.count).partialValue
    }
    return count == Int64(content.quantity) ? fitting : []
  }
}
