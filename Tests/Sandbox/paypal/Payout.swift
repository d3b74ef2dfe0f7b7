import Money

/// Money sent to one receiver.
///
/// What becomes of it is decided when it is created, and seen when its time has come.
struct PayoutItem: Sendable {
  enum Status: String, Sendable {
    case pending = "PENDING"
    case success = "SUCCESS"
    case unclaimed = "UNCLAIMED"
    case failed = "FAILED"
    case returned = "RETURNED"
    case blocked = "BLOCKED"
    case onHold = "ONHOLD"
    case refunded = "REFUNDED"
    case reversed = "REVERSED"

    /// Whether the money has left the account.
    var isTaken: Bool { self == .success || self == .unclaimed || self == .onHold }
  }

  let id: String
  let batchID: String
  let senderBatchID: String
  let senderItemID: String
  let receiver: String
  let note: String
  let amount: Amount
  /// What it costs the sender on top.
  let fee: Amount
  var outcome: Status
  var errorName: String?
  let settlesAt: Int64

  func status(at now: Int64) -> Status { now < settlesAt ? .pending : outcome }

  /// What the account loses by it in the end.
  var cost: Int64 { outcome.isTaken ? amount.minorUnits + fee.minorUnits : 0 }
}

/// A request to send money to several receivers.
struct PayoutBatch: Sendable {
  let id: String
  let senderBatchID: String
  let subject: String
  let createdAt: Int64
  let settlesAt: Int64
  let isDenied: Bool
  /// Of the request; what it holds may have got lost.
  let currency: Currency
  var items: [PayoutItem]

  func status(at now: Int64) -> String {
    if now < settlesAt { return "PENDING" }
    return isDenied ? "DENIED" : "SUCCESS"
  }
}

/// What a sender asks for when it creates a payout.
struct CreatePayout: Sendable {
  struct Item: Sendable {
    let senderItemID: String
    let receiver: String
    let note: String
    let amount: Amount
  }

  static let itemsMax = 15_000
  static let itemMax: Int64 = 20_000_00

  let senderBatchID: String
  let subject: String
  let items: [Item]

  init(_ call: Call) throws(PayPalRefusal) {
    let body = try PayPalRequest.body(call)
    let header = body["sender_batch_header"]
    guard let id = header?["sender_batch_id"]?.string, !id.isEmpty, id.count <= 256 else {
      throw Self.invalid("sender_batch_header.sender_batch_id", "Required field is missing")
    }
    guard let elements = body["items"]?.elements, (1...Self.itemsMax).contains(elements.count)
    else { throw Self.invalid("items", "Required field is missing") }
    var items: [Item] = []
    for (index, element) in elements.enumerated() {
      items.append(try Self.item(element, "items[\(index)]", header))
    }
    let ids = items.map(\.senderItemID).filter { !$0.isEmpty }
    guard Set(ids).count == ids.count else { throw .payout("DUPLICATE_ITEM") }
    senderBatchID = id
    subject = header?["email_subject"]?.string ?? ""
    self.items = items
  }

  private static func invalid(_ field: String, _ issue: String) -> PayPalRefusal {
    .payout("VALIDATION_ERROR", .init(issue: issue, field: field))
  }

  private static func item(_ value: JSON, _ field: String, _ header: JSON?) throws(PayPalRefusal)
    -> Item
  {
    let kind = value["recipient_type"]?.string ?? header?["recipient_type"]?.string ?? ""
    guard ["EMAIL", "PAYPAL_ID", "PHONE", "USER_HANDLE"].contains(kind) else {
      throw invalid("\(field).recipient_type", "Value is invalid")
    }
    let receiver = value["receiver"]?.string ?? ""
    guard !receiver.isEmpty, receiver.count <= 127,
      kind != "EMAIL" || receiver.dropFirst().dropLast().contains("@")
    else { throw invalid("\(field).receiver", "Receiver is invalid or does not match with type") }
    let senderItemID = value["sender_item_id"]?.string ?? ""
    guard senderItemID.count <= 63 else {
      throw invalid("\(field).sender_item_id", "Value exceeds 63 characters")
    }
    let note = value["note"]?.string ?? ""
    guard note.count <= 4000 else {
      throw invalid("\(field).note", "Value exceeds 4000 characters")
    }
    guard
      let amount = try? PayPalMoney.amount(
        value["amount"], "\(field).amount", currencyName: "currency"),
      amount.minorUnits <= itemMax
    else { throw invalid("\(field).amount", "Amount is invalid") }
    return Item(senderItemID: senderItemID, receiver: receiver, note: note, amount: amount)
  }
}
