import Foundation

/// What AliExpress asks of an address in one country, beyond what all need.
///
/// Source: the change log of aliexpress.ds.order.create. `since` is the month from which the rules
/// are enforced: rules that are known before they hold are written down here, and hold from then on.
/// An order that would break one is refused before any money moves.
struct CountryRules: Sendable {
  let country: String
  /// Such as `2024-11`.
  let since: String
  var name = TextRule()
  var line1 = TextRule()
  var line2 = TextRule()
  var city = TextRule()
  var province = TextRule()
  var postalCode = TextRule()
  /// Digits of the phone number after this country part.
  var phone: PhoneRule?
  var taxID: TaxIDRule?

  /// What a text must be like; lengths in characters.
  struct TextRule: Hashable, Sendable {
    var length: ClosedRange<Int>?
    var needsSpace = false
    var isLatinLetters = false
    /// AliExpress' word for "none of the list".
    var mayNotBeOther = false
    /// As in `TaxIDRule`; empty for any.
    var forms: [String] = []
  }

  struct PhoneRule: Hashable, Sendable {
    let countryPart: String
    let digits: Int
    var firstDigit: Character?
  }

  /// The form of a number that the country asks for: '9' stands for a digit, 'A' for a letter, anything
  /// else for itself.
  struct TaxIDRule: Hashable, Sendable {
    let name: String
    let forms: [String]
    /// Whether the last two digits must fit the others, as a CPF's do.
    var isCPF = false
  }

  /// The rules of a country that hold in a month such as `2026-03`; nil when there are none.
  static func of(_ country: String, in month: String) -> CountryRules? {
    all.filter { $0.country == country && $0.since <= month }.max { $0.since < $1.since }
  }

  /// The present month, in UTC.
  static func month(of date: Date = Date()) -> String {
    String(date.formatted(.iso8601).prefix(7))
  }

  /// At most one entry for a country and month; a later one replaces the earlier as a whole.
  static let all: [CountryRules] = [
    CountryRules(
      country: "US", since: "2024-11", name: TextRule(length: 2...32, needsSpace: true),
      line1: TextRule(length: 5...35), province: TextRule(mayNotBeOther: true)),
    CountryRules(
      country: "AU", since: "2024-11",
      name: TextRule(length: 2...128, needsSpace: true, isLatinLetters: true)),
    CountryRules(
      country: "NZ", since: "2024-11",
      name: TextRule(length: 2...128, needsSpace: true, isLatinLetters: true)),
    CountryRules(country: "DZ", since: "2024-11", name: TextRule(needsSpace: true)),
    CountryRules(country: "ZA", since: "2024-11", name: TextRule(needsSpace: true)),
    CountryRules(
      country: "ES", since: "2024-11", phone: PhoneRule(countryPart: "+34", digits: 9)),
    CountryRules(
      country: "BR", since: "2024-11", city: TextRule(mayNotBeOther: true),
      province: TextRule(mayNotBeOther: true),
      postalCode: TextRule(forms: ["99999-999", "99999999"]),
      taxID: TaxIDRule(name: "CPF", forms: ["999.999.999-99", "99999999999"], isCPF: true)),
    CountryRules(country: "MX", since: "2024-11", line2: TextRule(length: 0...60)),
    CountryRules(
      country: "AR", since: "2024-11", phone: PhoneRule(countryPart: "+54", digits: 10),
      taxID: TaxIDRule(name: "CUIT or CUIL", forms: ["99-99999999-9"])),
    CountryRules(
      country: "IL", since: "2024-11",
      taxID: TaxIDRule(name: "identity number", forms: ["999999999"])),
    CountryRules(
      country: "SA", since: "2025-12", name: TextRule(length: 2...128, needsSpace: true),
      line1: TextRule(length: 5...256), city: TextRule(length: 2...64),
      province: TextRule(length: 2...64), postalCode: TextRule(length: 1...10),
      phone: PhoneRule(countryPart: "+966", digits: 9, firstDigit: "5"),
      taxID: TaxIDRule(name: "national address", forms: ["AAAA9999"])),
  ]
}
