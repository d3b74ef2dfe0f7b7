import NIOCore

/// What a server says about itself: grpc.health.v1.Health, Check.
public enum ServingStatus: Sendable, Hashable {
  case serving
  case notServing
}

extension RPCChannel {
  /// Asks a server whether it serves.
  ///
  /// - Parameter service: full name of a service; empty for the server as a whole.
  /// - Throws: `RPCError`; NOT_FOUND for a service that the server does not have.
  public func checkHealth(of service: String = "", options: CallOptions = CallOptions())
    async throws -> ServingStatus
  {
    var writer = WireWriter()
    if !service.isEmpty { writer.string(1, service) }
    let answer = try await unary(
      service: "grpc.health.v1.Health", method: "Check",
      request: ByteBuffer(bytes: writer.bytes), isIdempotent: true, options: options)
    let fields = WireReader.fields(Array(answer.readableBytesView))
    return fields.first { $0.number == 1 }?.value == 1 ? .serving : .notServing
  }
}
