extension JSONValue {
  /// The value as JSON text: without blanks, or with a line for each member.
  func text(pretty: Bool) -> String {
    var text = ""
    write(to: &text, pretty ? "\n" : "")
    return text
  }

  /// - Parameter lineBreak: what begins a line at this depth; empty for no lines at all.
  private func write(to text: inout String, _ lineBreak: String) {
    switch self {
    case .object(let members):
      Self.write(members, "{", "}", to: &text, lineBreak) { member, text, lineBreak in
        Self.write(member.name, to: &text)
        text += lineBreak.isEmpty ? ":" : ": "
        member.value.write(to: &text, lineBreak)
      }
    case .array(let values):
      Self.write(values, "[", "]", to: &text, lineBreak) { value, text, lineBreak in
        value.write(to: &text, lineBreak)
      }
    case .string(let string): Self.write(string, to: &text)
    case .number(let number): text += number
    case .bool(let value): text += value ? "true" : "false"
    case .null: text += "null"
    }
  }

  private static func write<Item>(
    _ items: [Item], _ opening: String, _ closing: String, to text: inout String,
    _ lineBreak: String, _ body: (Item, inout String, String) -> Void
  ) {
    text += opening
    let deeper = lineBreak.isEmpty ? "" : lineBreak + "  "
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      text += deeper
      body(item, &text, deeper)
    }
    if !items.isEmpty { text += lineBreak }
    text += closing
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
