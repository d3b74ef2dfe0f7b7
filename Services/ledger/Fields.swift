import Contract
import Money
import RPC

/// Reads a request's fields and collects everything wrong with them, so that one answer names all.
///
/// Fields are named as in the .proto file.
struct Fields {
  /// The greatest amount of one request, so that no account's sum can overflow.
  static let minorUnitsMax: Int64 = 1_000_000_000_000
  static let textBytesMax = 2048
  static let idBytesMax = 40
  /// The last millisecond of the year 9999.
  private static let secondsMax: Int64 = 253_402_300_799

  enum Sign { case positive, zeroOrMore }

  private var violations: [FieldViolation] = []

  mutating func reject(_ field: String, _ description: String) {
    violations.append(FieldViolation(field: field, description: description))
  }

  /// - Throws: `LedgerError.invalid` with every violation so far.
  func finish() throws(LedgerError) {
    if !violations.isEmpty { throw .invalid(violations) }
  }

  /// What to throw when a field could not be read.
  var refusal: LedgerError { .invalid(violations) }

  mutating func amount(_ field: String, _ money: Contract.Money?, _ sign: Sign) -> Amount? {
    guard let money else {
      reject(field, "is missing; an amount and its currency are needed")
      return nil
    }
    guard let currency = currency(field, money.currency) else { return nil }
    let amount = Amount(minorUnits: money.minorUnits, currency: currency)
    if amount.isNegative || (sign == .positive && amount.isZero) {
      reject(
        field, "is \(amount); it must be \(sign == .positive ? "positive" : "zero or positive")")
      return nil
    }
    guard money.minorUnits <= Self.minorUnitsMax else {
      let limit = Amount(minorUnits: Self.minorUnitsMax, currency: currency)
      reject(field, "is \(amount); it must be at most \(limit)")
      return nil
    }
    return amount
  }

  /// An amount that must have the currency of another one.
  mutating func amount(
    _ field: String, _ money: Contract.Money?, _ sign: Sign, like other: Amount?
  ) -> Amount? {
    guard let amount = amount(field, money, sign) else { return nil }
    if let other, other.currency != amount.currency {
      reject(
        field, "is in \(amount.currency.code); it must be in \(other.currency.code) as the price")
      return nil
    }
    return amount
  }

  mutating func currency(_ field: String, _ code: String) -> Currency? {
    do throws(MoneyError) {
      return try Currency(validating: code)
    } catch {
      reject(
        field, "\"\(Self.shown(code))\" is no currency; an ISO 4217 code such as USD is needed")
      return nil
    }
  }

  /// 1 to 40 of a-z, 0-9, '-'.
  mutating func id(_ field: String, _ text: String) -> String? {
    let isValid =
      (1...Self.idBytesMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (97...122).contains(byte) || (48...57).contains(byte) || byte == 45
      }
    if isValid { return text }
    reject(field, "is \"\(Self.shown(text))\"; it must be 1 to 40 of a-z, 0-9, '-'")
    return nil
  }

  mutating func environment(_ environment: Contract.Environment) -> Contract.Environment? {
    switch environment {
    case .sandbox, .production: return environment
    case .unspecified, .unrecognized:
      reject("environment", "is \(environment.word); it must be SANDBOX or PRODUCTION")
      return nil
    }
  }

  mutating func userID(_ userID: Int64) -> Int64? {
    if userID >= 0 { return userID }
    reject("user_id", "is \(userID); it must be a user's id, or 0")
    return nil
  }

  mutating func payee(_ text: String) -> Payee? {
    if let payee = Payee(text) { return payee }
    reject("payee", "is \"\(Self.shown(text))\"; it must be admin or reseller:ID")
    return nil
  }

  mutating func text(_ field: String, _ text: String, isRequired: Bool = false) -> String? {
    if isRequired && text.isEmpty {
      reject(field, "is empty")
      return nil
    }
    guard text.utf8.count <= Self.textBytesMax else {
      reject(field, "has \(text.utf8.count) bytes; it must have at most \(Self.textBytesMax)")
      return nil
    }
    return text
  }

  /// Milliseconds since the epoch; nil, without a violation, when the field is absent.
  mutating func time(_ field: String, _ timestamp: Timestamp?) -> Int64? {
    guard let timestamp else { return nil }
    guard (0...Self.secondsMax).contains(timestamp.seconds),
      (0..<1_000_000_000).contains(timestamp.nanos)
    else {
      reject(field, "must be a time from 1970 to 9999")
      return nil
    }
    return timestamp.seconds * 1000 + Int64(timestamp.nanos) / 1_000_000
  }

  /// An address that can be one: one '@' between two parts, no blanks, at most 127 bytes (PayPal's
  /// limit for a receiver).
  mutating func email(_ text: String) -> String? {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isValid =
      parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 127
      && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
    if isValid { return text }
    reject("email", "is \"\(Self.shown(text))\"; it must be an e-mail address of 127 bytes at most")
    return nil
  }

  /// Number of rows of a page: 0 takes the default.
  mutating func pageSize(_ size: Int32) -> Int {
    if (0...1000).contains(size) { return size == 0 ? 50 : Int(size) }
    reject("page_size", "is \(size); it must be 1 to 1000, or 0 for 50")
    return 0
  }

  /// The number of the last row of the page before.
  mutating func pageToken(_ token: String) -> Int64 {
    if token.isEmpty { return 0 }
    if let number = Int64(token), number >= 0 { return number }
    reject("page_token", "is \"\(Self.shown(token))\"; it must come from a page before")
    return 0
  }

  /// A value in a message: its first part, so that an answer stays small.
  private static func shown(_ text: String) -> String { String(text.prefix(60)) }
}
