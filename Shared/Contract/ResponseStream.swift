import NIOCore
import RPC

/// Writes the messages of a streamed answer. `write` returns when there is room for the next one.
public struct ResponseStream<Message: ContractMessage>: Sendable {
  private let writer: ResponseWriter

  init(_ writer: ResponseWriter) {
    self.writer = writer
  }

  /// Tells the caller that the answer begins, before its first message.
  public func begin() { writer.begin() }

  /// - Throws: `RPCError` CANCELLED when the caller is gone.
  public func write(_ message: Message) async throws {
    try await writer.write(encodedAnswer(message))
  }
}

/// An answer that cannot be encoded is the service's fault: INTERNAL, and the log says why.
struct UnencodableAnswer: Error {
  let cause: ContractError
}

func encodedAnswer(_ message: some ContractMessage) throws(UnencodableAnswer) -> ByteBuffer {
  do { return try message.protobufBuffer() } catch { throw UnencodableAnswer(cause: error) }
}
