/// A JSON value that keeps numbers as the text that came, so that ids and amounts never pass through
/// a binary floating point number.
public enum JSON: Sendable, Hashable {
  case object([String: JSON])
  case array([JSON])
  case string(String)
  /// As written, such as `8198352049851315` or `6.50`.
  case number(String)
  case bool(Bool)
  case null

  /// A member of an object; nil for anything else, and for a member that is null.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self, let value = members[name], value != .null else {
      return nil
    }
    return value
  }

  /// The members of an array; a single value is an array of one, null or absence an empty one.
  public var elements: [JSON] {
    switch self {
    case .array(let values): values
    case .null: []
    default: [self]
    }
  }

  /// A string, or a number as written.
  public var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// A whole number, also when written as text.
  public var integer: Int64? { text.flatMap { Int64($0) } }

  /// A boolean, also when written as text.
  public var bool: Bool? {
    switch self {
    case .bool(let value): value
    case .string("true"): true
    case .string("false"): false
    default: nil
    }
  }

  public static func integer(_ value: Int64) -> JSON { .number(String(value)) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Dictionary(elements) { _, new in new })
  }
}

extension JSON {
  /// The value as JSON text without blanks, members in the order of their names.
  public var serialized: String {
    var text = ""
    write(into: &text)
    return text
  }

  private func write(into text: inout String) {
    switch self {
    case .object(let members):
      text += "{"
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { text += "," }
        Self.write(member.key, into: &text)
        text += ":"
        member.value.write(into: &text)
      }
      text += "}"
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(into: &text)
      }
      text += "]"
    case .string(let string): Self.write(string, into: &text)
    case .number(let number): text += number
    case .bool(let value): text += value ? "true" : "false"
    case .null: text += "null"
    }
  }

  private static func write(_ string: String, into text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
