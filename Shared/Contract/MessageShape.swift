import CProtobufC

/// What a message looks like in JSON, for descriptions of an interface.
public struct MessageShape: Sendable, Hashable {
  public struct Field: Sendable, Hashable {
    /// As in JSON, such as `orderId`.
    public let name: String
    public let kind: Kind
    public let isList: Bool
  }

  public indirect enum Kind: Sendable, Hashable {
    case text
    case bool
    /// In base 64.
    case bytes
    case int32
    /// A number of up to 64 bits, written as text.
    case int64
    /// RFC 3339.
    case time
    /// The names of an enum's values.
    case choice(name: String, values: [String])
    case message(MessageShape)
  }

  /// Without its package, such as `Order`.
  public let name: String
  public let fields: [Field]
}

extension ContractMessage {
  /// The message's shape, with those of the messages in it. The contract has no message that is part
  /// of itself.
  public static var shape: MessageShape { MessageShape(layout.descriptor) }
}

extension MessageShape {
  private static let time = "google.protobuf.Timestamp"

  fileprivate init(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
    let message = descriptor.pointee
    name = Self.lastPart(message.name)
    let all = UnsafeBufferPointer(start: message.fields, count: Int(message.n_fields))
    fields = all.map { field in
      Field(
        name: MessageLayout.jsonName(String(cString: field.name)), kind: Self.kind(field),
        isList: field.label == PROTOBUF_C_LABEL_REPEATED)
    }
  }

  private static func kind(_ field: ProtobufCFieldDescriptor) -> Kind {
    switch field.type {
    case PROTOBUF_C_TYPE_STRING: .text
    case PROTOBUF_C_TYPE_BYTES: .bytes
    case PROTOBUF_C_TYPE_BOOL: .bool
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64,
      PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
      .int64
    case PROTOBUF_C_TYPE_ENUM: choice(field.descriptor)
    case PROTOBUF_C_TYPE_MESSAGE: message(field.descriptor)
    default: .int32
    }
  }

  private static func choice(_ address: UnsafeRawPointer) -> Kind {
    let choice = address.assumingMemoryBound(to: ProtobufCEnumDescriptor.self).pointee
    let values = UnsafeBufferPointer(start: choice.values, count: Int(choice.n_values))
    return .choice(name: lastPart(choice.name), values: values.map { String(cString: $0.name) })
  }

  private static func message(_ address: UnsafeRawPointer) -> Kind {
    let descriptor = address.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    return String(cString: descriptor.pointee.name) == time
      ? .time : .message(MessageShape(descriptor))
  }

  private static func lastPart(_ name: UnsafePointer<CChar>) -> String {
    String(cString: name).split(separator: ".").last.map(String.init) ?? ""
  }
}
