import Contract
import Presentation
import Testing

@testable import Gateway

/// What people write into forms.
struct EnteredTests {
  private func points(_ text: String) -> Int32? { try? Entered.basisPoints(text) }

  @Test func `a rate is a percentage with two decimals at most`() {
    #expect(points("10") == 1000)
    #expect(points("12.5") == 1250)
    #expect(points("0.05") == 5)
    for text in ["", ".5", "5.", "1.234", "-1", "ten", "1,5", "1e2", "99999.99", "١"] {
      #expect(points(text) == nil, "\(text)")
    }
  }

  @Test func `an amount is decimal and has its currency's decimals`() throws {
    #expect(try Entered.amount("25.00", "usd") == .init(minorUnits: 2500, currency: "USD"))
    #expect(try Entered.amount("25", "JPY") == .init(minorUnits: 25, currency: "JPY"))
    for (text, currency) in [("25.5", "JPY"), ("five", "USD"), ("1.005", "USD"), ("1", "XXY")] {
      #expect(throws: Entered.Unreadable.self) { try Entered.amount(text, currency) }
    }
  }

  @Test func `a day is one of the calendar, and begins in UTC`() throws {
    #expect(try Day.start("") == nil)
    #expect(try Day.start("1970-01-02")?.milliseconds == 86_400_000)
    #expect(try Day.start("2024-02-29")?.milliseconds == 1_709_164_800_000)
    for text in ["2026-02-30", "2026-13-01", "2026-1-1", "yesterday", "2026-11", "1969-12-31"] {
      #expect(throws: Day.Unreadable.self, "\(text)") { try Day.start(text) }
    }
  }
}
