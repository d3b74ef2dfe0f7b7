public import NIOCore

/// The text is not one whole JSON value that means one thing: cut short, followed by something,
/// nested too deep, not UTF-8, or with a name twice in one object.
public struct JSONMalformed: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where it went wrong, in bytes from the start.
  public let offset: Int
  public var description: String { "not JSON at byte \(offset)" }
}

extension JSON {
  public init(parsing text: String) throws(JSONMalformed) {
    var parser = JSONParser(bytes: Array(text.utf8))
    self = try parser.document()
  }

  public init(parsing buffer: ByteBuffer) throws(JSONMalformed) {
    var parser = JSONParser(bytes: Array(buffer.readableBytesView))
    self = try parser.document()
  }
}

/// Reads one JSON value from bytes, by recursive descent (RFC 8259).
///
/// A name that comes twice is refused: nobody can say which of two states or amounts counts. Half of
/// a surrogate pair is read as U+FFFD, since providers cut texts in the middle of one, and a title
/// must not make the answer to an order unreadable.
private struct JSONParser {
  /// Deeper than any answer of a provider; keeps the stack bounded.
  static let depthMax = 64

  let bytes: [UInt8]
  var position = 0
  var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var malformed: JSONMalformed { JSONMalformed(offset: position) }
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func document() throws(JSONMalformed) -> JSON {
    let value = try value()
    skipBlanks()
    guard position == bytes.count else { throw malformed }
    return value
  }

  mutating func skipBlanks() {
    while let byte = current, Self.isBlank(byte) { position += 1 }
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  mutating func value() throws(JSONMalformed) -> JSON {
    skipBlanks()
    switch current {
    case UInt8(ascii: "{"):
      try enter()
      defer { depth -= 1 }
      return try object()
    case UInt8(ascii: "["):
      try enter()
      defer { depth -= 1 }
      return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func enter() throws(JSONMalformed) {
    guard depth < Self.depthMax else { throw malformed }
    depth += 1
    position += 1
  }

  mutating func object() throws(JSONMalformed) -> JSON {
    var members: [String: JSON] = [:]
    skipBlanks()
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipBlanks()
      let name = try string()
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw malformed }
      guard members.updateValue(try value(), forKey: name) == nil else { throw malformed }
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw malformed }
    return .object(members)
  }

  mutating func array() throws(JSONMalformed) -> JSON {
    var values: [JSON] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return .array(values) }
    repeat {
      values.append(try value())
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw malformed }
    return .array(values)
  }

  mutating func word(_ text: StaticString, _ value: JSON) throws(JSONMalformed) -> JSON {
    for byte in text.description.utf8 {
      guard take(byte) else { throw malformed }
    }
    return value
  }

  mutating func number() throws(JSONMalformed) -> JSON {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  mutating func digits() throws(JSONMalformed) {
    let start = position
    while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw malformed }
  }

  mutating func string() throws(JSONMalformed) -> String {
    guard take(UInt8(ascii: "\"")) else { throw malformed }
    let start = position
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      guard byte >= 0x20 else { throw malformed }
      position += 1
    }
    if take(UInt8(ascii: "\"")) { return try validated(bytes[start..<position - 1]) }
    return try validated(escapedString(bytes[start..<position])[...])
  }

  /// The rest of a string in which the first backslash was met, with what came before it.
  mutating func escapedString(_ before: ArraySlice<UInt8>) throws(JSONMalformed) -> [UInt8] {
    var text = Array(before)
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw malformed
      default: text.append(byte)
      }
    }
    throw malformed
  }

  func validated(_ text: ArraySlice<UInt8>) throws(JSONMalformed) -> String {
    guard let string = String(validating: text, as: UTF8.self) else { throw malformed }
    return string
  }

  mutating func escape(into text: inout [UInt8]) throws(JSONMalformed) {
    guard let byte = current else { throw malformed }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "u"): text += Array(String(Character(try scalar())).utf8)
    default: throw malformed
    }
  }

  mutating func scalar() throws(JSONMalformed) -> Unicode.Scalar {
    let first = try hex()
    if (0xD800..<0xDC00).contains(first) {
      let afterFirst = position
      if take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
        let second = try hex()
        if (0xDC00..<0xE000).contains(second),
          let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        {
          return scalar
        }
      }
      position = afterFirst
    }
    return Unicode.Scalar(first) ?? "\u{FFFD}"
  }

  mutating func hex() throws(JSONMalformed) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = current.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw malformed
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
