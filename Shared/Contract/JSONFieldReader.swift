/// Gives a message's fields from the members of a JSON object.
struct JSONFieldReader: FieldReader {
  /// By the field's place in the layout.
  private var members: [JSONValue.Member?]

  /// Finds each member's field, under its JSON name or its name in the .proto file.
  init(_ object: [JSONValue.Member], _ layout: MessageLayout) throws(ContractError) {
    members = Array(repeating: nil, count: layout.fields.count)
    var chosen: [Int: String] = [:]
    for member in object {
      guard
        let index = layout.jsonNames.firstIndex(of: member.name)
          ?? layout.names.firstIndex(of: member.name)
      else { throw Self.unknown(member.name, layout).within(member.name) }
      guard members[index] == nil else { throw ContractError("comes twice").within(member.name) }
      members[index] = member
      let field = layout.fields[index]
      guard field.isOneof, member.value != .null else { continue }
      if let other = chosen.updateValue(member.name, forKey: field.quantifierOffset) {
        throw ContractError("excludes \(other); only one of them may be set").within(member.name)
      }
    }
  }

  private static func unknown(_ name: String, _ layout: MessageLayout) -> ContractError {
    let names = layout.jsonNames.joined(separator: ", ")
    return ContractError(
      "\(layout.name) has no such field; it has \(names.isEmpty ? "none" : names)")
  }

  func value<Value: ScalarValue>(_ index: Int) throws(ContractError) -> Value {
    try read(index) ?? Value.unset
  }

  func message<Message: ContractMessage>(_ index: Int) throws(ContractError) -> Message? {
    try read(index)
  }

  func choice<Value: FieldValue>(_ index: Int) throws(ContractError) -> Value? {
    try read(index)
  }

  func values<Value: FieldValue>(_ index: Int) throws(ContractError) -> [Value] {
    guard let member = members[index], member.value != .null else { return [] }
    guard case .array(let elements) = member.value else {
      throw ContractError("is \(member.value.kind) where an array is due").within(member.name)
    }
    var values: [Value] = []
    for (index, element) in elements.enumerated() {
      do { values.append(try Value(jsonValue: element)) } catch {
        throw error.at(index).within(member.name)
      }
    }
    return values
  }

  /// Nil for a member that is absent or null.
  private func read<Value: FieldValue>(_ index: Int) throws(ContractError) -> Value? {
    guard let member = members[index], member.value != .null else { return nil }
    do { return try Value(jsonValue: member.value) } catch { throw error.within(member.name) }
  }
}
