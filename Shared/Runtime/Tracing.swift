public import RPC
import Store

extension RPCService {
  /// The same service, whose methods know the call that their work goes back to: their log lines,
  /// and the intents that they schedule, carry its request and its trace.
  public var traced: RPCService {
    RPCService(name: name, methods: methods.mapValues(\.traced))
  }
}

extension MethodImplementation {
  fileprivate var traced: MethodImplementation {
    switch self {
    case .unary(let body):
      .unary { request, context in
        try await Origin.with(Origin.of(context)) { try await body(request, context) }
      }
    case .serverStreaming(let body):
      .serverStreaming { request, context, responses in
        try await Origin.with(Origin.of(context)) { try await body(request, context, responses) }
      }
    case .bidirectional(let body):
      .bidirectional { requests, context, responses in
        try await Origin.with(Origin.of(context)) { try await body(requests, context, responses) }
      }
    }
  }
}

extension Origin {
  fileprivate static func of(_ context: CallContext) -> @Sendable () -> Origin {
    { Origin(requestID: context.requestID, trace: context.trace.description) }
  }
}

extension CallOptions {
  /// These options in the trace that the work in this task goes back to, if any.
  public func inTrace() -> CallOptions {
    guard let origin = Origin.current else { return self }
    var options = self
    options.trace = TraceContext(traceparent: origin.trace)?.onward
    return options
  }
}
