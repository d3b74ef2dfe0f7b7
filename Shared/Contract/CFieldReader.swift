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
    try load(index)
  }

  func message<Message: ContractMessage>(_ index: Int) throws(ContractError) -> Message? {
    let field = layout.fields[index]
    let child = memory.load(fromByteOffset: field.offset, as: UnsafeMutableRawPointer?.self)
    return child == nil ? nil : try load(index)
  }

  func choice<Value: FieldValue>(_ index: Int) throws(ContractError) -> Value? {
    let field = layout.fields[index]
    let chosen = memory.load(fromByteOffset: field.quantifierOffset, as: UInt32.self)
    return chosen == field.number ? try load(index) : nil
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
    for at in 0..<count {
      do { values.append(try Value(stored: CMember(array + at * Value.memoryBytes))) } catch {
        throw error.at(at).within(layout.names[index])
      }
    }
    return values
  }

  private func load<Value: FieldValue>(_ index: Int) throws(ContractError) -> Value {
    let member = CMember(memory + layout.fields[index].offset)
    do { return try Value(stored: member) } catch { throw error.within(layout.names[index]) }
  }
}
