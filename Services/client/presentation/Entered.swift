public import Contract
import Money

/// Values as people write them.
public enum Entered {
  /// Why a text is not what it should be, for the person who wrote it.
  public struct Unreadable: Error, Hashable, Sendable {
    public let text: String
  }

  /// A decimal amount, such as `20.00`, in a currency.
  public static func amount(_ text: String, _ currency: String) throws(Unreadable)
    -> Contract.Money
  {
    do throws(MoneyError) {
      let currency = try Currency(validating: currency.uppercased())
      let amount = try Amount(decimal: text, currency: currency)
      return Contract.Money(minorUnits: amount.minorUnits, currency: currency.code)
    } catch {
      throw Unreadable(text: "\(error)")
    }
  }

  /// A rate in percent, such as `10` or `12.5`, as hundredths of a percent.
  public static func basisPoints(_ text: String) throws(Unreadable) -> Int32 {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = halves.count == 2 ? halves[1] : ""
    let digits = halves[0] + decimals + String(repeating: "0", count: max(0, 2 - decimals.count))
    let isNumber =
      !halves[0].isEmpty && digits.count <= 6 && decimals.count <= 2
      && (halves.count == 1 || !decimals.isEmpty)
      && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isNumber, let points = Int32(digits) else {
      throw Unreadable(text: "\"\(text.prefix(60))\" is no rate; one such as 10 or 12.5 is needed")
    }
    return points
  }
}
