import Money
import Testing

@Suite struct AmountTests {
  private static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }
  private static func yen(_ yen: Int64) throws -> Amount {
    try Amount(validating: yen, currency: "JPY")
  }

  @Test func `amounts of one currency are added, subtracted, multiplied and compared`() throws {
    let (large, small) = (Self.usd(2000), Self.usd(800))
    #expect(try large.adding(small) == Self.usd(2800))
    #expect(try small.subtracting(large) == Self.usd(-1200))
    #expect(try small.multiplied(by: -1) == Self.usd(-800))
    #expect(try small.isLess(than: large))
    #expect(try !large.isLess(than: large))
    #expect(large.isPositive && !large.isNegative && !large.isZero)
    #expect(Amount.zero(.usd).isZero && Self.usd(-1).isNegative)
  }

  @Test func `currencies are never mixed`() throws {
    let (dollars, yen) = (Self.usd(1), try Self.yen(1))
    let mismatch = MoneyError.currencyMismatch("USD", "JPY")
    #expect(throws: mismatch) { try dollars.adding(yen) }
    #expect(throws: mismatch) { try dollars.subtracting(yen) }
    #expect(throws: mismatch) { try dollars.isLess(than: yen) }
    #expect(dollars != yen)
  }

  @Test func `what does not fit is an error`() {
    let (most, least) = (Self.usd(.max), Self.usd(.min))
    #expect(throws: MoneyError.overflow) { try most.adding(Self.usd(1)) }
    #expect(throws: MoneyError.overflow) { try least.subtracting(Self.usd(1)) }
    #expect(throws: MoneyError.overflow) { try least.multiplied(by: -1) }
    #expect(throws: MoneyError.overflow) { try most.share(basisPoints: 10_001) }
  }

  @Test(arguments: [
    // units, basis points, share
    (1200, 1000, 120), (1081, 1000, 108), (5, 1000, 1), (4, 1000, 0), (0, 1000, 0),
    (1200, 0, 0), (1200, 10_000, 1200), (1, 4999, 0), (1, 5000, 1), (3, 5000, 2),
    (-5, 1000, 0), (-6, 1000, -1), (-15, 1000, -1), (-16, 1000, -2), (-1200, 1000, -120),
    (Int64.max, 10_000, Int64.max), (Int64.min, 10_000, Int64.min),
  ])
  func `a share is rounded half up`(_ units: Int64, _ basisPoints: Int, _ share: Int64) throws {
    #expect(try Self.usd(units).share(basisPoints: basisPoints) == Self.usd(share))
  }

  @Test(arguments: [
    ("USD", 2000, "20.00"), ("USD", 5, "0.05"), ("USD", -5, "-0.05"), ("USD", 0, "0.00"),
    ("USD", 123_456, "1234.56"), ("JPY", 700, "700"), ("JPY", 0, "0"), ("KWD", 1, "0.001"),
    ("CLF", -12_345, "-1.2345"), ("USD", Int64.max, "92233720368547758.07"),
    ("USD", Int64.min, "-92233720368547758.08"),
  ])
  func `an amount is written with its decimals and read back`(
    _ code: String, _ units: Int64, _ text: String
  ) throws {
    let amount = try Amount(validating: units, currency: code)
    #expect(amount.decimal == text)
    #expect("\(amount)" == "\(text) \(code)")
    #expect(try Amount(decimal: text, currency: amount.currency) == amount)
  }

  @Test(arguments: [("20", 2000), ("20.5", 2050), ("-1.5", -150), ("007.10", 710), ("-0", 0)])
  func `missing decimals are zeros`(_ text: String, _ cents: Int64) throws {
    #expect(try Amount(decimal: text, currency: .usd) == Self.usd(cents))
  }

  @Test(arguments: [
    "", "-", ".", "5.", ".5", "1.005", "1,00", "1e3", " 1", "1 ", "+1", "--1", "1.2.3", "0x1",
    "١", "NaN", "1.0\u{0}",
  ])
  func `what is no amount is refused`(_ text: String) {
    #expect(throws: MoneyError.malformed(text)) { try Amount(decimal: text, currency: .usd) }
  }

  @Test(arguments: ["92233720368547758.08", "-92233720368547758.09", "99999999999999999999999"])
  func `what is too large is refused`(_ text: String) {
    #expect(throws: MoneyError.overflow) { try Amount(decimal: text, currency: .usd) }
  }

  @Test func `any amount survives being written and read`() throws {
    // Of every length, and each of a length with other digits.
    let units = (0...63).flatMap { shift in
      [Int64.min, .max, 0x1234_5678_9ABC_DEF0, -0x7654_3210_FEDC_BA98].map { $0 >> shift }
    }
    for currency in Currency.all {
      for units in units {
        let amount = Amount(minorUnits: units, currency: currency)
        #expect(try Amount(decimal: amount.decimal, currency: currency) == amount)
      }
    }
  }
}
