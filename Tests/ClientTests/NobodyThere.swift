import NIOCore
import RPC

@testable import Client

/// The channel to a process that is down.
struct NobodyThere: RPCChannel {
  let service: ServiceName

  var error: RPCError {
    let path = "/nowhere/\(service.rawValue).sock"
    return RPCError(
      .unavailable, "nobody listens at \(path)",
      reason: ErrorReason(code: "NOT_LISTENING", metadata: ["socket": path]))
  }

  func unary(
    service: String, method: String, request: ByteBuffer, isIdempotent: Bool, options: CallOptions
  ) async throws -> ByteBuffer {
    throw error
  }

  func serverStreaming(
    service: String, method: String, request: ByteBuffer, options: CallOptions
  ) -> AsyncThrowingStream<ByteBuffer, any Error> {
    AsyncThrowingStream { $0.finish(throwing: error) }
  }
}
