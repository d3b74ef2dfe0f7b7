/// A JSON value whose members keep their order and whose numbers stay the text that came, so that
/// neither an id nor an amount passes through a binary floating point number.
enum JSON: Sendable, Hashable {
  struct Member: Sendable, Hashable {
    var name: String
    var value: JSON
  }

  case object([Member])
  case array([JSON])
  case string(String)
  /// As written, such as `8190000000000001`.
  case number(String)
  case bool(Bool)
  case null

  static func integer(_ value: Int64) -> JSON { .number(String(value)) }

  /// A member of an object; nil for anything else, and for a member that is null.
  subscript(name: String) -> JSON? {
    guard case .object(let members) = self,
      let member = members.last(where: { $0.name == name }), member.value != .null
    else { return nil }
    return member.value
  }

  /// The members of an object; nil for anything else.
  var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements of an array; nil for anything else.
  var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// A string, not a number.
  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// A string, or a number as written: the supplier takes either.
  var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// A whole number, also when written as text.
  var integer: Int64? { text.flatMap { Int64($0) } }

  /// A boolean, also when written as text.
  var bool: Bool? {
    switch self {
    case .bool(let value): value
    case .string("true"): true
    case .string("false"): false
    default: nil
    }
  }

  /// An object with one more member at its end.
  func adding(_ name: String, _ value: JSON) -> JSON {
    .object((members ?? []) + [Member(name: name, value: value)])
  }
}

extension JSON: ExpressibleByStringInterpolation, ExpressibleByDictionaryLiteral,
  ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(integerLiteral value: Int64) { self = .integer(value) }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }
}
