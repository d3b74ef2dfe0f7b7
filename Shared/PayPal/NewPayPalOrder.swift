public import Money
import Outside

/// What a PayPal order is made from.
public struct NewPayPalOrder: Sendable, Hashable {
  /// PayPal's bound for a description.
  static let descriptionBytesMax = 127

  /// Idempotency key, 108 characters at most.
  public var requestID: String
  /// Comes back with the order and its capture; 127 characters at most.
  public var customID: String
  /// Positive.
  public var amount: Amount
  /// For the buyer; what does not fit is cut off.
  public var description: String
  /// Where the buyer goes after approving; nil or empty when there is no such page.
  public var returnURL: String?
  /// Where the buyer goes after turning back; nil or empty when there is no such page.
  public var cancelURL: String?

  public init(
    requestID: String, customID: String, amount: Amount, description: String,
    returnURL: String? = nil, cancelURL: String? = nil
  ) {
    self.requestID = requestID
    self.customID = customID
    self.amount = amount
    self.description = description
    self.returnURL = returnURL
    self.cancelURL = cancelURL
  }

  /// The request as PayPal wants it.
  ///
  /// `application_context` rather than `payment_source`, which would settle here what the buyer pays
  /// with. The address is not asked for: checkout has it, and PayPal's must not differ.
  func body(value: String) -> JSON {
    var unit: [String: JSON] = [
      "reference_id": "default", "custom_id": .string(customID),
      "amount": ["currency_code": .string(amount.currency.code), "value": .string(value)],
    ]
    let description = Self.cut(description)
    if !description.isEmpty { unit["description"] = .string(description) }
    var context: [String: JSON] = ["user_action": "PAY_NOW", "shipping_preference": "NO_SHIPPING"]
    if let returnURL, !returnURL.isEmpty { context["return_url"] = .string(returnURL) }
    if let cancelURL, !cancelURL.isEmpty { context["cancel_url"] = .string(cancelURL) }
    return [
      "intent": "CAPTURE", "purchase_units": [.object(unit)],
      "application_context": .object(context),
    ]
  }

  /// As many whole characters as fit.
  static func cut(_ text: String) -> String {
    if text.utf8.count <= descriptionBytesMax { return text }
    var bytes = 0
    return String(
      text.prefix { character in
        bytes += character.utf8.count
        return bytes <= descriptionBytesMax
      })
  }
}
