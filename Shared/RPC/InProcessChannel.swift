public import Logging
public import NIOCore

/// Calls services inside the process: the same deadlines and the same mapping of errors as over a
/// socket, without the socket. There is no peer.
public struct InProcessChannel: RPCChannel {
  private let services: [String: RPCService]
  private let logger: Logger

  public init(services: [RPCService], logger: Logger = Logger(label: "in-process")) {
    self.services = services.byName
    self.logger = logger
  }

  public func unary(
    service: String, method: String, request: ByteBuffer, isIdempotent: Bool, options: CallOptions
  ) async throws -> ByteBuffer {
    let context = context(service, method, options)
    guard case .unary(let body)? = services[service]?.methods[method] else {
      throw MethodRun.unimplemented(service: service, method: method, known: services)
    }
    return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
      group.addTask {
        do { return try await body(request, context) } catch {
          throw MethodRun.status(error, context)
        }
      }
      group.addTask {
        do { try await Task.sleep(until: context.deadline) } catch {
          throw RPCError(.cancelled, "the call was cancelled")
        }
        throw MethodRun.deadlineExceeded(context)
      }
      defer { group.cancelAll() }
      guard let answer = try await group.next() else { preconditionFailure("a group of two") }
      return answer
    }
  }

  public func serverStreaming(
    service: String, method: String, request: ByteBuffer, options: CallOptions
  ) -> AsyncThrowingStream<ByteBuffer, any Error> {
    let context = context(service, method, options)
    let implementation = services[service]?.methods[method]
    let known = services
    return AsyncThrowingStream { continuation in
      guard case .serverStreaming(let body)? = implementation else {
        continuation.finish(
          throwing: MethodRun.unimplemented(service: service, method: method, known: known))
        return
      }
      let task = Task {
        do {
          try await body(request, context, ResponseWriter { continuation.yield($0) })
          continuation.finish()
        } catch {
          continuation.finish(throwing: MethodRun.status(error, context))
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func context(_ service: String, _ method: String, _ options: CallOptions) -> CallContext {
    let requestID = options.metadata[MetadataName.requestID] ?? MethodRun.newRequestID()
    var logger = logger
    logger[metadataKey: "request"] = .string(requestID)
    return CallContext(
      service: service, method: method, metadata: options.metadata, peer: nil,
      requestID: requestID, deadline: .now + (options.timeout ?? RPCDefaults.timeout),
      logger: logger)
  }
}

/// Times that hold where a caller says nothing.
enum RPCDefaults {
  static let timeout = Duration.seconds(30)
  /// A stream may be watched for long; its caller ends it.
  static let streamTimeout = Duration.seconds(24 * 3600)
}
