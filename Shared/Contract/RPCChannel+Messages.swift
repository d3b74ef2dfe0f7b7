import NIOCore
package import RPC

extension RPCChannel {
  /// Calls with a message and waits for the message that answers.
  package func call<Request: ContractMessage, Answer: ContractMessage>(
    _ service: String, _ method: String, _ request: Request, isIdempotent: Bool,
    _ options: CallOptions
  ) async throws -> Answer {
    let bytes = try await unary(
      service: service, method: method, request: encodedRequest(request),
      isIdempotent: isIdempotent, options: options)
    return try decodedAnswer(bytes, method)
  }

  /// Calls with a message and gives the messages that answer, as they come.
  package func stream<Request: ContractMessage, Answer: ContractMessage>(
    _ service: String, _ method: String, _ request: Request, _ options: CallOptions
  ) -> AsyncThrowingStream<Answer, any Error> {
    let encoded: ByteBuffer
    do { encoded = try encodedRequest(request) } catch {
      return AsyncThrowingStream { $0.finish(throwing: error) }
    }
    let answers = serverStreaming(
      service: service, method: method, request: encoded, options: options)
    return AsyncThrowingStream {
      // A stream has one place where it is read, whichever iterator reads it.
      var iterator = answers.makeAsyncIterator()
      guard let bytes = try await iterator.next() else { return nil }
      return try decodedAnswer(bytes, method) as Answer
    }
  }
}

private func encodedRequest(_ request: some ContractMessage) throws(RPCError) -> ByteBuffer {
  do { return try request.protobufBuffer() } catch { throw error.rpcError }
}

/// An answer that cannot be decoded is not the caller's fault.
private func decodedAnswer<Answer: ContractMessage>(_ bytes: ByteBuffer, _ method: String)
  throws(RPCError) -> Answer
{
  do { return try Answer(protobuf: bytes) } catch {
    throw RPCError(.internalError, "the answer to \(method) is malformed: \(error)")
  }
}
