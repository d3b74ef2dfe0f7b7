import CProtobufC

/// Walks over a message's bytes before libprotobuf-c does, by the same descriptors, and refuses what
/// it would take too lightly.
///
/// libprotobuf-c cuts a string at a NUL, follows nested messages as deep as they go, takes memory
/// for whatever comes, and forgets scalars when it merges a message that came twice. After this
/// walk every length fits, every varint ends, and the memory to come is bounded.
struct WireCheck {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var memoryBytes = 0

  static func check(_ bytes: UnsafeRawBufferPointer, _ layout: MessageLayout)
    throws(ContractError)
  {
    guard bytes.count <= ContractLimits.messageBytesMax else {
      throw ContractError(
        "\(bytes.count) bytes are above the limit of \(ContractLimits.messageBytesMax)")
    }
    var check = WireCheck(bytes: bytes)
    try check.message(layout.descriptor, end: bytes.count, depth: 1)
  }

  private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private mutating func message(
    _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, end: Int, depth: Int
  ) throws(ContractError) {
    guard depth <= ContractLimits.depthMax else {
      throw ContractError("messages are nested deeper than \(ContractLimits.depthMax)")
    }
    try take(memory: descriptor.pointee.sizeof_message)
    var seen: UInt64 = 0
    while position < end {
      let key = try varint(end)
      guard key >> 3 != 0, key <= UInt64(UInt32.max) else {
        throw ContractError("malformed at byte \(position): no such field number")
      }
      try take(memory: Self.occurrenceBytes)
      let number = UInt32(truncatingIfNeeded: key >> 3)
      guard let field = protobuf_c_message_descriptor_get_field(descriptor, number) else {
        try skip(wireType: key & 7, end)
        continue
      }
      do throws(ContractError) {
        if field.pointee.type == PROTOBUF_C_TYPE_MESSAGE,
          field.pointee.label != PROTOBUF_C_LABEL_REPEATED
        {
          let bit: UInt64 = 1 << UInt64(field - descriptor.pointee.fields)
          guard seen & bit == 0 else { throw ContractError("comes twice") }
          seen |= bit
        }
        try value(field.pointee, wireType: key & 7, end, depth)
      } catch { throw error.within(String(cString: field.pointee.name)) }
    }
  }

  /// What libprotobuf-c takes for each field that comes: its notes, and an unknown field's copy.
  private static let occurrenceBytes = 64

  private mutating func value(
    _ field: ProtobufCFieldDescriptor, wireType: UInt64, _ end: Int, _ depth: Int
  ) throws(ContractError) {
    let due = WireType.due(field.type)
    if wireType == WireType.lengthDelimited, due != WireType.lengthDelimited,
      field.label == PROTOBUF_C_LABEL_REPEATED
    {
      return try packed(due, end)
    }
    guard wireType == due else {
      throw ContractError("has wire type \(wireType) where \(due) is due")
    }
    guard due == WireType.lengthDelimited else { return try skip(wireType: due, end) }
    let length = try length(end)
    let stop = position + length
    if field.type == PROTOBUF_C_TYPE_MESSAGE {
      let descriptor = field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
      return try message(descriptor, end: stop, depth: depth + 1)
    }
    try take(memory: length)
    if field.type == PROTOBUF_C_TYPE_STRING { try text(position..<stop) }
    position = stop
  }

  private func text(_ range: Range<Int>) throws(ContractError) {
    let text = UnsafeRawBufferPointer(rebasing: bytes[range])
    if text.allSatisfy({ $0 &- 1 < 0x7F }) { return }
    guard !text.contains(0) else { throw ContractError(String.hasNUL) }
    guard String(validating: text, as: UTF8.self) != nil else {
      throw ContractError("is not UTF-8")
    }
  }

  /// A list of numbers in one piece.
  private mutating func packed(_ wireType: UInt64, _ end: Int) throws(ContractError) {
    let length = try length(end)
    let stop = position + length
    // One byte may become eight in memory.
    try take(memory: 8 * length)
    while position < stop { try skip(wireType: wireType, stop) }
  }

  private mutating func skip(wireType: UInt64, _ end: Int) throws(ContractError) {
    switch wireType {
    case WireType.varint: _ = try varint(end)
    case WireType.fixed64: try advance(8, end)
    case WireType.lengthDelimited:
      let length = try length(end)
      try take(memory: length)
      position += length
    case WireType.fixed32: try advance(4, end)
    default:
      throw ContractError("malformed at byte \(position): there is no wire type \(wireType)")
    }
  }

  private mutating func advance(_ count: Int, _ end: Int) throws(ContractError) {
    guard end - position >= count else { throw cutShort }
    position += count
  }

  private mutating func length(_ end: Int) throws(ContractError) -> Int {
    let length = try varint(end)
    guard length <= UInt64(end - position) else { throw cutShort }
    return Int(length)
  }

  private mutating func varint(_ end: Int) throws(ContractError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { throw cutShort }
      let byte = bytes[position]
      position += 1
      // Of the tenth byte one bit is left.
      guard shift < 63 || byte < 2 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw ContractError("malformed at byte \(position): a varint of more than 64 bits")
  }

  private var cutShort: ContractError { ContractError("malformed: cut short at byte \(position)") }

  private mutating func take(memory bytes: Int) throws(ContractError) {
    memoryBytes += bytes
    guard memoryBytes <= ContractLimits.memoryBytesMax else {
      throw ContractError(
        "needs more than \(ContractLimits.memoryBytesMax) bytes of memory")
    }
  }
}

/// The kinds of fields on the wire. Source: https://protobuf.dev/programming-guides/encoding/.
private enum WireType {
  static let varint: UInt64 = 0
  static let fixed64: UInt64 = 1
  static let lengthDelimited: UInt64 = 2
  static let fixed32: UInt64 = 5

  /// How one value of a type travels.
  static func due(_ type: ProtobufCType) -> UInt64 {
    switch type {
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: lengthDelimited
    case PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_DOUBLE: fixed64
    case PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FLOAT: fixed32
    default: varint
    }
  }
}
