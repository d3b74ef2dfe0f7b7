import CProtobufC

// How each kind of value lies in protoc-c's structures.

/// A number that C and Swift hold in the same form.
protocol PlainNumber: ScalarValue, BitwiseCopyable {
  static var zero: Self { get }
}

extension PlainNumber {
  public static var unset: Self { zero }
  public static var memoryBytes: Int { MemoryLayout<Self>.stride }

  public func store(in member: CMember, _ arena: Arena) {
    member.address.storeBytes(of: self, as: Self.self)
  }

  public init(stored member: CMember) {
    self = member.address.load(as: Self.self)
  }
}

extension Int32: PlainNumber {}
extension Int64: PlainNumber {}
extension UInt32: PlainNumber {}
extension UInt64: PlainNumber {}
extension Float: PlainNumber {}
extension Double: PlainNumber {}

/// `protobuf_c_boolean`, an int.
extension Bool: ScalarValue {
  public static var unset: Bool { false }
  public static var memoryBytes: Int { MemoryLayout<protobuf_c_boolean>.stride }

  public func store(in member: CMember, _ arena: Arena) {
    member.address.storeBytes(of: self ? 1 : 0, as: protobuf_c_boolean.self)
  }

  public init(stored member: CMember) {
    self = member.address.load(as: protobuf_c_boolean.self) != 0
  }
}

/// An int, which may be any number.
extension ContractEnum {
  public static var unset: Self { Self(rawValue: 0) }
  public static var memoryBytes: Int { MemoryLayout<Int32>.stride }

  public func store(in member: CMember, _ arena: Arena) {
    member.address.storeBytes(of: rawValue, as: Int32.self)
  }

  public init(stored member: CMember) {
    self.init(rawValue: member.address.load(as: Int32.self))
  }
}

/// A C string, which ends at its first NUL: no text with a NUL inside can pass.
extension String: ScalarValue {
  static let hasNUL = "has a NUL character in it"

  public static var unset: String { "" }
  public static var memoryBytes: Int { MemoryLayout<UnsafeMutablePointer<CChar>>.stride }

  public func store(in member: CMember, _ arena: Arena) {
    var text = self
    text.withUTF8 { bytes in
      if bytes.contains(0), arena.failure == nil { arena.failure = ContractError(Self.hasNUL) }
      let copy = arena.allocate(bytes.count + 1)
      if let start = bytes.baseAddress { copy.copyMemory(from: start, byteCount: bytes.count) }
      copy.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
      member.address.storeBytes(of: copy, as: UnsafeMutableRawPointer.self)
    }
  }

  public init(stored member: CMember) {
    self = member.address.load(as: UnsafePointer<CChar>?.self).map { String(cString: $0) } ?? ""
  }
}

/// `ProtobufCBinaryData`: a length and an address.
extension Array: FieldValue, ScalarValue where Element == UInt8 {
  public static var unset: [UInt8] { [] }
  public static var memoryBytes: Int { MemoryLayout<ProtobufCBinaryData>.stride }

  public func store(in member: CMember, _ arena: Arena) {
    var data = ProtobufCBinaryData(len: count, data: nil)
    if !isEmpty {
      let copy = arena.allocate(count)
      copy.copyMemory(from: self, byteCount: count)
      data.data = copy.assumingMemoryBound(to: UInt8.self)
    }
    member.address.storeBytes(of: data, as: ProtobufCBinaryData.self)
  }

  public init(stored member: CMember) {
    let data = member.address.load(as: ProtobufCBinaryData.self)
    self = Array(UnsafeBufferPointer(start: data.data, count: data.data == nil ? 0 : data.len))
  }
}

/// The address of another structure.
extension ContractMessage {
  public static var memoryBytes: Int { MemoryLayout<UnsafeMutableRawPointer>.stride }

  public func store(in member: CMember, _ arena: Arena) {
    let structure = UnsafeMutableRawPointer(CFieldWriter.structure(of: self, arena))
    member.address.storeBytes(of: structure, as: UnsafeMutableRawPointer.self)
  }

  public init(stored member: CMember) throws(ContractError) {
    let structure = member.address.load(as: UnsafeMutableRawPointer.self)
    try self.init(from: CFieldReader(structure, Self.layout))
  }
}
