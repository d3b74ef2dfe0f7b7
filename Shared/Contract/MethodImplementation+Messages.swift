package import RPC

extension MethodImplementation {
  /// A method over messages; a request that cannot be decoded is INVALID_ARGUMENT.
  package static func answering<Request: ContractMessage, Answer: ContractMessage>(
    _ body: @escaping @Sendable (Request, CallContext) async throws -> Answer
  ) -> MethodImplementation {
    .unary { bytes, context in
      try encodedAnswer(try await body(Request(protobuf: bytes), context))
    }
  }

  package static func streaming<Request: ContractMessage, Answer: ContractMessage>(
    _ body:
      @escaping @Sendable (Request, CallContext, ResponseStream<Answer>) async throws -> Void
  ) -> MethodImplementation {
    .serverStreaming { bytes, context, writer in
      try await body(Request(protobuf: bytes), context, ResponseStream(writer))
    }
  }
}

extension Error where Self == RPCError {
  package static func unimplemented(_ service: String, _ method: String) -> RPCError {
    RPCError(.unimplemented, "\(service) does not implement \(method)")
  }
}
