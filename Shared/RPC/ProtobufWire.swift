/// Writes the few standard messages of gRPC itself (status details, health).
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ field: Int, _ value: UInt64) {
    raw(UInt64(field << 3))
    raw(value)
  }

  mutating func bytes(_ field: Int, _ value: [UInt8]) {
    raw(UInt64(field << 3 | 2))
    raw(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func string(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

  private mutating func raw(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// Reads the few standard messages of gRPC itself. Stops at the first byte that makes no sense.
enum WireReader {
  struct Field {
    var number: Int
    var value: UInt64 = 0
    var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  static func fields(_ bytes: [UInt8]) -> [Field] {
    var rest = bytes[...]
    var fields: [Field] = []
    while let key = varint(&rest) {
      let number = Int(truncatingIfNeeded: key >> 3)
      switch key & 7 {
      case 0:
        guard let value = varint(&rest) else { return fields }
        fields.append(Field(number: number, value: value))
      case 2:
        guard let length = varint(&rest), length <= UInt64(rest.count) else { return fields }
        fields.append(Field(number: number, bytes: Array(rest.prefix(Int(length)))))
        rest = rest.dropFirst(Int(length))
      case 1 where rest.count >= 8: rest = rest.dropFirst(8)
      case 5 where rest.count >= 4: rest = rest.dropFirst(4)
      default: return fields
      }
    }
    return fields
  }

  /// The string fields by number.
  static func texts(_ bytes: [UInt8]) -> [Int: String] {
    Dictionary(fields(bytes).map { ($0.number, $0.text) }) { $1 }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
