import Money

/// Reads amounts as a shop writes them, such as `US $1,234.50`. Pure.
enum ShopMoney {
  /// Nil for anything that is not surely one amount of a known currency: nothing is bought on a guess.
  static func read(_ text: String, _ profile: ShopProfile) -> Amount? {
    let text = text.replacing("\u{A0}", with: " ").trimmed
    if text == profile.word(.freeShipping) { return .zero(PurchaseRules.payCurrency) }
    // The longest mark counts, so that "US $" is not read as "$".
    for (mark, code) in profile.currencies.sorted(by: { $0.key.count > $1.key.count }) {
      let number: Substring
      if text.hasPrefix(mark) {
        number = text.dropFirst(mark.count)
      } else if text.hasSuffix(mark) {
        number = text.dropLast(mark.count)
      } else {
        continue
      }
      guard let currency = try? Currency(validating: code) else { return nil }
      return amount(String(number).trimmed, currency)
    }
    return nil
  }

  /// Digits, in groups of three where there are commas, and decimals after a point.
  private static func amount(_ number: String, _ currency: Currency) -> Amount? {
    guard number.wholeMatch(of: /(\d+|\d{1,3}(,\d{3})+)(\.\d+)?/) != nil else { return nil }
    return try? Amount(decimal: number.replacing(",", with: ""), currency: currency)
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    let first = drop(while: \.isWhitespace)
    guard let last = first.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(first[...last])
  }
}
