public import Logging
public import NIOCore
import NIOPosix
import Synchronization

/// Calls the services at a Unix domain socket.
///
/// One connection carries all calls. It is made by the first call and made again when it was lost.
/// While nobody listens, calls fail at once with UNAVAILABLE and the reason `NOT_LISTENING`. A call
/// that certainly never reached a method is sent again; others only when they are idempotent, and
/// within a budget; all of them three times at most. The connection ends with the last reference to
/// the client.
public final class RPCClient: RPCChannel {
  public struct Configuration: Sendable {
    /// Time for a call whose options set none.
    public var timeout: Duration = RPCDefaults.timeout
    /// Open calls; above it they fail with RESOURCE_EXHAUSTED.
    public var callsInFlightMax = 4096
    /// Time for a server to say its HTTP/2 settings; no call is sent before.
    public var setupTimeout = Duration.seconds(10)

    public init() {}
  }

  static let attemptsMax = 3

  let connector: Connector
  private let called = CalledMethods()
  private let configuration: Configuration
  private let budget = RetryBudget()
  private let callsInFlight = Atomic<Int>(0)

  public convenience init(
    socketPath: String, configuration: Configuration = .init(), logger: Logger
  ) {
    self.init(target: .socket(path: socketPath), configuration: configuration, logger: logger)
  }

  public init(target: RPCTarget, configuration: Configuration = .init(), logger: Logger) {
    self.connector = Connector(
      target: target, setupTimeout: configuration.setupTimeout, logger: logger)
    self.configuration = configuration
  }

  deinit { connector.close() }

  /// Runs tasks where the answers come in: those that prefer it call and are answered without a hop
  /// to another thread and back. They must not block.
  public var taskExecutor: any TaskExecutor { connector.executor }

  /// Ends the connection after its open calls; later calls fail with UNAVAILABLE.
  public func close() async { connector.close() }

  /// What was counted of the methods called so far.
  public var figures: [MethodFigures] { called.figures }

  public func unary(
    service: String, method: String, request: ByteBuffer, isIdempotent: Bool, options: CallOptions
  ) async throws -> ByteBuffer {
    let statistics = called.method(service, method)
    let start = NIODeadline.now()
    statistics.began()
    do {
      let answer = try await answer(
        statistics.path(service, method), request, isIdempotent: isIdempotent, options, statistics)
      statistics.received(GRPCFraming.prefixBytes + answer.readableBytes)
      statistics.ended(.ok, since: start)
      return answer
    } catch {
      statistics.ended((error as? RPCError)?.code ?? .unknown, since: start)
      throw error
    }
  }

  private func answer(
    _ path: String, _ request: ByteBuffer, isIdempotent: Bool, _ options: CallOptions,
    _ statistics: MethodStatistics
  ) async throws -> ByteBuffer {
    try GRPCFraming.checkSize(request, "request")
    try enter()
    defer { callsInFlight.subtract(1, ordering: .relaxed) }
    let timeout = options.timeout ?? configuration.timeout
    let deadline = ContinuousClock.now + timeout
    var remaining = timeout
    var attempt = 1
    while true {
      let head = try CallHead(
        path: path, timeout: max(remaining, .microseconds(1)),
        metadata: options.metadata)
      let connection = try await connector.connection()
      statistics.sent(GRPCFraming.prefixBytes + request.readableBytes)
      let (end, message) = await Self.run(head, request, connection)
      let (reason, costs): (String, Bool)
      switch end {
      case .ok:
        budget.succeeded()
        guard let message else {
          throw RPCError(.internalError, "\(Self.method(path)) answered OK without a message")
        }
        return message
      case .failed(let error): throw error
      case .refused(let text): (reason, costs) = (text, false)
      case .lost(let text):
        guard isIdempotent else { throw Self.lost(path, text) }
        (reason, costs) = (text, true)
      }
      guard attempt < Self.attemptsMax, !costs || budget.takeRepeat() else {
        throw Self.lost(path, reason)
      }
      if costs { try await Self.pause(afterAttempt: attempt) }
      attempt += 1
      remaining = ContinuousClock.now.duration(to: deadline)
      statistics.repeated()
    }
  }

  public func serverStreaming(
    service: String, method: String, request: ByteBuffer, options: CallOptions
  ) -> AsyncThrowingStream<ByteBuffer, any Error> {
    let reader: StreamReader
    do {
      try GRPCFraming.checkSize(request, "request")
      let statistics = called.method(service, method)
      let head = try CallHead(
        path: statistics.path(service, method),
        timeout: options.timeout ?? RPCDefaults.streamTimeout,
        metadata: options.metadata)
      reader = StreamReader(
        head: head, request: request, client: self, statistics: statistics,
        onBegin: options.onBegin)
    } catch {
      return AsyncThrowingStream { throw error }
    }
    return AsyncThrowingStream { try await reader.next() }
  }

  private func enter() throws {
    let (_, count) = callsInFlight.add(1, ordering: .relaxed)
    guard count > configuration.callsInFlightMax else { return }
    callsInFlight.subtract(1, ordering: .relaxed)
    throw RPCError(
      .resourceExhausted, "this client has \(configuration.callsInFlightMax) open calls already",
      reason: ErrorReason(code: "OVERLOADED"))
  }

  /// Sends one call and waits for its end.
  private static func run(_ head: CallHead, _ request: ByteBuffer, _ connection: ClientConnection)
    async -> (CallEnd, ByteBuffer?)
  {
    let call = ClientCall(head: head, request: request)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { connection.start(call, .caller($0)) }
    } onCancel: {
      connection.cancel(call, RPCError(.cancelled, "the call was cancelled"))
    }
  }

  private static func lost(_ path: String, _ reason: String) -> RPCError {
    RPCError(
      .unavailable, "\(method(path)) has no answer: \(reason)",
      reason: ErrorReason(code: "CONNECTION_LOST"))
  }

  private static func method(_ path: String) -> Substring {
    path.split(separator: "/").last ?? ""
  }

  /// 25 ms doubling, with jitter.
  private static func pause(afterAttempt attempt: Int) async throws {
    let milliseconds = 25 << (attempt - 1)
    do {
      try await Task.sleep(for: .milliseconds(Int.random(in: milliseconds / 2...milliseconds)))
    } catch {
      throw RPCError(.cancelled, "the call was cancelled")
    }
  }
}

/// Joins a task's cancellation with its call, whichever comes first.
final class CallHandle: Sendable {
  private struct State {
    var call: (ClientCall, ClientConnection)?
    var isCancelled = false
  }

  private let state = Mutex(State())

  func set(_ call: ClientCall, _ connection: ClientConnection) {
    let isCancelled = state.withLock { state in
      state.call = (call, connection)
      return state.isCancelled
    }
    if isCancelled { Self.cancel(call, connection) }
  }

  func cancel() {
    let call = state.withLock { state in
      state.isCancelled = true
      return state.call
    }
    if let call { Self.cancel(call.0, call.1) }
  }

  private static func cancel(_ call: ClientCall, _ connection: ClientConnection) {
    connection.cancel(call, RPCError(.cancelled, "the call was cancelled"))
  }
}
