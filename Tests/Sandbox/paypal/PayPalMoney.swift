import Money

/// Amounts as PayPal writes them, and what it keeps of them.
enum PayPalMoney {
  /// More than any payment; keeps the arithmetic of fees far from its limit.
  static let minorUnitsMax: Int64 = 1_000_000_000_000

  /// Reads `{"currency_code": "USD", "value": "20.00"}`; payouts say `currency` instead.
  static func amount(_ value: JSON?, _ field: String, currencyName: String = "currency_code")
    throws(PayPalRefusal) -> Amount
  {
    guard let value, value.members != nil else {
      throw .invalid("MISSING_REQUIRED_PARAMETER", field)
    }
    guard let code = value[currencyName]?.string else {
      throw .invalid("MISSING_REQUIRED_PARAMETER", "\(field)/\(currencyName)")
    }
    guard let currency = try? Currency(validating: code) else {
      throw .invalid("INVALID_PARAMETER_VALUE", "\(field)/\(currencyName)")
    }
    guard let text = value["value"]?.string else {
      throw .invalid("MISSING_REQUIRED_PARAMETER", "\(field)/value")
    }
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard text.utf8.count <= 32,
      halves.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { throw .invalid("INVALID_PARAMETER_SYNTAX", "\(field)/value") }
    guard (halves.count > 1 ? halves[1].count : 0) <= currency.exponent else {
      throw .unprocessable("DECIMAL_PRECISION", "\(field)/value")
    }
    guard let amount = try? Amount(decimal: text, currency: currency),
      amount.minorUnits <= minorUnitsMax
    else { throw .unprocessable("MAX_VALUE_EXCEEDED", "\(field)/value") }
    guard amount.minorUnits > 0 else {
      throw .unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", "\(field)/value")
    }
    return amount
  }

  /// What PayPal keeps of a capture: a share, rounded half up, and a fixed part.
  static func captureFee(_ amount: Amount, _ settings: WorldSettings) -> Amount {
    Amount(
      minorUnits: share(amount.minorUnits, settings.feeBasisPoints) + settings.feeFixed,
      currency: amount.currency)
  }

  /// What a payout costs its sender on top.
  static func payoutFee(_ amount: Amount, _ settings: WorldSettings) -> Amount {
    let fee =
      share(amount.minorUnits, settings.payoutFeeBasisPoints) + settings.payoutFeeFixed
    return Amount(minorUnits: min(fee, settings.payoutFeeMax), currency: amount.currency)
  }

  private static func share(_ minorUnits: Int64, _ basisPoints: Int) -> Int64 {
    (minorUnits * Int64(basisPoints) + 5000) / 10_000
  }
}

extension Amount {
  /// As orders and captures write it.
  var orderJSON: JSON {
    ["currency_code": .string(currency.code), "value": .string(decimal)]
  }

  /// As payouts write it.
  var payoutJSON: JSON { ["currency": .string(currency.code), "value": .string(decimal)] }

  /// Of the same currency.
  func minus(_ other: Amount) -> Amount {
    Amount(minorUnits: minorUnits - other.minorUnits, currency: currency)
  }
}
