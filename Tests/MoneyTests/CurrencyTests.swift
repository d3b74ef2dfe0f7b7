import Money
import Testing

@Suite struct CurrencyTests {
  @Test(arguments: [
    ("USD", 2), ("EUR", 2), ("CNY", 2), ("BRL", 2), ("JPY", 0), ("KRW", 0), ("CLP", 0),
    ("VND", 0), ("BHD", 3), ("KWD", 3), ("TND", 3), ("CLF", 4),
  ])
  func `a currency has the decimals of the standard`(_ code: String, _ exponent: Int) throws {
    let currency = try Currency(validating: code)
    #expect(currency.code == code && currency.exponent == exponent)
  }

  @Test(arguments: ["", "usd", "US", "USDT", "XXX", "XAU", "DEM", "U D", "USD ", "ÜSD"])
  func `what is no active code is refused`(_ code: String) {
    #expect(throws: MoneyError.unknownCurrency(code)) { try Currency(validating: code) }
  }

  @Test func `every code has three capitals and stands once`() {
    #expect(Currency.all.count == 165)
    #expect(Set(Currency.all.map(\.code)).count == Currency.all.count)
    for currency in Currency.all {
      #expect(currency.code.utf8.count == 3)
      #expect(currency.code.utf8.allSatisfy { (65...90).contains($0) }, "\(currency.code)")
    }
  }
}
