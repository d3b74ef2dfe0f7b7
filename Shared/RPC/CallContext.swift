public import Logging

/// What a method knows about the call it answers.
public struct CallContext: Sendable {
  /// Full name of the service, such as `dropwire.ledger.v1.Ledger`.
  public let service: String
  public let method: String
  public let metadata: Metadata
  /// Nil for a call inside the process.
  public let peer: Peer?
  /// The caller's `x-request-id`, or one made here.
  public let requestID: String
  /// The caller's `traceparent` when it is valid, or a new trace.
  public let trace: TraceContext
  public let deadline: ContinuousClock.Instant
  private let serviceLogger: Logger

  public init(
    service: String, method: String, metadata: Metadata, peer: Peer?,
    requestID: String, deadline: ContinuousClock.Instant, logger: Logger
  ) {
    self.service = service
    self.method = method
    self.metadata = metadata
    self.peer = peer
    self.requestID = requestID
    self.trace = TraceContext(metadata)
    self.deadline = deadline
    self.serviceLogger = logger
  }

  /// The service's logger with the request id and the trace's. Made when asked for: most calls log nothing.
  public var logger: Logger {
    var logger = serviceLogger
    logger[metadataKey: "request"] = .string(requestID)
    logger[metadataKey: "trace"] = .string(trace.traceID)
    return logger
  }

  /// Time left until the caller stops waiting; never negative.
  public var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: deadline)) }

  /// Options of a call further down the chain: the remaining time (or less), the same request id,
  /// the same trace with a new parent. The acting person is not passed on; the caller says who acts.
  public func onward(timeout: Duration? = nil) -> CallOptions {
    var options = CallOptions(timeout: timeout.map { min($0, remaining) } ?? remaining)
    options.metadata[MetadataName.requestID] = requestID
    options.trace = trace.onward
    return options
  }
}

/// What a caller adds to a call.
public struct CallOptions: Sendable {
  /// How long to wait for the answer; nil takes the client's default (30 s).
  public var timeout: Duration?
  public var metadata: Metadata
  /// Called once when a streamed answer begins: before its first message, and without one where the
  /// method says so; not when the call is refused. Must not block.
  public var onBegin: (@Sendable () -> Void)?

  public init(timeout: Duration? = nil, metadata: Metadata = Metadata()) {
    self.timeout = timeout
    self.metadata = metadata
  }

  /// The trace that the call belongs to. Nil when none travels, or what does is not valid.
  public var trace: TraceContext? {
    get { metadata[MetadataName.trace].flatMap { TraceContext(traceparent: $0) } }
    set { metadata[MetadataName.trace] = newValue?.description }
  }
}

/// Names of the metadata that this layer reads itself.
enum MetadataName {
  static let requestID = "x-request-id"
  static let trace = "traceparent"
}
