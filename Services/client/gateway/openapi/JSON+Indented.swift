public import Outside

extension JSON {
  /// The value as JSON text with a line for each member, for files that people compare.
  public var indented: String {
    var text = ""
    write(into: &text, "\n")
    return text + "\n"
  }

  private func write(into text: inout String, _ lineBreak: String) {
    let deeper = lineBreak + "  "
    switch self {
    case .object(let members) where !members.isEmpty:
      text += "{"
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        text += (index > 0 ? "," : "") + deeper + JSON.string(member.key).serialized + ": "
        member.value.write(into: &text, deeper)
      }
      text += lineBreak + "}"
    case .array(let values) where !values.isEmpty:
      text += "["
      for (index, value) in values.enumerated() {
        text += (index > 0 ? "," : "") + deeper
        value.write(into: &text, deeper)
      }
      text += lineBreak + "]"
    default: text += serialized
    }
  }
}
