public import Contract
public import Money
public import RPC

/// Reads a request's fields and collects everything wrong with them, so that one answer names all.
///
/// Fields are named as in the .proto file. A reader that finds a violation answers nil.
public struct Fields {
  /// The greatest amount of one request, so that no account's sum can overflow.
  public static let minorUnitsMax: Int64 = 1_000_000_000_000
  public static let textBytesMax = 2048
  public static let idBytesMax = 40
  /// The last millisecond of the year 9999.
  private static let secondsMax: Int64 = 253_402_300_799

  public enum Sign: Sendable { case positive, zeroOrMore }

  private var violations: [FieldViolation] = []

  public init() {}

  public mutating func reject(_ field: String, _ description: String) {
    violations.append(FieldViolation(field: field, description: description))
  }

  /// Whether nothing is wrong so far.
  public var areValid: Bool { violations.isEmpty }

  /// - Throws: `InvalidFields` with every violation so far.
  public func finish() throws(InvalidFields) {
    if !violations.isEmpty { throw refusal }
  }

  /// What to throw when a field could not be read.
  public var refusal: InvalidFields { InvalidFields(violations: violations) }

  public mutating func amount(_ field: String, _ money: Contract.Money?, _ sign: Sign) -> Amount? {
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
  public mutating func amount(
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

  public mutating func currency(_ field: String, _ code: String) -> Currency? {
    do throws(MoneyError) {
      return try Currency(validating: code)
    } catch {
      reject(
        field, "\"\(Self.shown(code))\" is no currency; an ISO 4217 code such as USD is needed")
      return nil
    }
  }

  /// 1 to 40 of a-z, 0-9, '-'.
  public mutating func id(_ field: String, _ text: String) -> String? {
    let isValid =
      (1...Self.idBytesMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (97...122).contains(byte) || (48...57).contains(byte) || byte == 45
      }
    if isValid { return text }
    reject(field, "is \"\(Self.shown(text))\"; it must be 1 to 40 of a-z, 0-9, '-'")
    return nil
  }

  public mutating func environment(_ environment: Contract.Environment) -> Contract.Environment? {
    switch environment {
    case .sandbox, .production: return environment
    case .unspecified, .unrecognized:
      reject("environment", "is \(environment.word); it must be SANDBOX or PRODUCTION")
      return nil
    }
  }

  public mutating func userID(_ userID: Int64) -> Int64? {
    if userID >= 0 { return userID }
    reject("user_id", "is \(userID); it must be a user's id, or 0")
    return nil
  }

  public mutating func text(_ field: String, _ text: String, isRequired: Bool = false) -> String? {
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
  public mutating func time(_ field: String, _ timestamp: Timestamp?) -> Int64? {
    guard let timestamp else { return nil }
    guard (0...Self.secondsMax).contains(timestamp.seconds),
      (0..<1_000_000_000).contains(timestamp.nanos)
    else {
      reject(field, "must be a time from 1970 to 9999")
      return nil
    }
    return timestamp.seconds * 1000 + Int64(timestamp.nanos) / 1_000_000
  }

  /// Number of rows of a page: 0 takes the default.
  public mutating func pageSize(_ size: Int32) -> Int {
    if (0...1000).contains(size) { return size == 0 ? 50 : Int(size) }
    reject("page_size", "is \(size); it must be 1 to 1000, or 0 for 50")
    return 0
  }

  /// The number of the last row of the page before.
  public mutating func pageToken(_ token: String) -> Int64 {
    if token.isEmpty { return 0 }
    if let number = Int64(token), number >= 0 { return number }
    reject("page_token", "is \"\(Self.shown(token))\"; it must come from a page before")
    return 0
  }

  /// A value in a message: its first part, so that an answer stays small.
  public static func shown(_ text: String) -> String { String(text.prefix(60)) }
}

/// A request with fields that cannot be right in any state: INVALID_ARGUMENT.
public struct InvalidFields: RPCErrorConvertible, Hashable {
  public let violations: [FieldViolation]

  public init(violations: [FieldViolation]) { self.violations = violations }

  public var rpcError: RPCError {
    let texts = violations.map { "\($0.field): \($0.description)" }
    return RPCError(.invalidArgument, texts.joined(separator: "; "), violations: violations)
  }
}
