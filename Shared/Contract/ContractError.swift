public import RPC

/// Bytes or JSON that are not the message they should be, or a message that cannot be encoded.
/// INVALID_ARGUMENT for the caller that sent it.
public struct ContractError: RPCErrorConvertible, Sendable, Hashable, CustomStringConvertible {
  /// Full name of the outermost message.
  public internal(set) var message = ""
  /// The field's path, such as `ship_to.city`; empty when the message as a whole is wrong.
  public internal(set) var path = ""
  /// What is wrong, which value, what would be right.
  public let problem: String

  init(_ problem: String) {
    self.problem = problem
  }

  public var description: String {
    path.isEmpty ? "\(message): \(problem)" : "\(message), \(path): \(problem)"
  }

  public var rpcError: RPCError {
    let violations = path.isEmpty ? [] : [FieldViolation(field: path, description: problem)]
    return RPCError(.invalidArgument, description, violations: violations)
  }

  /// The same error seen from the message around the field.
  func within(_ field: String) -> ContractError {
    var error = self
    let isIndex = path.isEmpty || path.hasPrefix("[")
    error.path = isIndex ? field + path : "\(field).\(path)"
    return error
  }

  /// The same error seen from a list.
  func at(_ index: Int) -> ContractError { within("[\(index)]") }

  func of(_ message: String) -> ContractError {
    var error = self
    error.message = message
    return error
  }
}
