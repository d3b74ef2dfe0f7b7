public import Money
import Outside

/// A line of the list that PayPal keeps of an account: money that came or went.
public struct PayPalTransaction: Sendable, Hashable {
  /// Of a payment the capture's id, of a payout the item's `transaction_id`.
  public var id: String
  /// What it belongs to: of a refund the id of the payment; empty when it stands for itself.
  public var referenceID: String
  /// Such as T0006 for a checkout, T1107 for a refund, T0001 for a payout.
  public var eventCode: String
  /// S done, P pending, D denied, V reversed later.
  public var status: String
  /// Milliseconds since the epoch.
  public var initiatedAt: Int64
  /// Positive when it came, before the fee.
  public var amount: Amount
  /// Zero or negative; nil when not told.
  public var fee: Amount?

  public init(
    id: String, referenceID: String = "", eventCode: String, status: String = "S",
    initiatedAt: Int64, amount: Amount, fee: Amount? = nil
  ) {
    self.id = id
    self.referenceID = referenceID
    self.eventCode = eventCode
    self.status = status
    self.initiatedAt = initiatedAt
    self.amount = amount
    self.fee = fee
  }

  /// Nil when it lacks id, time, status or amount.
  init?(json: JSON) {
    let info = json["transaction_info"]
    guard let id = info?["transaction_id"]?.text, let status = info?["transaction_status"]?.text,
      let time = info?["transaction_initiation_date"]?.text.flatMap(PayPalTime.init(text:)),
      let amount = PayPalCurrency.amount(info?["transaction_amount"], codeName: "currency_code")
    else { return nil }
    self.init(
      id: id, referenceID: info?["paypal_reference_id"]?.text ?? "",
      eventCode: info?["transaction_event_code"]?.text ?? "", status: status,
      initiatedAt: time.milliseconds, amount: amount,
      fee: PayPalCurrency.amount(info?["fee_amount"], codeName: "currency_code"))
  }
}

/// What PayPal's list shows of a time.
public struct PayPalTransactionList: Sendable, Hashable {
  public var transactions: [PayPalTransaction]
  /// Up to when the list is complete, in milliseconds since the epoch; nil when not told.
  public var refreshedAt: Int64?

  public init(transactions: [PayPalTransaction], refreshedAt: Int64? = nil) {
    self.transactions = transactions
    self.refreshedAt = refreshedAt
  }
}
