/// What arithmetic on money refuses.
public enum MoneyError: Error, Hashable, Sendable {
  /// The result does not fit into 64 bits.
  case overflow
  /// Two amounts of one sum or comparison have different currencies.
  case currencyMismatch(String, String)
  /// No active currency of ISO 4217 has this code.
  case unknownCurrency(String)
  /// The text is no decimal number of the currency.
  case malformed(String)
}

extension MoneyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .overflow: "the amount is too large"
    case .currencyMismatch(let one, let other): "\(one) and \(other) cannot be combined"
    case .unknownCurrency(let code): "\"\(code)\" is no currency of ISO 4217"
    case .malformed(let text): "\"\(text)\" is no amount; one such as 20.00 is needed"
    }
  }
}
