/// A declaration of a .proto file, encoded as the descriptor messages of protobuf.
///
/// Source: https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto
struct Declaration {
  enum Stream { case requests, answers }

  /// The numbers of google.protobuf.FieldDescriptorProto.Type.
  private enum FieldType: UInt64 {
    case int32 = 5
    case string = 9
    case message = 11
    case bytes = 12
    case enumeration = 14
  }

  let encoded: [UInt8]

  private init(_ name: String, _ body: (inout WireWriter) -> Void = { _ in }) {
    var writer = WireWriter()
    writer.string(1, name)
    body(&writer)
    encoded = writer.bytes
  }

  /// A file of proto3 with one service.
  static func file(
    _ name: String, _ package: String, messages: [Declaration], service: Declaration
  ) -> [UInt8] {
    Declaration(name) { writer in
      writer.string(2, package)
      for message in messages { writer.bytes(4, message.encoded) }
      writer.bytes(6, service.encoded)
      writer.string(12, "proto3")
    }.encoded
  }

  static func message(
    _ name: String, _ fields: [Declaration], enumeration: Declaration? = nil, oneof: String? = nil
  ) -> Declaration {
    Declaration(name) { writer in
      for field in fields { writer.bytes(2, field.encoded) }
      if let enumeration { writer.bytes(4, enumeration.encoded) }
      if let oneof { writer.bytes(8, Declaration(oneof).encoded) }
    }
  }

  /// Values are numbered from 0.
  static func enumeration(_ name: String, _ values: [String]) -> Declaration {
    Declaration(name) { writer in
      for (number, value) in values.enumerated() {
        writer.bytes(2, Declaration(value) { $0.varint(2, UInt64(number)) }.encoded)
      }
    }
  }

  static func service(_ name: String, _ methods: [Declaration]) -> Declaration {
    Declaration(name) { writer in
      for method in methods { writer.bytes(2, method.encoded) }
    }
  }

  static func method(
    _ name: String, _ package: String, _ request: String, _ answer: String,
    streams: Set<Stream> = []
  ) -> Declaration {
    Declaration(name) { writer in
      writer.string(2, ".\(package).\(request)")
      writer.string(3, ".\(package).\(answer)")
      if streams.contains(.requests) { writer.varint(5, 1) }
      if streams.contains(.answers) { writer.varint(6, 1) }
    }
  }

  // MARK: Fields; `isChoice` are those of the message's one oneof.

  static func text(_ name: String, _ number: UInt64, isChoice: Bool = false) -> Declaration {
    field(name, number, .string, isChoice: isChoice)
  }

  static func number(_ name: String, _ number: UInt64, isRepeated: Bool = false) -> Declaration {
    field(name, number, .int32, isRepeated: isRepeated)
  }

  static func bytes(_ name: String, _ number: UInt64, isRepeated: Bool = false) -> Declaration {
    field(name, number, .bytes, isRepeated: isRepeated)
  }

  static func enumeration(_ name: String, _ number: UInt64, _ type: String) -> Declaration {
    field(name, number, .enumeration, type)
  }

  static func message(
    _ name: String, _ number: UInt64, _ type: String, isRepeated: Bool = false,
    isChoice: Bool = false
  ) -> Declaration {
    field(name, number, .message, type, isRepeated: isRepeated, isChoice: isChoice)
  }

  private static func field(
    _ name: String, _ number: UInt64, _ type: FieldType, _ typeName: String? = nil,
    isRepeated: Bool = false, isChoice: Bool = false
  ) -> Declaration {
    Declaration(name) { writer in
      writer.varint(3, number)
      writer.varint(4, isRepeated ? 3 : 1)
      writer.varint(5, type.rawValue)
      if let typeName { writer.string(6, typeName) }
      if isChoice { writer.varint(9, 0) }
    }
  }
}
