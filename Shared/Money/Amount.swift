/// An amount of money: a whole number of minor units of one currency.
///
/// **Invariant:** no arithmetic mixes currencies, loses a unit or wraps around; it throws instead.
/// Nothing here is a floating-point number.
public struct Amount: Hashable, Sendable {
  /// Cents for USD, yen for JPY; negative for the other direction.
  public let minorUnits: Int64
  public let currency: Currency

  public init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// An amount that comes with a currency's code.
  public init(validating minorUnits: Int64, currency code: String) throws(MoneyError) {
    self.init(minorUnits: minorUnits, currency: try Currency(validating: code))
  }

  public static func zero(_ currency: Currency) -> Amount {
    Amount(minorUnits: 0, currency: currency)
  }

  public var isZero: Bool { minorUnits == 0 }
  public var isPositive: Bool { minorUnits > 0 }
  public var isNegative: Bool { minorUnits < 0 }

  // MARK: Arithmetic

  public func adding(_ other: Amount) throws(MoneyError) -> Amount {
    try requireCurrency(of: other)
    return try checked(minorUnits.addingReportingOverflow(other.minorUnits))
  }

  public func subtracting(_ other: Amount) throws(MoneyError) -> Amount {
    try requireCurrency(of: other)
    return try checked(minorUnits.subtractingReportingOverflow(other.minorUnits))
  }

  public func multiplied(by factor: Int64) throws(MoneyError) -> Amount {
    try checked(minorUnits.multipliedReportingOverflow(by: factor))
  }

  /// A share in hundredths of a percent, to the nearest unit, halves upwards (0.5 is 1, -0.5
  /// is 0).
  public func share(basisPoints: Int) throws(MoneyError) -> Amount {
    let (whole, half): (Int128, Int128) = (10_000, 5_000)
    let raised = Int128(minorUnits) * Int128(basisPoints) + half
    let (quotient, remainder) = raised.quotientAndRemainder(dividingBy: whole)
    guard let units = Int64(exactly: remainder < 0 ? quotient - 1 : quotient) else {
      throw .overflow
    }
    return Amount(minorUnits: units, currency: currency)
  }

  public func isLess(than other: Amount) throws(MoneyError) -> Bool {
    try requireCurrency(of: other)
    return minorUnits < other.minorUnits
  }

  private func requireCurrency(of other: Amount) throws(MoneyError) {
    if currency != other.currency {
      throw .currencyMismatch(currency.code, other.currency.code)
    }
  }

  private func checked(_ result: (partialValue: Int64, overflow: Bool)) throws(MoneyError)
    -> Amount
  {
    if result.overflow { throw .overflow }
    return Amount(minorUnits: result.partialValue, currency: currency)
  }
}
