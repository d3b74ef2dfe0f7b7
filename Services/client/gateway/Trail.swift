import HTTPTypes
import RPC

/// By what a request is found again in the logs of all services.
struct Trail: Sendable {
  private static let idBytesMax = 128

  let requestID: String
  /// The caller's trace, if any.
  let trace: TraceContext?

  /// Takes what the caller sent where it is fit to travel on, else a new id.
  init(_ headers: HTTPFields) {
    requestID = headers[.requestID].flatMap { Self.isFit($0) ? $0 : nil } ?? Self.newID()
    trace = headers[.traceparent].flatMap { TraceContext(traceparent: $0) }
  }

  /// Options of a call to a service, for nobody yet.
  func options(timeout: Duration) -> CallOptions {
    var options = CallOptions(timeout: timeout)
    options.metadata["x-request-id"] = requestID
    options.trace = trace?.onward
    return options
  }

  private static func isFit(_ id: String) -> Bool {
    (1...idBytesMax).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func newID() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension HTTPField.Name {
  static let requestID = named("X-Request-Id")
  static let traceparent = named("traceparent")
  static let idempotencyKey = named("Idempotency-Key")
  static let frameOptions = named("X-Frame-Options")
  static let referrerPolicy = named("Referrer-Policy")
  static let resourcePolicy = named("Cross-Origin-Resource-Policy")
  static let openerPolicy = named("Cross-Origin-Opener-Policy")
  static let permissionsPolicy = named("Permissions-Policy")
  static let accelBuffering = named("X-Accel-Buffering")

  /// A name that is known to be one.
  static func named(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no header name") }
    return name
  }
}
