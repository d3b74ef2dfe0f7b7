import CProtobufC

/// Fills a message's C structure.
struct CFieldWriter: FieldWriter {
  private let memory: UnsafeMutableRawPointer
  private let layout: MessageLayout
  private let arena: Arena

  /// The C structure of a message, filled; it lives as long as the arena.
  static func structure(of message: some ContractMessage, _ arena: Arena)
    -> UnsafeMutablePointer<ProtobufCMessage>
  {
    var writer = CFieldWriter(type(of: message).layout, arena)
    message.write(to: &writer)
    return writer.memory.assumingMemoryBound(to: ProtobufCMessage.self)
  }

  private init(_ layout: MessageLayout, _ arena: Arena) {
    self.layout = layout
    self.arena = arena
    memory = arena.allocate(layout.descriptor.pointee.sizeof_message)
    protobuf_c_message_init(layout.descriptor, memory)
  }

  func value<Value: ScalarValue>(_ index: Int, _ value: Value) {
    store(value, index)
  }

  func message<Message: ContractMessage>(_ index: Int, _ message: Message?) {
    if let message { store(message, index) }
  }

  func choice<Value: FieldValue>(_ index: Int, _ value: Value) {
    let field = layout.fields[index]
    memory.storeBytes(of: field.number, toByteOffset: field.quantifierOffset, as: UInt32.self)
    store(value, index)
  }

  func values<Value: FieldValue>(_ index: Int, _ values: [Value]) {
    guard !values.isEmpty else { return }
    let field = layout.fields[index]
    let array = arena.allocate(values.count * Value.memoryBytes)
    for (at, value) in values.enumerated() {
      let member = CMember(array + at * Value.memoryBytes)
      naming({ $0.at(at).within(layout.names[index]) }) { value.store(in: member, arena) }
    }
    memory.storeBytes(of: values.count, toByteOffset: field.quantifierOffset, as: Int.self)
    memory.storeBytes(of: array, toByteOffset: field.offset, as: UnsafeMutableRawPointer.self)
  }

  private func store(_ value: some FieldValue, _ index: Int) {
    let member = CMember(memory + layout.fields[index].offset)
    naming({ $0.within(layout.names[index]) }) { value.store(in: member, arena) }
  }

  /// A value knows what is wrong with it, its message knows where it is.
  private func naming(_ name: (ContractError) -> ContractError, _ store: () -> Void) {
    guard arena.failure == nil else { return }
    store()
    if let failure = arena.failure { arena.failure = name(failure) }
  }
}
