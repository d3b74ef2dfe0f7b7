public import Money
import Outside

/// The currencies PayPal knows, and how it writes amounts in them.
///
/// Its decimals are its own: it takes no fraction of a forint or a Taiwan dollar, which ISO 4217 has.
/// Source: developer.paypal.com/reference/currency-codes.
public enum PayPalCurrency {
  private static let withDecimals: Set<String> = [
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "MXN", "MYR",
    "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "USD",
  ]
  private static let withoutDecimals: Set<String> = ["HUF", "JPY", "TWD"]

  /// Whether PayPal carries payments in a currency at all.
  public static func isSupported(_ currency: Currency) -> Bool {
    decimals(currency) != nil
  }

  /// Whether PayPal can be asked for exactly this amount: positive, in a supported currency, without
  /// decimals that PayPal does not take.
  public static func canExpress(_ amount: Amount) -> Bool {
    if case .done = value(of: amount) { true } else { false }
  }

  /// The most that one item of a payout may be over; nil where no bound is known. PayPal names it in
  /// US dollars only, and refuses items of other currencies above the same worth.
  public static func payoutMax(_ currency: Currency) -> Amount? {
    currency == .usd ? Amount(minorUnits: 2_000_000, currency: .usd) : nil
  }

  private static func decimals(_ currency: Currency) -> Int? {
    if withDecimals.contains(currency.code) { return 2 }
    return withoutDecimals.contains(currency.code) ? 0 : nil
  }

  /// The amount as PayPal wants it, such as `20.00`, or `1500` for forints.
  ///
  /// Refused with the code that PayPal itself would answer: `CURRENCY_NOT_SUPPORTED`,
  /// `CANNOT_BE_ZERO_OR_NEGATIVE`, `DECIMALS_NOT_SUPPORTED`.
  static func value(of amount: Amount) -> Outcome<String> {
    guard let decimals = decimals(amount.currency) else {
      return .refused(
        Refusal(
          code: "CURRENCY_NOT_SUPPORTED", text: "PayPal has no \(amount.currency.code)"))
    }
    guard amount.isPositive else {
      return .refused(
        Refusal(
          code: "CANNOT_BE_ZERO_OR_NEGATIVE", text: "\(amount) cannot be moved; it must be positive"
        ))
    }
    guard decimals == 0, amount.currency.exponent > 0 else { return .done(amount.decimal) }
    let (whole, fraction) = amount.minorUnits.quotientAndRemainder(
      dividingBy: (0..<amount.currency.exponent).reduce(1) { scale, _ in scale * 10 })
    guard fraction == 0 else {
      return .refused(
        Refusal(
          code: "DECIMALS_NOT_SUPPORTED",
          text: "\(amount): PayPal takes whole \(amount.currency.code) only"))
    }
    return .done(String(whole))
  }

  /// Reads an amount of an answer; nil when it is none.
  ///
  /// - Parameter codeName: `currency_code` with orders, `currency` with payouts.
  static func amount(_ json: JSON?, codeName: String) -> Amount? {
    guard let text = json?["value"]?.text, let code = json?[codeName]?.text,
      let currency = try? Currency(validating: code)
    else { return nil }
    // A whole amount may come with decimals that the currency lacks.
    let isPadded = currency.exponent == 0 && text.hasSuffix(".00")
    return try? Amount(decimal: isPadded ? String(text.dropLast(3)) : text, currency: currency)
  }
}
