import CProtobufC

/// What protoc-c's descriptor says about a message: where each field lies in its C structure.
///
/// `@unchecked Sendable`: the descriptor is a constant of the C code.
public final class MessageLayout: @unchecked Sendable {
  /// Plain numbers, which cost nothing to copy.
  struct Field {
    let number: UInt32
    let offset: Int
    /// Where a list has its length, and a oneof the number of the field that is set.
    let quantifierOffset: Int
    let isOneof: Bool
  }

  let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  let name: String
  let fields: [Field]
  /// As in the .proto file, such as `order_id`.
  let names: [String]
  /// As in JSON, such as `orderId`.
  let jsonNames: [String]

  /// - Parameter descriptor: the address of a generated `ProtobufCMessageDescriptor`.
  package init(_ descriptor: UnsafeRawPointer) {
    self.descriptor = descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    let message = self.descriptor.pointee
    let all = UnsafeBufferPointer(start: message.fields, count: Int(message.n_fields))
    name = String(cString: message.name)
    fields = all.map { Field($0) }
    names = all.map { String(cString: $0.name) }
    jsonNames = names.map { Self.jsonName($0) }
  }

  /// Protobuf's rule: an underscore goes, and the letter after it becomes a capital.
  static func jsonName(_ name: String) -> String {
    var result = ""
    var isAfterUnderscore = false
    for character in name {
      if character == "_" {
        isAfterUnderscore = true
      } else {
        result += isAfterUnderscore ? character.uppercased() : String(character)
        isAfterUnderscore = false
      }
    }
    return result
  }
}

extension MessageLayout.Field {
  init(_ descriptor: ProtobufCFieldDescriptor) {
    number = descriptor.id
    offset = Int(descriptor.offset)
    quantifierOffset = Int(descriptor.quantifier_offset)
    isOneof = descriptor.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
  }
}
