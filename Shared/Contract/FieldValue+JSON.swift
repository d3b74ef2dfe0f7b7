// The JSON form of each kind of value. Source: https://protobuf.dev/programming-guides/json/.

extension JSONValue {
  /// The refusal of a value of another kind than is due.
  func isNot(_ due: String) -> ContractError {
    switch self {
    case .string(let text): ContractError("is \"\(text.prefix(64))\" where \(due) is due")
    case .number(let text): ContractError("is \(text.prefix(64)) where \(due) is due")
    default: ContractError("is \(kind) where \(due) is due")
    }
  }
}

/// Whole numbers: 64-bit ones are written as strings, for JavaScript would round them.
extension FieldValue where Self: FixedWidthInteger {
  public func jsonValue(_ style: JSONStyle) -> JSONValue {
    Self.bitWidth > 32 ? .string(String(self)) : .number(String(self))
  }

  public init(jsonValue: JSONValue) throws(ContractError) {
    let due = "a whole number from \(Self.min) to \(Self.max)"
    switch jsonValue {
    case .number(let text), .string(let text):
      guard let number = Self(text) ?? Self.exact(text) else { throw jsonValue.isNot(due) }
      self = number
    default: throw jsonValue.isNot(due)
    }
  }

  /// A whole number that is written with a fraction or an exponent, such as `1.0` or `15e2`.
  private static func exact(_ text: String) -> Self? {
    let parts = text.split(separator: "e", omittingEmptySubsequences: false)
    guard parts.count <= 2, let mantissa = parts.first,
      let exponent = parts.count == 2 ? Int(parts[1]) : 0, exponent.magnitude < 100
    else { return nil }
    let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, let whole = halves.first, !whole.isEmpty else { return nil }
    let fraction = halves.count == 2 ? halves[1] : ""
    guard halves.count == 1 || !fraction.isEmpty else { return nil }
    var digits = whole + fraction
    let places = fraction.count - exponent
    if places < 0 { digits += String(repeating: "0", count: -places) }
    if places > 0 {
      guard digits.suffix(places).allSatisfy({ $0 == "0" }) else { return nil }
      digits = digits.dropLast(places)
      if digits.isEmpty || digits == "-" { digits += "0" }
    }
    return Self(digits)
  }
}

/// Other numbers; those that JSON cannot write are words.
extension FieldValue where Self: LosslessStringConvertible & BinaryFloatingPoint {
  public func jsonValue(_ style: JSONStyle) -> JSONValue {
    if isNaN { return .string("NaN") }
    if isInfinite { return .string(self < 0 ? "-Infinity" : "Infinity") }
    return .number(description)
  }

  public init(jsonValue: JSONValue) throws(ContractError) {
    switch jsonValue {
    case .string("NaN"): self = .nan
    case .string("Infinity"): self = .infinity
    case .string("-Infinity"): self = -.infinity
    case .number(let text), .string(let text):
      guard text.allSatisfy({ "+-.0123456789eE".contains($0) }), let number = Self(text),
        number.isFinite
      else { throw jsonValue.isNot("a number that fits") }
      self = number
    default: throw jsonValue.isNot("a number")
    }
  }
}

extension Bool {
  public func jsonValue(_ style: JSONStyle) -> JSONValue { .bool(self) }

  public init(jsonValue: JSONValue) throws(ContractError) {
    guard case .bool(let value) = jsonValue else { throw jsonValue.isNot("true or false") }
    self = value
  }
}

extension String {
  public func jsonValue(_ style: JSONStyle) -> JSONValue { .string(self) }

  public init(jsonValue: JSONValue) throws(ContractError) {
    guard case .string(let text) = jsonValue else { throw jsonValue.isNot("a string") }
    guard !text.utf8.contains(0) else { throw ContractError(Self.hasNUL) }
    self = text
  }
}

extension Array where Element == UInt8 {
  public func jsonValue(_ style: JSONStyle) -> JSONValue { .string(Base64.text(self)) }

  public init(jsonValue: JSONValue) throws(ContractError) {
    guard case .string(let text) = jsonValue, let bytes = Base64.bytes(text) else {
      throw jsonValue.isNot("base 64")
    }
    self = bytes
  }
}

/// By name; a number that has none as the number.
extension ContractEnum {
  public func jsonValue(_ style: JSONStyle) -> JSONValue {
    let isKnown = Self.allKnown.contains(self)
    return isKnown ? .string(name) : .number(String(rawValue))
  }

  public init(jsonValue: JSONValue) throws(ContractError) {
    switch jsonValue {
    case .string(let text):
      guard let value = Self.allKnown.first(where: { $0.name == text }) else {
        throw jsonValue.isNot("one of \(Self.allKnown.map(\.name).joined(separator: ", "))")
      }
      self = value
    default: self.init(rawValue: try Int32(jsonValue: jsonValue))
    }
  }
}

extension ContractMessage {
  public func jsonValue(_ style: JSONStyle) -> JSONValue {
    var writer = JSONFieldWriter(Self.layout, style)
    write(to: &writer)
    return .object(writer.members)
  }

  public init(jsonValue: JSONValue) throws(ContractError) {
    guard case .object(let members) = jsonValue else { throw jsonValue.isNot("an object") }
    try self.init(from: JSONFieldReader(members, Self.layout))
  }
}
