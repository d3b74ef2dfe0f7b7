public import RPC

/// Finds the first field in which a replay differs from what is stored under its id.
public struct Comparison: Sendable {
  let kind: String
  let id: String

  /// - Parameter kind: for messages, such as `payout`.
  public init(kind: String, id: String) {
    self.kind = kind
    self.id = id
  }

  /// - Throws: `OtherContent` naming the first pair whose texts differ.
  public func require(_ pairs: [(field: String, stored: String, given: String)])
    throws(OtherContent)
  {
    for pair in pairs where pair.stored != pair.given {
      throw OtherContent(
        kind: kind, id: id, field: pair.field, stored: pair.stored, given: pair.given)
    }
  }
}

/// The id exists with other content: ALREADY_EXISTS, naming the field.
public struct OtherContent: RPCErrorConvertible, Hashable {
  public let kind: String
  public let id: String
  public let field: String
  public let stored: String
  public let given: String

  public init(kind: String, id: String, field: String, stored: String, given: String) {
    self.kind = kind
    self.id = id
    self.field = field
    self.stored = stored
    self.given = given
  }

  public var rpcError: RPCError {
    RPCError(
      .alreadyExists,
      "\(kind) \"\(id)\" exists with \(field) \(stored), the request says \(given); "
        + "use another id, or the same content",
      reason: ErrorReason(code: "OTHER_CONTENT", metadata: ["field": field]),
      violations: [FieldViolation(field: field, description: "is \(stored), not \(given)")])
  }
}

/// No row of that kind has this id: NOT_FOUND.
public struct NotFound: RPCErrorConvertible, Hashable {
  public let kind: String
  public let id: String

  public init(kind: String, id: String) {
    self.kind = kind
    self.id = id
  }

  public var rpcError: RPCError {
    RPCError(
      .notFound, "there is no \(kind) \"\(id)\"", reason: ErrorReason(code: "NOT_FOUND"))
  }
}
