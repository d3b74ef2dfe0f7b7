extension Amount: CustomStringConvertible {
  /// Reads a decimal number such as `20`, `20.00` or `-1.5`.
  ///
  /// - Throws: `MoneyError.malformed` for anything else, and for more decimals than there are;
  ///   `MoneyError.overflow` for what does not fit.
  public init(decimal text: String, currency: Currency) throws(MoneyError) {
    var digits = text.utf8[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits = digits.dropFirst() }
    let parts = digits.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count == 2 ? parts[1].count : 0
    guard parts.allSatisfy(Self.isNumber), decimals <= currency.exponent else {
      throw .malformed(text)
    }
    var units: Int64 = 0
    func append(_ digit: Int64) throws(MoneyError) {
      let (raised, isTooLarge) = units.multipliedReportingOverflow(by: 10)
      let (sum, isSumTooLarge) = raised.addingReportingOverflow(isNegative ? -digit : digit)
      if isTooLarge || isSumTooLarge { throw .overflow }
      units = sum
    }
    for part in parts {
      for digit in part { try append(Int64(digit - UInt8(ascii: "0"))) }
    }
    for _ in decimals..<currency.exponent { try append(0) }
    self.init(minorUnits: units, currency: currency)
  }

  private static func isNumber(_ digits: Substring.UTF8View) -> Bool {
    !digits.isEmpty
      && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// The number with all decimals of its currency: `20.00`, `-0.05`, `700` for yen.
  public var decimal: String {
    var digits = String(minorUnits.magnitude)
    let exponent = currency.exponent
    if exponent > 0 {
      if digits.utf8.count <= exponent {
        digits = String(repeating: "0", count: exponent + 1 - digits.utf8.count) + digits
      }
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -exponent))
    }
    return isNegative ? "-" + digits : digits
  }

  /// Number and currency: `20.00 USD`.
  public var description: String { "\(decimal) \(currency.code)" }
}
