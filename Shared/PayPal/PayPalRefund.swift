public import Money
import Outside

/// Money on its way back to a buyer. A text that was not shown is empty.
public struct PayPalRefund: Sendable, Hashable {
  public var id: String
  /// COMPLETED, PENDING, FAILED or CANCELLED.
  public var status: String
  /// Why it is not COMPLETED, such as ECHECK; empty when not told.
  public var statusReason: String
  /// Nil in a short answer.
  public var amount: Amount?

  public init(id: String, status: String, statusReason: String = "", amount: Amount? = nil) {
    self.id = id
    self.status = status
    self.statusReason = statusReason
    self.amount = amount
  }

  /// Nil when it lacks id or status.
  init?(json: JSON) {
    guard let id = json["id"]?.text, PayPalClient.isID(id), let status = json["status"]?.text
    else { return nil }
    self.init(
      id: id, status: status, statusReason: json["status_details"]?["reason"]?.text ?? "",
      amount: PayPalCurrency.amount(json["amount"], codeName: "currency_code"))
  }
}
