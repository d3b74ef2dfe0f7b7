import RPC

/// What the ledger refuses for a reason of its own, in order of precedence. Before these come
/// `InvalidFields`, `NotFound` and `OtherContent`, which all services share.
enum LedgerError: Error, Hashable, Sendable {
  /// The actor may not do this at all.
  case notAllowed(actor: String, what: String)
  /// A sale or a refund comes before its capture.
  case captureMissing(orderID: String)
  /// The terms of a sale or a refund are not the capture's.
  case captureDiffers(orderID: String, field: String, captured: String, given: String)
  /// A supplier gave something back for an order whose sale is not booked.
  case saleMissing(orderID: String)
  /// A dispute ended the other way.
  case disputeOver(disputeID: String, state: String)
  /// More is given back than was paid.
  case refundTooHigh(orderID: String, field: String, left: String, asked: String)
  /// More is asked for than can be paid out.
  case balanceTooLow(payee: String, available: String, asked: String)
  /// A report spans more months than one answer has.
  case tooManyMonths(Int)
  /// A payout is carried by another, to which everything is done.
  case covered(payoutID: String, by: String)
  /// PayPal can still say what became of a payout.
  case notAttestable(payoutID: String, state: String, reason: String)
  /// Only the newest address of a payee is verified.
  case recipientOutdated(payee: String, newest: Int64, given: Int64)
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
        "the capture of order \"\(orderID)\" is not booked; record the capture first",
        reason: ErrorReason(code: "CAPTURE_NOT_RECORDED"))
    case .captureDiffers(let orderID, let field, let captured, let given):
      return RPCError(
        .failedPrecondition,
        "order \"\(orderID)\" was captured with \(field) \(captured), the request says \(given)",
        reason: ErrorReason(code: "CAPTURE_DIFFERS", metadata: ["field": field]),
        violations: [FieldViolation(field: field, description: "is \(captured), not \(given)")])
    case .saleMissing(let orderID):
      return RPCError(
        .failedPrecondition,
        "the sale of order \"\(orderID)\" is not booked; record the sale, then its supplier's refund",
        reason: ErrorReason(code: "SALE_NOT_RECORDED"))
    case .disputeOver(let disputeID, let state):
      return RPCError(
        .failedPrecondition, "dispute \"\(disputeID)\" is \(state), which is final",
        reason: ErrorReason(code: "DISPUTE_OVER", metadata: ["state": state]))
    case .refundTooHigh(let orderID, let field, let left, let asked):
      return RPCError(
        .failedPrecondition,
        "order \"\(orderID)\" has \(left) left to give back, \(asked) was given",
        reason: ErrorReason(code: "REFUND_TOO_HIGH", metadata: ["left": left]),
        violations: [FieldViolation(field: field, description: "is \(asked), at most \(left)")])
    case .balanceTooLow(let payee, let available, let asked):
      return RPCError(
        .failedPrecondition,
        "\(payee) can be paid \(available) at most, \(asked) was asked for",
        reason: ErrorReason(code: "BALANCE_TOO_LOW", metadata: ["available": available]))
    case .tooManyMonths(let most):
      return RPCError(
        .failedPrecondition,
        "the entries span more than \(most) months; ask for a part with from and until",
        reason: ErrorReason(code: "TOO_MANY_MONTHS"))
    case .covered(let payoutID, let cover):
      return RPCError(
        .failedPrecondition, "payout \"\(payoutID)\" is carried by \"\(cover)\"; name that one",
        reason: ErrorReason(code: "COVERED", metadata: ["coveredBy": cover]))
    case .notAttestable(let payoutID, let state, let why):
      return RPCError(
        .failedPrecondition,
        "payout \"\(payoutID)\" is \(state) \(why); what PayPal can still tell is not attested",
        reason: ErrorReason(code: "NOT_ATTESTABLE", metadata: ["state": state, "reason": why]))
    case .recipientOutdated(let payee, let newest, let given):
      return RPCError(
        .failedPrecondition,
        "\(payee)'s newest address has version \(newest), the request says \(given)",
        reason: ErrorReason(code: "RECIPIENT_OUTDATED", metadata: ["version": "\(newest)"]))
    case .notRetriable(let payoutID, let state):
      return RPCError(
        .failedPrecondition,
        "payout \"\(payoutID)\" is \(state); only one that FAILED or was RETURNED is sent again",
        reason: ErrorReason(code: "NOT_RETRIABLE", metadata: ["state": state]))
    }
  }
}
