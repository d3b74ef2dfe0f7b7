public import Logging
public import NIOCore
import Synchronization

/// Calls services inside the process: the same deadlines, limits and mapping of errors as over a
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
    try options.metadata.check()
    try GRPCFraming.checkSize(request, "request")
    guard case .unary(let body)? = services[service]?.methods[method] else {
      throw MethodRun.unimplemented("/\(service)/\(method)", known: services)
    }
    let context = context(service, method, options, otherwise: RPCDefaults.timeout)
    let call = InProcessCall(context) { queue in
      let answer = try await body(request, context)
      try GRPCFraming.checkSize(answer, "answer")
      queue.add(answer)
    }
    guard let answer = try await call.next() else {
      throw RPCError(.internalError, "\(method) answered OK without a message")
    }
    return answer
  }

  public func serverStreaming(
    service: String, method: String, request: ByteBuffer, options: CallOptions
  ) -> AsyncThrowingStream<ByteBuffer, any Error> {
    let call: InProcessCall
    do {
      try options.metadata.check()
      try GRPCFraming.checkSize(request, "request")
      guard case .serverStreaming(let body)? = services[service]?.methods[method] else {
        throw MethodRun.unimplemented("/\(service)/\(method)", known: services)
      }
      let context = context(service, method, options, otherwise: RPCDefaults.streamTimeout)
      let beginning = Beginning(options.onBegin)
      call = InProcessCall(context) { queue in
        let writer = ResponseWriter(sayBegun: { beginning.tell() }) { message in
          if Task.isCancelled { throw RPCError(.cancelled, "the caller is gone") }
          try GRPCFraming.checkSize(message, "answer")
          beginning.tell()
          queue.add(message)
          await queue.waitUntilRead()
        }
        try await body(request, context, writer)
      }
    } catch {
      return AsyncThrowingStream { throw error }
    }
    return AsyncThrowingStream { try await call.next() }
  }

  private func context(
    _ service: String, _ method: String, _ options: CallOptions, otherwise timeout: Duration
  ) -> CallContext {
    CallContext(
      service: service, method: method, metadata: options.metadata, peer: nil,
      requestID: MethodRun.requestID(options.metadata),
      deadline: .now + min(options.timeout ?? timeout, RPCDefaults.timeoutMax), logger: logger)
  }
}

/// One call inside the process: a task for the method, one for the deadline, and a queue between
/// them and the caller. Dropping it cancels the method.
private final class InProcessCall: Sendable {
  private let queue: StreamQueue
  private let work: Task<Void, Never>
  private let timer: Task<Void, Never>

  init(_ context: CallContext, _ body: @escaping @Sendable (StreamQueue) async throws -> Void) {
    let queue = StreamQueue()
    let work = Task {
      do {
        try await body(queue)
        queue.end(.ok)
      } catch {
        queue.end(.failed(MethodRun.status(error, context)))
      }
    }
    timer = Task {
      guard (try? await Task.sleep(until: context.deadline)) != nil else { return }
      queue.end(.failed(MethodRun.deadlineExceeded(context)))
      work.cancel()
    }
    self.queue = queue
    self.work = work
  }

  deinit {
    timer.cancel()
    cancel()
  }

  private func cancel() {
    queue.end(.failed(RPCError(.cancelled, "the call was cancelled")))
    work.cancel()
  }

  func next() async throws -> ByteBuffer? {
    try await withTaskCancellationHandler {
      try await queue.next()
    } onCancel: {
      cancel()
    }
  }
}

/// Tells once that an answer begins.
private final class Beginning: Sendable {
  private let tellCaller: (@Sendable () -> Void)?
  private let isTold = Atomic<Bool>(false)

  init(_ tellCaller: (@Sendable () -> Void)?) {
    self.tellCaller = tellCaller
  }

  func tell() {
    if !isTold.exchange(true, ordering: .relaxed) { tellCaller?() }
  }
}

/// Times that hold where a caller says nothing, or too much.
enum RPCDefaults {
  static let timeout = Duration.seconds(30)
  /// A stream may be watched for long; its caller ends it.
  static let streamTimeout = Duration.seconds(24 * 3600)
  static let timeoutMax = Duration.seconds(24 * 3600)
}
