/// A currency of ISO 4217.
///
/// **Invariant:** the code is an active one, in capitals; the exponent is the one of the standard.
public struct Currency: Hashable, Sendable {
  /// Three capital letters, such as `USD`.
  public let code: String
  /// Decimals of the minor unit: 2 for cents, 0 for yen, 3 for fils.
  public let exponent: Int

  /// - Throws: `MoneyError.unknownCurrency` for anything but an active code in capitals.
  public init(validating code: String) throws(MoneyError) {
    guard let exponent = Self.exponents[code] else { throw .unknownCurrency(code) }
    self.code = code
    self.exponent = exponent
  }

  private init(code: String, exponent: Int) {
    self.code = code
    self.exponent = exponent
  }

  public static let usd = Currency(code: "USD", exponent: 2)

  /// Every currency, by code.
  public static let all = exponents.map { Currency(code: $0.key, exponent: $0.value) }
    .sorted { $0.code < $1.code }

  /// ISO 4217, list one; without metals, test codes and the code for no currency.
  /// Source: https://www.iso.org/iso-4217-currency-codes.html
  private static let codes: [(exponent: Int, codes: String)] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
      2,
      """
      AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD \
      CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL \
      GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR \
      LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD \
      PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
      SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW \
      ZWG
      """
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
  ]

  private static let exponents: [String: Int] = codes.reduce(into: [:]) { table, line in
    for code in line.codes.split(separator: " ") { table[String(code)] = line.exponent }
  }
}
