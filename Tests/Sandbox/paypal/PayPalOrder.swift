import Money

/// A payment that a buyer is asked for.
struct PayPalOrder: Sendable {
  enum Status: String, Sendable {
    case created = "CREATED"
    case payerActionRequired = "PAYER_ACTION_REQUIRED"
    case approved = "APPROVED"
    case completed = "COMPLETED"
  }

  let id: String
  let request: CreatePayPalOrder
  let createdAt: Int64
  var updatedAt: Int64
  var status: Status
  var capture: PayPalCapture?

  var customID: String { request.customID }
}

/// Money taken from a buyer, or not.
struct PayPalCapture: Sendable {
  enum Status: String, Sendable {
    case completed = "COMPLETED"
    case pending = "PENDING"
    case declined = "DECLINED"
    case partiallyRefunded = "PARTIALLY_REFUNDED"
    case refunded = "REFUNDED"
  }

  let id: String
  /// The `PayPal-Request-Id` that took it.
  let requestID: String
  let amount: Amount
  let fee: Amount
  let capturedAt: Int64
  var isDeclined = false
  /// Why and until when it is pending; without an end it stays so.
  var pendingReason: String?
  var pendingUntil: Int64?
  /// Whether and until when the fee is not told; without an end it never is.
  var hidesFee = false
  var hidesFeeUntil: Int64?
  /// Whether the account's balance has grown by it.
  var isSettled = false
  /// What went back to the buyer, in minor units.
  var refunded: Int64 = 0

  func status(at now: Int64) -> Status {
    if isDeclined { return .declined }
    if refunded > 0 { return refunded < amount.minorUnits ? .partiallyRefunded : .refunded }
    guard pendingReason != nil else { return .completed }
    return pendingUntil.map { $0 <= now } ?? false ? .completed : .pending
  }

  func showsFee(at now: Int64) -> Bool {
    !hidesFee || (hidesFeeUntil.map { $0 <= now } ?? false)
  }

  var net: Amount { amount.minus(fee) }

  /// What can still go back.
  var left: Amount { Amount(minorUnits: amount.minorUnits - refunded, currency: amount.currency) }
}

/// What a shop asks for when it creates an order.
struct CreatePayPalOrder: Sendable {
  let amount: Amount
  let customID: String
  let invoiceID: String
  let referenceID: String
  let description: String
  let returnURL: String
  let cancelURL: String
  /// Whether the newer `payment_source` was sent, which changes the first status and link.
  let hasPaymentSource: Bool

  init(_ call: Call) throws(PayPalRefusal) {
    let body = try PayPalRequest.body(call)
    guard call.requestID.utf8.count <= 108 else {
      throw .invalid("INVALID_STRING_LENGTH", "PayPal-Request-Id")
    }
    guard let intent = body["intent"]?.string else {
      throw .invalid("MISSING_REQUIRED_PARAMETER", "/intent")
    }
    guard intent == "CAPTURE" else { throw .invalid("INVALID_PARAMETER_VALUE", "/intent") }
    guard let units = body["purchase_units"]?.elements, let unit = units.first else {
      throw .invalid("MISSING_REQUIRED_PARAMETER", "/purchase_units")
    }
    guard units.count == 1 else { throw .invalid("NOT_SUPPORTED", "/purchase_units") }
    hasPaymentSource = body["payment_source"] != nil
    if hasPaymentSource, call.requestID.isEmpty {
      throw .invalid("PAYPAL_REQUEST_ID_REQUIRED", "PayPal-Request-Id")
    }
    let field = "/purchase_units/@reference_id=='default'"
    amount = try PayPalMoney.amount(unit["amount"], "\(field)/amount")
    try Self.checkBreakdown(unit["amount"]?["breakdown"], amount, field)
    customID = try Self.text(unit, "custom_id", max: 127)
    invoiceID = try Self.text(unit, "invoice_id", max: 127)
    description = try Self.text(unit, "description", max: 127)
    let reference = try Self.text(unit, "reference_id", max: 256)
    referenceID = reference.isEmpty ? "default" : reference
    let context =
      body["payment_source"]?["paypal"]?["experience_context"] ?? body["application_context"]
    returnURL = context?["return_url"]?.string ?? ""
    cancelURL = context?["cancel_url"]?.string ?? ""
  }

  private static func text(_ unit: JSON, _ name: String, max: Int) throws(PayPalRefusal) -> String {
    let text = unit[name]?.string ?? ""
    guard text.count <= max else {
      throw .invalid("INVALID_STRING_LENGTH", "/purchase_units/@reference_id=='default'/\(name)")
    }
    return text
  }

  private static func checkBreakdown(_ breakdown: JSON?, _ amount: Amount, _ field: String)
    throws(PayPalRefusal)
  {
    guard let breakdown else { return }
    var sum: Int64 = 0
    for part in breakdown.members ?? [] {
      let text = part.value["value"]?.string ?? ""
      guard let value = try? Amount(decimal: text, currency: amount.currency),
        (0...PayPalMoney.minorUnitsMax).contains(value.minorUnits)
      else { throw .invalid("INVALID_PARAMETER_SYNTAX", "\(field)/amount/breakdown/\(part.name)") }
      let isDiscount = part.name == "discount" || part.name == "shipping_discount"
      sum += isDiscount ? -value.minorUnits : value.minorUnits
    }
    guard sum == amount.minorUnits else {
      throw .unprocessable("AMOUNT_MISMATCH", "\(field)/amount")
    }
  }
}
