public import NIOCore

/// One method of a service: bytes in, bytes out.
public enum MethodImplementation: Sendable {
  case unary(@Sendable (ByteBuffer, CallContext) async throws -> ByteBuffer)
  case serverStreaming(@Sendable (ByteBuffer, CallContext, ResponseWriter) async throws -> Void)
  /// Begins before the first request has come. Reachable over a socket only: no client of ours
  /// calls it; reflection needs it.
  case bidirectional(@Sendable (RequestReader, CallContext, ResponseWriter) async throws -> Void)
}

/// Reads the messages of a streamed request.
public struct RequestReader: Sendable {
  private let read: @Sendable () async throws -> ByteBuffer?

  public init(_ read: @escaping @Sendable () async throws -> ByteBuffer?) {
    self.read = read
  }

  /// The next message; nil after the last, and when the server drains. Called by one task at a
  /// time.
  ///
  /// - Throws: `RPCError` CANCELLED when the caller is gone.
  public func next() async throws -> ByteBuffer? {
    try await read()
  }
}

/// Writes the messages of a streamed answer. `write` returns when there is room for the next one,
/// so that a slow reader slows the writer down instead of filling memory.
public struct ResponseWriter: Sendable {
  private let sayBegun: @Sendable () -> Void
  private let send: @Sendable (ByteBuffer) async throws -> Void

  /// - Parameter sayBegun: sends the headers of the answer, unless they were sent already.
  public init(
    sayBegun: @escaping @Sendable () -> Void = {},
    _ send: @escaping @Sendable (ByteBuffer) async throws -> Void
  ) {
    self.sayBegun = sayBegun
    self.send = send
  }

  /// Tells the caller that the answer begins, where the first message may be long in coming. With a
  /// message it is told anyway.
  public func begin() { sayBegun() }

  /// - Throws: `RPCError` CANCELLED when the caller is gone.
  public func write(_ message: ByteBuffer) async throws {
    try await send(message)
  }
}

/// A service by its full name and its methods by their names.
public struct RPCService: Sendable {
  public let name: String
  public let methods: [String: MethodImplementation]

  public init(name: String, methods: [String: MethodImplementation]) {
    self.name = name
    self.methods = methods
  }
}

/// A way to call services: over a socket, or inside the process.
public protocol RPCChannel: Sendable {
  /// Calls and waits for the one answer.
  ///
  /// - Parameter isIdempotent: the call may be repeated when the connection is lost before the
  ///   answer; others are repeated only when they certainly never reached a method.
  /// - Throws: `RPCError`, always.
  func unary(
    service: String, method: String, request: ByteBuffer, isIdempotent: Bool, options: CallOptions
  ) async throws -> ByteBuffer

  /// Calls and gives the answers as they come; ends with `RPCError` when the call does not end OK.
  /// Dropping the stream cancels the call.
  func serverStreaming(
    service: String, method: String, request: ByteBuffer, options: CallOptions
  ) -> AsyncThrowingStream<ByteBuffer, any Error>
}
