import RPC
import Runtime

/// What became of a call to another service.
///
/// There is no "unknown": such a call is repeated with the same id, which answers as the first.
enum CallOutcome<Value: Sendable>: Sendable {
  case done(Value)
  /// It will be refused again until something changes.
  case refused(RPCError)
  /// Maybe done, maybe not; the same call again.
  case unreachable(RPCError)

  init(_ call: () async throws -> Value) async {
    do {
      self = .done(try await call())
    } catch let error as RPCError {
      self = CallRules.isDefinite(error.code) ? .refused(error) : .unreachable(error)
    } catch {
      self = .unreachable(RPCError(.unknown, "\(error)"))
    }
  }
}

/// What another service's statuses mean, and how long to wait. Pure.
enum CallRules {
  /// Purchasing answers when the supplier has; the purchase goes on without us.
  static let purchaseTimeout = Duration.seconds(20)
  static let lookTimeout = Duration.seconds(5)
  static let bookingTimeout = Duration.seconds(10)
  /// A booking that was refused while the order still moves is tried again this often.
  static let refusedMilliseconds: Int64 = 60 * 1000

  /// Whether the same call will end the same way.
  static func isDefinite(_ code: StatusCode) -> Bool {
    switch code {
    case .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .failedPrecondition,
      .outOfRange, .unimplemented, .dataLoss, .unauthenticated:
      true
    case .ok, .cancelled, .unknown, .deadlineExceeded, .resourceExhausted, .aborted,
      .internalError, .unavailable:
      false
    }
  }

  /// Pause before a service that does not answer is called again: 100 ms doubling, 5 s at most, so
  /// that orders go on soon after a restart.
  static func delay(attempts: Int) -> Int64 {
    min(100 << Int64(min(max(attempts, 0), 6)), 5000)
  }

  /// Pause before the next look at a purchase: 250 ms doubling, a minute at most.
  static func pollDelay(attempts: Int) -> Int64 {
    min(250 << Int64(min(max(attempts, 0), 8)), 60_000)
  }

  /// The same for a purchase that goes on at a time of its own: soon after that, since it may end then.
  /// One that keeps putting it off is looked at less and less often.
  static func pollDelay(attempts: Int, nextAt: Int64, now: Int64) -> Int64 {
    let delay = pollDelay(attempts: attempts)
    return nextAt == 0 ? delay : min(delay, max(nextAt - now, delay / 8) + 250)
  }

  static func unreachable(_ service: String, _ error: RPCError) -> OrderReason {
    if let told = told(error) { return told }
    return silent(service, error)
  }

  /// The reason that a service gives of its own, with who can cure it; nil when it gives none.
  private static func told(_ error: RPCError) -> OrderReason? {
    guard let reason = error.reason, let owner = reason.metadata["owner"], !owner.isEmpty else {
      return nil
    }
    return OrderReason(
      code: reason.code, text: error.message, owner: owner,
      providerCode: reason.metadata["providerCode"] ?? "")
  }

  private static func silent(_ service: String, _ error: RPCError) -> OrderReason {
    OrderReason(
      code: "\(service.uppercased())_UNREACHABLE",
      text: "\(service) does not answer: \(error.message)", owner: "platform")
  }

  static func refused(_ service: String, _ error: RPCError) -> OrderReason {
    told(error)
      ?? OrderReason(
        code: error.reason?.code ?? "\(service.uppercased())_REFUSED",
        text: "\(service) refuses: \(error.message)", owner: "platform",
        providerCode: error.code.description)
  }
}

extension CallOptions {
  /// Options of a call that `orders` makes by itself. The order's id is the request's, so that one
  /// search finds an order's story in every service's log; the trace is that of the call which made
  /// it necessary.
  static func own(_ orderID: String, timeout: Duration) -> CallOptions {
    CallOptions(timeout: timeout, metadata: ["x-request-id": orderID]).acting(as: .system)
      .inTrace()
  }
}
