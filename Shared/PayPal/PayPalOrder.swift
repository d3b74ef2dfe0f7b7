public import Money
import Outside

/// A PayPal order as PayPal shows it. A text that was not shown is empty.
public struct PayPalOrder: Sendable, Hashable {
  public var id: String
  /// CREATED, SAVED, APPROVED, VOIDED, COMPLETED or PAYER_ACTION_REQUIRED. COMPLETED does not say
  /// that money came: the capture does.
  public var status: String
  public var customID: String
  /// Nil in a short answer, such as the one to `createOrder`.
  public var amount: Amount?
  /// Where the buyer approves, or does what PayPal still wants; empty when there is nothing to do.
  public var approveURL: String
  /// Nil before there is one.
  public var capture: PayPalCapture?

  public init(
    id: String, status: String, customID: String = "", amount: Amount? = nil,
    approveURL: String = "", capture: PayPalCapture? = nil
  ) {
    self.id = id
    self.status = status
    self.customID = customID
    self.amount = amount
    self.approveURL = approveURL
    self.capture = capture
  }

  /// Nil when it lacks id or status, or has a capture that cannot be read.
  init?(json: JSON) {
    guard let id = json["id"]?.text, PayPalClient.isID(id), let status = json["status"]?.text
    else { return nil }
    let unit = json["purchase_units"]?.elements.first
    let captured = Self.decisive(unit?["payments"]?["captures"]?.elements ?? [])
    let capture = captured.flatMap { PayPalCapture(json: $0) }
    if captured != nil, capture == nil { return nil }
    self.init(
      id: id, status: status,
      customID: unit?["custom_id"]?.text ?? captured?["custom_id"]?.text ?? "",
      amount: PayPalCurrency.amount(unit?["amount"], codeName: "currency_code"),
      approveURL: Self.approveURL(json["links"]?.elements ?? []), capture: capture)
  }

  /// The capture that says whether money came: one that is done, else one that may be, else the last.
  private static func decisive(_ captures: [JSON]) -> JSON? {
    captures.first { $0["status"]?.text == "COMPLETED" }
      ?? captures.first { $0["status"]?.text == "PENDING" } ?? captures.last
  }

  private static func approveURL(_ links: [JSON]) -> String {
    let link =
      links.first { $0["rel"]?.text == "approve" }
      ?? links.first { $0["rel"]?.text == "payer-action" }
    return link?["href"]?.text ?? ""
  }
}

/// An attempt to take the buyer's money.
public struct PayPalCapture: Sendable, Hashable {
  public var id: String
  /// COMPLETED, DECLINED, PARTIALLY_REFUNDED, PENDING, REFUNDED or FAILED.
  public var status: String
  /// Why it is not COMPLETED, such as PENDING_REVIEW; empty when not told.
  public var statusReason: String
  public var amount: Amount
  /// What PayPal keeps; nil while PayPal has not said it.
  public var fee: Amount?

  public init(
    id: String, status: String, statusReason: String = "", amount: Amount, fee: Amount? = nil
  ) {
    self.id = id
    self.status = status
    self.statusReason = statusReason
    self.amount = amount
    self.fee = fee
  }

  /// Nil when it lacks id, status or amount.
  init?(json: JSON) {
    guard let id = json["id"]?.text, let status = json["status"]?.text,
      let amount = PayPalCurrency.amount(json["amount"], codeName: "currency_code")
    else { return nil }
    self.init(
      id: id, status: status, statusReason: json["status_details"]?["reason"]?.text ?? "",
      amount: amount,
      fee: PayPalCurrency.amount(
        json["seller_receivable_breakdown"]?["paypal_fee"], codeName: "currency_code"))
  }
}
