import RPC

/// What the ledger refuses for a reason of its own, in order of precedence. Before these come
/// `InvalidFields`, `NotFound` and `OtherContent`, which all services share.
enum LedgerError: Error, Hashable, Sendable {
  /// The actor may not do this at all.
  case notAllowed(actor: String, what: String)
  /// A sale comes before its capture.
  case captureMissing(orderID: String)
  /// A sale's terms are not the capture's.
  case captureDiffers(orderID: String, field: String, captured: String, given: String)
  /// More is asked for than can be paid out.
  case balanceTooLow(payee: String, available: String, asked: String)
  /// Only a payout that failed or came back may be sent again.
  case notRetriable(payoutID: String, state: String)
}

extension LedgerError: RPCErrorConvertible {
  var rpcError: RPCError {
    switch self {
    case .notAllowed(let actor, let what):
      return RPCError(
        .permissionDenied, "\(actor) may not \(what)", reason: ErrorReason(code: "NOT_ALLOWED"))
    case .captureMissing(let orderID):
      return RPCError(
        .failedPrecondition,
        "the capture of order \"\(orderID)\" is not booked; record the capture, then the sale",
        reason: ErrorReason(code: "CAPTURE_NOT_RECORDED"))
    case .captureDiffers(let orderID, let field, let captured, let given):
      return RPCError(
        .failedPrecondition,
        "order \"\(orderID)\" was captured with \(field) \(captured), the sale says \(given)",
        reason: ErrorReason(code: "CAPTURE_DIFFERS", metadata: ["field": field]),
        violations: [FieldViolation(field: field, description: "is \(captured), not \(given)")])
    case .balanceTooLow(let payee, let available, let asked):
      return RPCError(
        .failedPrecondition,
        "\(payee) can be paid \(available) at most, \(asked) was asked for",
        reason: ErrorReason(code: "BALANCE_TOO_LOW", metadata: ["available": available]))
    case .notRetriable(let payoutID, let state):
      return RPCError(
        .failedPrecondition,
        "payout \"\(payoutID)\" is \(state); only one that FAILED or was RETURNED is sent again",
        reason: ErrorReason(code: "NOT_RETRIABLE", metadata: ["state": state]))
    }
  }
}
