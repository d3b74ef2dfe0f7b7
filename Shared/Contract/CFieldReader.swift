/// Reads a message's C structure as libprotobuf-c filled it.
///
/// Everything it follows was checked by `WireCheck` before.
struct CFieldReader: FieldReader {
  private let memory: UnsafeMutableRawPointer
  private let layout: MessageLayout

  init(_ memory: UnsafeMutableRawPointer, _ layout: MessageLayout) {
    self.memory = memory
    self.layout = layout
  }

  func value<Value: ScalarValue>(_ index: Int) throws(ContractError) -> Value {
    try load(layout.fields[index])
  }

  func message<Message: ContractMessage>(_ index: Int) throws(ContractError) -> Message? {
    let field = layout.fields[index]
    let child = memory.load(fromByteOffset: field.offset, as: UnsafeMutableRawPointer?.self)
    return child == nil ? nil : try load(field)
  }

  func choice<Value: FieldValue>(_ index: Int) throws(ContractError) -> Value? {
    let field = layout.fields[index]
    let chosen = memory.load(fromByteOffset: field.quantifierOffset, as: UInt32.self)
    return chosen == field.number ? try load(field) : nil
  }

  func values<Value: FieldValue>(_ index: Int) throws(ContractError) -> [Value] {
    let field = layout.fields[index]
    let count = memory.load(fromByteOffset: field.quantifierOffset, as: Int.self)
    guard count > 0,
      let array = memory.load(
        fromByteOffset: field.offset, as: UnsafeMutableRawPointer?.self)
    else { return [] }
    var values: [Value] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      do {
        values.append(try Value(stored: CMember(array + index * Value.memoryBytes)))
      } catch { throw error.at(index).within(field.name) }
    }
    return values
  }

  private func load<Value: FieldValue>(_ field: MessageLayout.Field) throws(ContractError)
    -> Value
  {
    do { return try Value(stored: CMember(memory + field.offset)) } catch {
      throw error.within(field.name)
    }
  }
}
