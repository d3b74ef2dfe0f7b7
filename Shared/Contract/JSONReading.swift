extension JSONValue {
  /// Reads one whole value.
  static func reading(_ text: String) throws(ContractError) -> JSONValue {
    guard text.utf8.count <= ContractLimits.jsonBytesMax else {
      throw ContractError(
        "\(text.utf8.count) bytes of JSON are above the limit of \(ContractLimits.jsonBytesMax)")
    }
    var reading = JSONReading(text)
    return try reading.document()
  }
}

/// Reads JSON text, by recursive descent.
private struct JSONReading {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func unexpected(_ due: String) -> ContractError {
    guard position < bytes.count else {
      return ContractError("the JSON ends where \(due) is due")
    }
    let line = bytes[..<position].count { $0 == UInt8(ascii: "\n") } + 1
    return ContractError("not JSON at byte \(position), line \(line): \(due) is due")
  }

  mutating func document() throws(ContractError) -> JSONValue {
    let value = try value(depth: 1)
    skipBlanks()
    guard position == bytes.count else { throw unexpected("the end") }
    return value
  }

  private mutating func value(depth: Int) throws(ContractError) -> JSONValue {
    guard depth <= 2 * ContractLimits.depthMax else {
      throw ContractError("the JSON is nested deeper than \(2 * ContractLimits.depthMax)")
    }
    skipBlanks()
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth))
    case UInt8(ascii: "["): return .array(try array(depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func object(_ depth: Int) throws(ContractError) -> [JSONValue.Member] {
    position += 1
    var members: [JSONValue.Member] = []
    skipBlanks()
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipBlanks()
      let name = try string()
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw unexpected("a colon") }
      members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw unexpected("a comma or }") }
    return members
  }

  private mutating func array(_ depth: Int) throws(ContractError) -> [JSONValue] {
    position += 1
    var values: [JSONValue] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return values }
    repeat {
      values.append(try value(depth: depth + 1))
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw unexpected("a comma or ]") }
    return values
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(ContractError)
    -> JSONValue
  {
    for byte in word.utf8 {
      guard take(byte) else { throw unexpected(word) }
    }
    return value
  }

  private mutating func number() throws(ContractError) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits("a value") }
    if take(UInt8(ascii: ".")) { try digits("a digit") }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits("a digit")
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits(_ due: String) throws(ContractError) {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      position += 1
    }
    guard position > start else { throw unexpected(due) }
  }

  private mutating func string() throws(ContractError) -> String {
    guard take(UInt8(ascii: "\"")) else { throw unexpected("a string") }
    var text: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &text)
      case 0..<0x20: throw unexpected("an escape for a control character")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw unexpected("the end of a string")
  }

  private mutating func escape(into text: inout [UInt8]) throws(ContractError) {
    guard let byte = current else { throw unexpected("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"): text += Array(String(Character(try scalar())).utf8)
    default:
      position -= 1
      throw unexpected("an escape")
    }
  }

  private mutating func scalar() throws(ContractError) -> Unicode.Scalar {
    let first = try hex()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A surrogate, which stands for something only before its other half.
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw unexpected("a surrogate's other half")
    }
    let second = try hex()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw unexpected("a surrogate's other half") }
    return scalar
  }

  private mutating func hex() throws(ContractError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }
}
