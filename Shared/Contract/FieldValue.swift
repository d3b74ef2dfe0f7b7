/// Something that a field holds: a scalar, an enum or a message.
///
/// Each kind knows its form in libprotobuf-c's structures and in JSON. Nothing outside this module
/// and the generated code has to.
public protocol FieldValue: Sendable, Hashable {
  /// Bytes of one value in a C structure or array.
  static var memoryBytes: Int { get }
  func store(in member: CMember, _ arena: Arena)
  init(stored member: CMember) throws(ContractError)
  func jsonValue(_ style: JSONStyle) -> JSONValue
  init(jsonValue: JSONValue) throws(ContractError)
}

/// A value with a default that neither the wire nor JSON shows.
public protocol ScalarValue: FieldValue {
  static var unset: Self { get }
}

/// Where a value lies in a C structure or array.
public struct CMember {
  let address: UnsafeMutableRawPointer

  init(_ address: UnsafeMutableRawPointer) {
    self.address = address
  }
}

/// Takes the fields of a message, by their places in its layout.
public protocol FieldWriter {
  mutating func value<Value: ScalarValue>(_ index: Int, _ value: Value)
  mutating func message<Message: ContractMessage>(_ index: Int, _ message: Message?)
  mutating func values<Value: FieldValue>(_ index: Int, _ values: [Value])
  /// The member of a oneof that is set; its default counts, too.
  mutating func choice<Value: FieldValue>(_ index: Int, _ value: Value)
}

/// Gives the fields of a message, by their places in its layout.
public protocol FieldReader {
  func value<Value: ScalarValue>(_ index: Int) throws(ContractError) -> Value
  func message<Message: ContractMessage>(_ index: Int) throws(ContractError) -> Message?
  func values<Value: FieldValue>(_ index: Int) throws(ContractError) -> [Value]
  /// A member of a oneof; nil when another or none is set.
  func choice<Value: FieldValue>(_ index: Int) throws(ContractError) -> Value?
}
