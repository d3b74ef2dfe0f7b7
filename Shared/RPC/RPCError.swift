/// A call that ended with another status than OK.
///
/// Travels as `grpc-status`, `grpc-message` and, when it has a reason or violations, as
/// `grpc-status-details-bin` (google.rpc.Status with ErrorInfo and BadRequest), so that any gRPC
/// client can read it and ours throws the error that the server threw.
public struct RPCError: Error, Sendable, Hashable, CustomStringConvertible {
  public var code: StatusCode
  /// What happened, which value, what would be right. For people; nobody decides by it.
  public var message: String
  /// A stable code for programs.
  public var reason: ErrorReason?
  /// The request's fields that were wrong.
  public var violations: [FieldViolation]

  public init(
    _ code: StatusCode, _ message: String, reason: ErrorReason? = nil,
    violations: [FieldViolation] = []
  ) {
    self.code = code
    self.message = message
    self.reason = reason
    self.violations = violations
  }

  public var description: String {
    let fields = violations.map { "\($0.field): \($0.description)" }.joined(separator: "; ")
    return "\(code): \(message)" + (fields.isEmpty ? "" : " (\(fields))")
  }
}

/// Why a call was refused, for programs: google.rpc.ErrorInfo.
public struct ErrorReason: Sendable, Hashable {
  /// Upper case with underscores, such as `OUT_OF_STOCK`.
  public var code: String
  public var domain: String
  public var metadata: [String: String]

  public init(code: String, domain: String = "dropwire", metadata: [String: String] = [:]) {
    self.code = code
    self.domain = domain
    self.metadata = metadata
  }
}

/// A field of the request that was wrong: an entry of google.rpc.BadRequest.
public struct FieldViolation: Sendable, Hashable {
  /// The path in the .proto file's spelling, such as `ship_to.city`.
  public var field: String
  /// The value and what would be right.
  public var description: String

  public init(field: String, description: String) {
    self.field = field
    self.description = description
  }
}

/// An error that knows its status on the wire. Any other error becomes INTERNAL with a fixed text,
/// and its details go to the log alone.
public protocol RPCErrorConvertible: Error {
  var rpcError: RPCError { get }
}

extension RPCError: RPCErrorConvertible {
  public var rpcError: RPCError { self }
}
