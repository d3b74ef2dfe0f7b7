public import Money
import Outside

/// What a batch of payouts is made from: transfers of one currency, one per payee or more.
public struct NewPayoutBatch: Sendable, Hashable {
  /// PayPal takes no more in one batch.
  public static let itemsMax = 15_000

  /// One transfer.
  public struct Item: Sendable, Hashable {
    /// Comes back with the item, 63 characters at most.
    public var senderItemID: String
    /// The payee's e-mail address at PayPal.
    public var receiver: String
    /// Positive; the fee comes on top.
    public var amount: Amount
    /// For the payee.
    public var note: String

    public init(senderItemID: String, receiver: String, amount: Amount, note: String) {
      self.senderItemID = senderItemID
      self.receiver = receiver
      self.amount = amount
      self.note = note
    }

    /// An item as PayPal wants it. Amounts say `currency` here, not `currency_code`.
    fileprivate func json(value: String) -> JSON {
      [
        "recipient_type": "EMAIL", "receiver": .string(receiver), "note": .string(note),
        "sender_item_id": .string(senderItemID),
        "amount": ["currency": .string(amount.currency.code), "value": .string(value)],
      ]
    }
  }

  /// Idempotency key for 30 days, 256 characters at most.
  public var senderBatchID: String
  /// 1 to 15,000.
  public var items: [Item]

  public init(senderBatchID: String, items: [Item]) {
    self.senderBatchID = senderBatchID
    self.items = items
  }

  /// The request; refused unsent when it holds an amount that PayPal cannot express.
  var body: Outcome<JSON> {
    var elements: [JSON] = []
    elements.reserveCapacity(items.count)
    for item in items {
      switch PayPalCurrency.value(of: item.amount) {
      case .done(let text): elements.append(item.json(value: text))
      case .refused(let refusal): return .refused(refusal)
      case .unknown(let text): return .unknown(text)
      }
    }
    return .done([
      "sender_batch_header": ["sender_batch_id": .string(senderBatchID)],
      "items": .array(elements),
    ])
  }
}

/// A batch of payouts as PayPal shows it.
public struct PayPalPayoutBatch: Sendable, Hashable {
  static let pending = "PENDING"

  public var id: String
  /// PENDING, PROCESSING, SUCCESS, DENIED or CANCELED. SUCCESS says that the batch was worked
  /// through, not that anybody was paid: the items do.
  public var status: String
  /// Empty in the answer to `createPayouts`.
  public var items: [PayPalPayoutItem]

  public init(id: String, status: String, items: [PayPalPayoutItem] = []) {
    self.id = id
    self.status = status
    self.items = items
  }

  /// Nil when it lacks id or status, or has an item that cannot be read.
  init?(json: JSON) {
    let header = json["batch_header"]
    guard let id = header?["payout_batch_id"]?.text, PayPalClient.isID(id),
      let status = header?["batch_status"]?.text
    else { return nil }
    let elements = json["items"]?.elements ?? []
    let items = elements.compactMap(PayPalPayoutItem.init(json:))
    guard items.count == elements.count else { return nil }
    self.init(id: id, status: status, items: items)
  }
}

/// One transfer of a batch.
public struct PayPalPayoutItem: Sendable, Hashable {
  public var id: String
  public var senderItemID: String
  /// SUCCESS, FAILED, PENDING, UNCLAIMED, RETURNED, ONHOLD, BLOCKED, REFUNDED or REVERSED.
  public var status: String
  /// What the payee gets; nil when not told.
  public var amount: Amount?
  /// Nil when not told.
  public var fee: Amount?
  /// Why it was not paid, such as RECEIVER_UNREGISTERED; nil when there is no error.
  public var errorName: String?
  /// Under which the account's list has it; empty when not told.
  public var transactionID: String

  public init(
    id: String, senderItemID: String, status: String, amount: Amount? = nil, fee: Amount? = nil,
    errorName: String? = nil, transactionID: String = ""
  ) {
    self.id = id
    self.senderItemID = senderItemID
    self.status = status
    self.amount = amount
    self.fee = fee
    self.errorName = errorName
    self.transactionID = transactionID
  }

  /// Nil when it lacks id or status.
  init?(json: JSON) {
    guard let id = json["payout_item_id"]?.text, let status = json["transaction_status"]?.text
    else { return nil }
    let item = json["payout_item"]
    self.init(
      id: id, senderItemID: item?["sender_item_id"]?.text ?? "", status: status,
      amount: PayPalCurrency.amount(item?["amount"], codeName: "currency"),
      fee: PayPalCurrency.amount(json["payout_item_fee"], codeName: "currency"),
      errorName: json["errors"]?["name"]?.text, transactionID: json["transaction_id"]?.text ?? "")
  }
}
