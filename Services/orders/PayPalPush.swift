import Outside
import Runtime

/// What PayPal pushed about a buyer's payment.
///
///     PAYMENT.CAPTURE.*   {"resource":{"id":CAPTURE,"custom_id":ORDER,
///                           "supplementary_data":{"related_ids":{"order_id":PAYPAL ORDER}},...}}
///     PAYMENT.CAPTURE.REFUNDED, .REVERSED: the resource is the refund, its link "up" the capture
///     CHECKOUT.ORDER.*    {"resource":{"id":PAYPAL ORDER,...}}
///     CUSTOMER.DISPUTE.*  {"resource":{"dispute_id":D,"reason":R,"status":S,"dispute_amount":{...},
///                           "disputed_transactions":[{"seller_transaction_id":CAPTURE}]}}
///
/// Source: PayPal, "Webhook event names" and the resources that these name.
struct PayPalPush: Hashable, Sendable {
  /// A buyer's complaint.
  struct Dispute: Hashable, Sendable {
    let id: String
    let reason: String
    let status: String
    let amount: String
    var isOver: Bool { status == "RESOLVED" }
  }

  /// Empty where the event does not name it.
  let payPalOrderID: String
  let captureID: String
  let orderID: String
  /// Nil for an event about the payment itself.
  let dispute: Dispute?

  /// Nil for events about something else.
  init?(_ event: ProviderEvent) {
    guard event.provider == .payPal, let resource = event.json?["resource"] else { return nil }
    let orderID = Self.id(resource["custom_id"])
    if event.eventType.hasPrefix("PAYMENT.CAPTURE.") {
      let related = resource["supplementary_data"]?["related_ids"]
      let above = Self.above(resource, "/captures/")
      self.init(
        payPalOrderID: Self.id(related?["order_id"]),
        captureID: above.isEmpty ? Self.id(resource["id"]) : above, orderID: orderID)
    } else if event.eventType.hasPrefix("CHECKOUT.ORDER.") {
      self.init(payPalOrderID: Self.id(resource["id"]), captureID: "", orderID: orderID)
    } else if event.eventType.hasPrefix("CUSTOMER.DISPUTE.") {
      self.init(dispute: resource, isOver: event.eventType.hasSuffix(".RESOLVED"))
    } else {
      return nil
    }
  }

  private init(payPalOrderID: String, captureID: String, orderID: String, dispute: Dispute? = nil) {
    self.payPalOrderID = payPalOrderID
    self.captureID = captureID
    self.orderID = orderID
    self.dispute = dispute
  }

  private init(dispute resource: JSON, isOver: Bool) {
    let disputed = resource["disputed_transactions"]?.elements.first
    let amount = resource["dispute_amount"]
    let money = [amount?["value"]?.text, amount?["currency_code"]?.text].compactMap(\.self)
    self.init(
      payPalOrderID: "", captureID: Self.id(disputed?["seller_transaction_id"]),
      orderID: Self.id(disputed?["custom"]),
      dispute: Dispute(
        id: Self.id(resource["dispute_id"]), reason: Self.id(resource["reason"]),
        status: isOver ? "RESOLVED" : Self.id(resource["status"]),
        amount: money.joined(separator: " ")))
  }

  /// The last part of the link to what the resource belongs to, where it is of the kind asked for.
  private static func above(_ resource: JSON, _ kind: String) -> String {
    let link = resource["links"]?.elements.first { $0["rel"]?.text == "up" }?["href"]?.text ?? ""
    guard link.contains(kind) else { return "" }
    return link.split(separator: "/").last.map { String($0.prefix(idMax)) } ?? ""
  }

  private static func id(_ json: JSON?) -> String { String((json?.text ?? "").prefix(idMax)) }

  private static let idMax = 64
}
