import NIOCore

/// The five bytes before each message:
///
///     0        1                      5
///     +--------+----------------------+=============
///     | packed | length, big-endian   | message ...
///     +--------+----------------------+=============
///
/// `packed` is 0: this layer sends and takes no compressed messages.
/// Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
/// and compression.md next to it.
enum GRPCFraming {
  static let prefixBytes = 5
  /// One message's size, of requests and answers alike.
  static let messageBytesMax = 4 * 1024 * 1024

  /// - Throws: RESOURCE_EXHAUSTED for a message above the limit; `role` is "request" or "answer".
  static func checkSize(_ message: ByteBuffer, _ role: String) throws(RPCError) {
    guard message.readableBytes > messageBytesMax else { return }
    throw RPCError(
      .resourceExhausted,
      "the \(role) of \(message.readableBytes) bytes is above the limit of \(messageBytesMax)")
  }

  static func framed(_ message: ByteBuffer) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(prefixBytes + message.readableBytes)
    write(message, to: &buffer)
    return buffer
  }

  static func write(_ message: ByteBuffer, to buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt8(0))
    buffer.writeInteger(UInt32(message.readableBytes))
    buffer.writeImmutableBuffer(message)
  }

  /// - Parameter target: at least `prefixBytes` long.
  static func writePrefix(of message: ByteBuffer, to target: UnsafeMutableRawBufferPointer) {
    target[0] = 0
    target.storeBytes(
      of: UInt32(message.readableBytes).bigEndian, toByteOffset: 1, as: UInt32.self)
  }
}

/// How the messages of a stream are compressed, as its header block says.
enum GRPCEncoding {
  static let name = "grpc-encoding"
  /// Says what this end takes.
  static let accepted = HeaderField(name: "grpc-accept-encoding", value: "identity")

  /// Nil for the encoding that changes nothing.
  static func known(_ text: String) -> String? { text == "identity" ? nil : text }

  /// The status for a compressed message: nobody may send one without saying how, and what is said
  /// is not taken here.
  static func refusal(_ encoding: String?, isRequest: Bool) -> RPCError {
    guard let encoding else {
      return RPCError(
        .internalError, "a message is marked as compressed, and no \(name) says how")
    }
    return RPCError(
      isRequest ? .unimplemented : .internalError,
      "a message is compressed with \(encoding); the one encoding that is taken is identity")
  }
}

/// Puts messages together from the bytes of a stream.
struct MessageAssembler {
  private var bytes = ByteBuffer()
  /// How its messages may be compressed; nil for not at all.
  var encoding: String?
  let isRequest: Bool

  init(isRequest: Bool, encoding: String? = nil) {
    self.isRequest = isRequest
    self.encoding = encoding
  }

  /// Bytes that wait for the rest of their message.
  var waitingBytes: Int { bytes.readableBytes }

  mutating func append(_ more: UnsafeRawBufferPointer) { bytes.writeBytes(more) }

  /// The message that `bytes` are, when they are one and nothing else, and nothing waits: what
  /// almost always comes, put together without a detour. Nil when it has to be appended.
  func whole(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer? {
    guard self.bytes.readableBytes == 0, bytes.count >= GRPCFraming.prefixBytes, bytes[0] == 0
    else { return nil }
    let length = UInt32(
      bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    guard length <= GRPCFraming.messageBytesMax,
      bytes.count == GRPCFraming.prefixBytes + Int(length)
    else { return nil }
    return ByteBuffer(
      bytes: UnsafeRawBufferPointer(rebasing: bytes[GRPCFraming.prefixBytes...]))
  }

  /// The next whole message; nil when more bytes are needed.
  ///
  /// - Throws: RESOURCE_EXHAUSTED for a message above the limit; for a compressed one UNIMPLEMENTED
  ///   or, in an answer or without an encoding, INTERNAL.
  mutating func next() throws(RPCError) -> ByteBuffer? {
    guard
      let packed = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self),
      let length = bytes.getInteger(at: bytes.readerIndex + 1, as: UInt32.self)
    else { return nil }
    guard packed == 0 else { throw GRPCEncoding.refusal(encoding, isRequest: isRequest) }
    guard length <= GRPCFraming.messageBytesMax else {
      throw RPCError(
        .resourceExhausted,
        "a message of \(length) bytes is above the limit of \(GRPCFraming.messageBytesMax)")
    }
    let whole = GRPCFraming.prefixBytes + Int(length)
    guard bytes.readableBytes >= whole else { return nil }
    bytes.moveReaderIndex(forwardBy: GRPCFraming.prefixBytes)
    let message = bytes.readSlice(length: Int(length))
    // The message shares its memory with what follows it; the next append copies only the latter.
    bytes = bytes.readableBytes == 0 ? ByteBuffer() : bytes.slice()
    return message
  }
}
