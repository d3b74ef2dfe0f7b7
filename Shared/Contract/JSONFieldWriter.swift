/// Collects a message's fields as the members of a JSON object.
struct JSONFieldWriter: FieldWriter {
  /// How deep a template shows messages that are absent.
  private static let templateDepthMax = 4

  private let layout: MessageLayout
  private let style: JSONStyle
  private(set) var members: [JSONValue.Member] = []

  init(_ layout: MessageLayout, _ style: JSONStyle) {
    self.layout = layout
    self.style = style
  }

  mutating func value<Value: ScalarValue>(_ index: Int, _ value: Value) {
    if style.showsUnset || value != Value.unset { add(index, value.jsonValue(style)) }
  }

  mutating func message<Message: ContractMessage>(_ index: Int, _ message: Message?) {
    if let message {
      add(index, message.jsonValue(style.deeper))
    } else if style.showsUnset {
      let isTooDeep = style.depth >= Self.templateDepthMax
      let empty = isTooDeep ? nil : Message.empty
      add(index, empty?.jsonValue(style.deeper) ?? .null)
    }
  }

  mutating func values<Value: FieldValue>(_ index: Int, _ values: [Value]) {
    if style.showsUnset || !values.isEmpty {
      add(index, .array(values.map { $0.jsonValue(style.deeper) }))
    }
  }

  mutating func choice<Value: FieldValue>(_ index: Int, _ value: Value) {
    add(index, value.jsonValue(style.deeper))
  }

  private mutating func add(_ index: Int, _ value: JSONValue) {
    members.append(JSONValue.Member(name: layout.jsonNames[index], value: value))
  }
}
