/// A JSON value that keeps numbers as written and members in their order.
public enum JSONValue: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public let name: String
    public let value: JSONValue
  }

  case object([Member])
  case array([JSONValue])
  case string(String)
  /// As written, such as `8198352049851315`.
  case number(String)
  case bool(Bool)
  case null

  /// The kind of value, for sentences.
  var kind: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .bool: "a boolean"
    case .null: "null"
    }
  }
}

/// How a message is put into JSON.
public struct JSONStyle: Sendable {
  /// Also fields that nobody set, and messages that are absent down to a depth.
  let showsUnset: Bool
  let depth: Int

  static let plain = JSONStyle(showsUnset: false, depth: 0)
  static let template = JSONStyle(showsUnset: true, depth: 0)

  var deeper: JSONStyle { JSONStyle(showsUnset: showsUnset, depth: depth + 1) }
}
