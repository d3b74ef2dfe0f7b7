import CProtobufC
package import NIOCore

extension ContractMessage {
  /// Decodes a message.
  ///
  /// - Throws: `ContractError` naming the message, and the field where one is at fault.
  public init(protobuf bytes: [UInt8]) throws(ContractError) {
    self = try bytes.withUnsafeBytes(Self.decode).get()
  }

  package init(protobuf buffer: ByteBuffer) throws(ContractError) {
    self = try buffer.withUnsafeReadableBytes(Self.decode).get()
  }

  /// Encodes the message.
  ///
  /// - Throws: `ContractError` naming a text that has a NUL in it, which C strings cannot carry.
  public func protobuf() throws(ContractError) -> [UInt8] {
    let arena = Arena()
    let structure = try structure(arena)
    let count = protobuf_c_message_get_packed_size(structure)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      if let start = buffer.baseAddress { written = protobuf_c_message_pack(structure, start) }
    }
  }

  package func protobufBuffer() throws(ContractError) -> ByteBuffer {
    let arena = Arena()
    let structure = try structure(arena)
    let count = protobuf_c_message_get_packed_size(structure)
    var buffer = ByteBufferAllocator().buffer(capacity: count)
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
      guard count > 0, let start = memory.baseAddress else { return 0 }
      return protobuf_c_message_pack(structure, start.assumingMemoryBound(to: UInt8.self))
    }
    return buffer
  }

  private func structure(_ arena: Arena) throws(ContractError)
    -> UnsafeMutablePointer<ProtobufCMessage>
  {
    let structure = CFieldWriter.structure(of: self, arena)
    if let failure = arena.failure { throw failure.of(Self.messageName) }
    return structure
  }

  private static func decode(_ bytes: UnsafeRawBufferPointer) -> Result<Self, ContractError> {
    do throws(ContractError) {
      try WireCheck.check(bytes, layout)
      let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      guard
        let structure = protobuf_c_message_unpack(layout.descriptor, nil, bytes.count, start)
      else { throw ContractError("malformed") }
      defer { protobuf_c_message_free_unpacked(structure, nil) }
      return .success(try Self(from: CFieldReader(structure, layout)))
    } catch { return .failure(error.of(messageName)) }
  }
}
