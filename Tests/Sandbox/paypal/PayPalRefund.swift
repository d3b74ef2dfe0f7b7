import Money

/// Money that goes back to a buyer.
struct PayPalRefund: Sendable {
  enum Status: String, Sendable {
    case completed = "COMPLETED"
    case pending = "PENDING"
    case failed = "FAILED"
    case cancelled = "CANCELLED"
  }

  let id: String
  let captureID: String
  let customID: String
  /// The `PayPal-Request-Id` that asked for it; empty for one made by hand.
  let requestID: String
  let amount: Amount
  let createdAt: Int64
  /// How it ends.
  var outcome = Status.completed
  /// Until when it is pending; `Int64.max` for good.
  var pendingUntil: Int64 = 0
  /// Whether the buyer's bank took it back, instead of the shop giving it.
  var isReversal = false
  /// Whether the capture and the balance show it.
  var isSettled = false

  func status(at now: Int64) -> Status { now < pendingUntil ? .pending : outcome }

  func json(at now: Int64, base: String, isMinimal: Bool) -> JSON {
    let status = status(at: now)
    var value: JSON = ["id": .string(id), "status": .string(status.rawValue)]
    if status == .pending { value = value.adding("status_details", ["reason": "ECHECK"]) }
    if !isMinimal {
      value = value.adding("amount", amount.orderJSON)
        .adding(
          "seller_payable_breakdown",
          [
            "gross_amount": amount.orderJSON, "net_amount": amount.orderJSON,
            "total_refunded_amount": amount.orderJSON,
          ]
        )
        .adding("create_time", .string(Moment(milliseconds: createdAt).text))
      if !customID.isEmpty { value = value.adding("custom_id", .string(customID)) }
    }
    let capture = JSON.string("\(base)/v2/payments/captures/\(captureID)")
    return value.adding(
      "links",
      [
        ["href": .string("\(base)/v2/payments/refunds/\(id)"), "rel": "self", "method": "GET"],
        ["href": capture, "rel": "up", "method": "GET"],
      ])
  }
}

/// What a shop asks for when it gives money back.
struct CreatePayPalRefund: Sendable {
  let captureID: String
  /// Nil for all that is left.
  let amount: Amount?

  init(allOf captureID: String) {
    self.captureID = captureID
    amount = nil
  }

  init(capture id: String, _ call: Call) throws(PayPalRefusal) {
    guard call.isJSON else { throw .mediaType }
    guard call.requestID.utf8.count <= 108 else {
      throw .invalid("INVALID_STRING_LENGTH", "PayPal-Request-Id")
    }
    captureID = id
    guard !call.body.isEmpty else {
      amount = nil
      return
    }
    let body = try PayPalRequest.body(call)
    amount = body["amount"] == nil ? nil : try PayPalMoney.amount(body["amount"], "/amount")
  }
}
