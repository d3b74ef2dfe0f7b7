/// The call that work goes back to: its request and its trace, for the log and for calls onward.
///
/// An intent keeps the origin of whatever scheduled it, so that what is done for it hours later, in
/// another process, is still found under the trace of the call that began it.
public struct Origin: Sendable, Hashable {
  public let requestID: String
  /// A W3C `traceparent`.
  public let trace: String

  public init(requestID: String, trace: String) {
    self.requestID = requestID
    self.trace = trace
  }

  /// Gives the origin of the call that this task answers. Asked for only when something is logged
  /// or scheduled: most calls do neither.
  @TaskLocal private static var call: (@Sendable () -> Origin)?

  /// Runs the method of a call.
  public static func with<Value>(
    _ origin: @escaping @Sendable () -> Origin, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Value
  ) async rethrows -> Value {
    try await $call.withValue(origin, operation: body, isolation: isolation)
  }

  /// Of the work in this task: of the intent that runs, or of the call that is answered.
  public static var current: Origin? { currentSource?() }

  /// `current`, for when it is asked for in another task.
  static var currentSource: (@Sendable () -> Origin?)? {
    if let running = RunningIntent.current { return { running.intent.origin } }
    guard let call else { return nil }
    return { call() }
  }
}
