import Contract
import Presentation
import Testing

@testable import Client

/// Values and tables as people read them.
@Suite struct ShownTests {
  @Test func `an amount has its currency's decimals`() {
    #expect(Shown.amount(Examples.usd(2000)) == "20.00 USD")
    #expect(Shown.amount(Examples.usd(-5)) == "-0.05 USD")
    #expect(Shown.amount(.init(minorUnits: 2000, currency: "JPY")) == "2000 JPY")
    #expect(Shown.amount(.init(minorUnits: 7, currency: "???")) == "7 minor units of ???")
    #expect(Shown.amount(nil) == "")
  }

  @Test func `a time is in UTC`() {
    #expect(Shown.time(Examples.time(3999)) == "2026-11-24 12:00:03Z")
    #expect(Shown.preciseTime(Examples.noon + 3007) == "2026-11-24 12:00:03.007Z")
    #expect(Shown.preciseTime(-1) == "1969-12-31 23:59:59.999Z")
    #expect(Shown.time(nil) == "")
  }

  @Test(
    arguments: [
      (0, "+0.000 s"), (1045, "+1.045 s"), (59_999, "+59.999 s"), (125_000, "+2 min 5 s"),
      (11_520_000, "+3 h 12 min"), (-20, "-0.020 s"),
    ] as [(Int64, String)])
  func `time that passed has a unit that fits`(milliseconds: Int64, text: String) {
    #expect(Shown.passed(milliseconds) == text)
  }

  @Test func `words, rates and hashes`() {
    #expect(Shown.word("AWAITING_PAYMENT") == "awaiting-payment")
    #expect(Shown.rate(1000) == "10.00 %")
    #expect(Shown.rate(1234) == "12.34 %")
    #expect(Shown.rate(5) == "0.05 %")
    #expect(Shown.hex([0, 10, 255]) == "000aff")
  }

  @Test func `a reason tells who can cure it`() {
    #expect(
      Shown.reason(Examples.order.waiting?.reason)
        == "OUT_OF_STOCK: the variant is sold out (B_INVENTORY); for the reseller")
    #expect(Shown.reason(Reason(code: "A", text: "b", owner: "nobody")) == "A: b")
    #expect(Shown.reason(nil) == "")
  }

  @Test func `columns are aligned, numbers to the right`() {
    var table = Table([.left("name"), .right("amount"), .left("note")])
    table.add(["a", "20.00 USD", ""])
    table.add(["longer", "7.50 USD", "x"])
    let expected = """
      NAME       AMOUNT  NOTE
      a       20.00 USD
      longer   7.50 USD  x
      """
    #expect(table.text(ifEmpty: "none") == expected)
    #expect(Table([.left("name")]).text(ifEmpty: "none") == "none")
  }

  @Test func `a card leaves out what is empty`() {
    #expect(Table.card([("order", "o-1"), ("sku", ""), ("id", "7")]) == "order  o-1\nid     7")
  }

  @Test func `what came from elsewhere cannot move the cursor`() {
    #expect(Shown.line("a\u{1B}[2Jb\nc\u{202E}d") == "a [2Jb c d")
    #expect(Shown.line("Zoë 杯子") == "Zoë 杯子")
  }

  @Test func `times are shown in the unit that fits`() {
    #expect(Shown.duration(0) == "0 us")
    #expect(Shown.duration(999_999) == "999 us")
    #expect(Shown.duration(1_000_000) == "1.0 ms")
    #expect(Shown.duration(999_999_999) == "999.9 ms")
    #expect(Shown.duration(61_500_000_000) == "61.5 s")
  }
}
