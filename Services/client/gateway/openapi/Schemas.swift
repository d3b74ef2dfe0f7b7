import Contract
import Outside

/// The schemas of messages that routes take and give, by name.
struct Schemas {
  private(set) var all: [String: JSON] = [:]

  /// A reference to a message's schema, which is added with those in it.
  mutating func reference(_ shape: MessageShape) -> JSON {
    if all[shape.name] == nil {
      all[shape.name] = ["type": "object"]
      all[shape.name] = object(shape, without: [])
    }
    return ["$ref": .string("#/components/schemas/\(shape.name)")]
  }

  /// A message's schema without some fields, which are in the path.
  mutating func object(_ shape: MessageShape, without left: Set<String>) -> JSON {
    var properties: [String: JSON] = [:]
    for field in shape.fields where !left.contains(field.name) {
      let one = schema(field.kind)
      properties[field.name] = field.isList ? ["type": "array", "items": one] : one
    }
    return ["type": "object", "properties": .object(properties)]
  }

  private mutating func schema(_ kind: MessageShape.Kind) -> JSON {
    switch kind {
    case .text: ["type": "string"]
    case .bool: ["type": "boolean"]
    case .bytes: ["type": "string", "contentEncoding": "base64"]
    case .int32: ["type": "integer", "format": "int32"]
    case .int64: ["type": ["string", "integer"], "format": "int64", "pattern": "^-?[0-9]+$"]
    case .time: ["type": "string", "format": "date-time"]
    case .choice(let name, let values): choice(name, values)
    case .message(let shape): reference(shape)
    }
  }

  private mutating func choice(_ name: String, _ values: [String]) -> JSON {
    all[name] = ["type": "string", "enum": .array(values.map { .string($0) })]
    return ["$ref": .string("#/components/schemas/\(name)")]
  }
}
