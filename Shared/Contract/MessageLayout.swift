import CProtobufC

/// What protoc-c's descriptor says about a message: where each field lies in its C structure.
///
/// `@unchecked Sendable`: the descriptor is a constant of the C code.
public final class MessageLayout: @unchecked Sendable {
  struct Field {
    /// As in the .proto file, such as `order_id`.
    let name: String
    /// As in JSON, such as `orderId`.
    let jsonName: String
    let number: UInt32
    let offset: Int
    /// Where a list has its length, and a oneof the number of the field that is set.
    let quantifierOffset: Int
    let isOneof: Bool
  }

  let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  let name: String
  let fields: [Field]

  /// - Parameter descriptor: the address of a generated `ProtobufCMessageDescriptor`.
  package init(_ descriptor: UnsafeRawPointer) {
    self.descriptor = descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    let message = self.descriptor.pointee
    name = String(cString: message.name)
    fields = (0..<Int(message.n_fields)).map { Field(message.fields[$0]) }
  }
}

extension MessageLayout.Field {
  init(_ descriptor: ProtobufCFieldDescriptor) {
    name = String(cString: descriptor.name)
    jsonName = Self.jsonName(name)
    number = descriptor.id
    offset = Int(descriptor.offset)
    quantifierOffset = Int(descriptor.quantifier_offset)
    isOneof = descriptor.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
  }

  /// Protobuf's rule: an underscore goes, and the letter after it becomes a capital.
  private static func jsonName(_ name: String) -> String {
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
