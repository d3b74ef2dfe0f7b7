import Contract
import Runtime

/// Whether goods can be sent to an address. Pure; everything wrong is named at once.
///
/// Checked at checkout, before any money moves, and again when a person corrects an address.
enum AddressRules {
  /// Longest field, in bytes. AliExpress' widest is 256.
  static let fieldBytesMax = 256
  /// Digits of a phone number with its country part, from the shortest in use to E.164's limit.
  static let phoneDigits = 7...15

  /// Checks `field.full_name` and so on; nil when something was rejected.
  ///
  /// - Parameter month: whose rules hold, such as `2026-03`.
  static func check(
    _ field: String, _ address: Address?, _ fields: inout Fields,
    in month: String = CountryRules.month()
  ) -> Address? {
    guard let address else {
      fields.reject(field, "is missing; the address of the buyer is needed")
      return nil
    }
    var found: [(String, String)] = []
    for (name, text) in parts(address) {
      if let problem = shape(text) { found.append((name, problem)) }
    }
    if found.isEmpty { found = required(address) + country(address, month) }
    var named: Set<String> = []
    for (name, problem) in found where named.insert(name).inserted {
      fields.reject("\(field).\(name)", problem)
    }
    return found.isEmpty ? address : nil
  }

  static func parts(_ address: Address) -> [(String, String)] {
    [
      ("full_name", address.fullName), ("phone", address.phone), ("line1", address.line1),
      ("line2", address.line2), ("city", address.city), ("province", address.province),
      ("postal_code", address.postalCode), ("country", address.country),
      ("tax_id", address.taxID),
    ]
  }

  private static func shape(_ text: String) -> String? {
    if text.utf8.count > fieldBytesMax {
      return "has \(text.utf8.count) bytes; it must have at most \(fieldBytesMax)"
    }
    if text.unicodeScalars.contains(where: { isUnprintable($0.value) }) {
      return "contains a control character"
    }
    if let first = text.first, let last = text.last, first.isWhitespace || last.isWhitespace {
      return "begins or ends with a blank"
    }
    return nil
  }

  /// Control characters, and those of private use: a browser takes some of them for keys.
  private static func isUnprintable(_ scalar: UInt32) -> Bool {
    scalar < 32 || scalar == 127 || (0xE000...0xF8FF) ~= scalar
  }

  private static func required(_ address: Address) -> [(String, String)] {
    var found: [(String, String)] = []
    for (name, text) in parts(address) where text.isEmpty {
      switch name {
      case "line2", "tax_id": continue
      case "postal_code" where Countries.withoutPostalCode.contains(address.country): continue
      case "province" where Countries.withoutProvince.contains(address.country): continue
      default: found.append((name, "is empty"))
      }
    }
    if !address.country.isEmpty && !Countries.isKnown(address.country) {
      found.append(
        (
          "country",
          "is \"\(Fields.shown(address.country))\"; it must be an ISO 3166-1 code such as US"
        ))
    }
    if !address.phone.isEmpty, digits(address.phone) == nil {
      found.append(
        (
          "phone",
          "is \"\(Fields.shown(address.phone))\"; it must be like +14155550100, with the country "
            + "part and \(phoneDigits.lowerBound) to \(phoneDigits.upperBound) digits"
        ))
    }
    return found
  }

  /// The digits of a phone number with its country part; nil when it is none.
  private static func digits(_ phone: String) -> String? {
    guard phone.hasPrefix("+") else { return nil }
    let rest = phone.dropFirst()
    guard rest.allSatisfy({ isDigit($0) || " -().".contains($0) }) else { return nil }
    let digits = rest.filter(isDigit)
    return phoneDigits.contains(digits.count) ? digits : nil
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  private static func country(_ address: Address, _ month: String) -> [(String, String)] {
    guard let rules = CountryRules.of(address.country, in: month) else { return [] }
    let texts = [
      ("full_name", address.fullName, rules.name), ("line1", address.line1, rules.line1),
      ("line2", address.line2, rules.line2), ("city", address.city, rules.city),
      ("province", address.province, rules.province),
      ("postal_code", address.postalCode, rules.postalCode),
    ]
    var found: [(String, String)] = texts.compactMap { name, text, rule in
      problem(text, rule).map { (name, "\($0) (\(rules.country), since \(rules.since))") }
    }
    if let rule = rules.phone, let problem = problem(address.phone, rule) {
      found.append(("phone", "\(problem) (\(rules.country), since \(rules.since))"))
    }
    if let rule = rules.taxID, let problem = problem(address.taxID, rule, of: rules.country) {
      found.append(("tax_id", problem))
    }
    return found
  }

  private static func problem(
    _ text: String, _ rule: CountryRules.TaxIDRule, of country: String
  ) -> String? {
    guard rule.forms.contains(where: { matches(text, $0) }) else {
      return "is \"\(Fields.shown(text))\"; \(country) needs a \(rule.name) like "
        + rule.forms.joined(separator: " or ")
    }
    if rule.isCPF && !isCPF(text) {
      return "is \"\(Fields.shown(text))\", whose last two digits do not fit the others"
    }
    return nil
  }

  /// Whether both check digits are right: sums weighted from the right by 2, 3, ... modulo 11.
  /// Source: Receita Federal, Cadastro de Pessoas Físicas.
  private static func isCPF(_ text: String) -> Bool {
    let digits = text.filter(isDigit).compactMap(\.wholeNumberValue)
    guard digits.count == 11, Set(digits).count > 1 else { return false }
    return [9, 10].allSatisfy { count in
      let sum = digits.prefix(count).enumerated().reduce(0) {
        $0 + $1.element * (count + 1 - $1.offset)
      }
      return digits[count] == sum * 10 % 11 % 10
    }
  }

  private static func problem(_ text: String, _ rule: CountryRules.TextRule) -> String? {
    if let length = rule.length, !length.contains(text.count) {
      return "has \(text.count) characters; it must have \(length.lowerBound) to "
        + "\(length.upperBound)"
    }
    if rule.needsSpace && !text.contains(" ") {
      return "is \"\(Fields.shown(text))\"; first and last name with a space between are needed"
    }
    if rule.isLatinLetters
      && !text.allSatisfy({ ("a"..."z").contains($0) || ("A"..."Z").contains($0) || $0 == " " })
    {
      return "is \"\(Fields.shown(text))\"; only the letters A to Z and spaces are taken"
    }
    if !rule.forms.isEmpty && !rule.forms.contains(where: { matches(text, $0) }) {
      return "is \"\(Fields.shown(text))\"; it must be like " + rule.forms.joined(separator: " or ")
    }
    if rule.mayNotBeOther && text.lowercased() == "other" {
      return "is \"\(Fields.shown(text))\"; the real one is needed"
    }
    return nil
  }

  private static func problem(_ phone: String, _ rule: CountryRules.PhoneRule) -> String? {
    let all = "+" + (digits(phone) ?? "")
    let rest = all.dropFirst(rule.countryPart.count)
    let isRight =
      all.hasPrefix(rule.countryPart) && rest.count == rule.digits
      && (rule.firstDigit == nil || rest.first == rule.firstDigit)
    if isRight { return nil }
    let first = rule.firstDigit.map { " that begin with \($0)" } ?? ""
    return "is \"\(Fields.shown(phone))\"; it must be \(rule.countryPart) and \(rule.digits) "
      + "digits\(first)"
  }

  private static func matches(_ text: String, _ form: String) -> Bool {
    text.count == form.count
      && zip(text, form).allSatisfy { given, wanted in
        switch wanted {
        case "9": isDigit(given)
        case "A": ("A"..."Z").contains(given) || ("a"..."z").contains(given)
        default: given == wanted
        }
      }
  }
}
