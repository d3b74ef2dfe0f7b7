import RPC

/// What purchasing refuses beyond wrong fields, missing rows and other content, in order of
/// precedence.
enum PurchasingError: Error, Hashable, Sendable {
  /// The actor may not do this at all.
  case notAllowed(actor: String, what: String)
  /// The generation before has not ended, or was never asked for.
  case generationNotNext(orderID: String, given: Int, latest: Int, state: String)
  /// Only an unknown outcome is looked up or told by a person.
  case nothingToReconcile(orderID: String, generation: Int, state: String)
  /// It is still being looked up, so what a person found would be a guess.
  case stillLookedUp(orderID: String)
  /// It changed while a person's word was checked.
  case changedMeanwhile(orderID: String)
  /// The request may not be repeated any more.
  case lookUpImpossible(PurchaseReason)
  /// The supplier does not know the order that a person named, or it is another purchase's.
  case supplierOrderRefused(id: String, why: String)
  /// There is no order at the supplier whose goods could be on their way.
  case nothingToTrack(orderID: String, state: String)
  /// No API tells of the supplier's orders: they were not placed through it.
  case trackedByPerson(orderID: String, supplierOrderIDs: [String])
  /// A question to the supplier that was answered with no.
  case supplierRefused(PurchaseReason)
  /// The supplier does not answer now.
  case supplierSilent(PurchaseReason)
}

extension PurchasingError: RPCErrorConvertible {
  var rpcError: RPCError {
    switch self {
    case .notAllowed(let actor, let what):
      return RPCError(
        .permissionDenied, "\(actor) may not \(what)", reason: ErrorReason(code: "NOT_ALLOWED"))
    case .generationNotNext(let orderID, let given, let latest, let state):
      return RPCError(
        .failedPrecondition,
        latest == 0
          ? "order \"\(orderID)\" has no purchase yet; its first generation is 1, not \(given)"
          : "generation \(latest) of order \"\(orderID)\" is \(state); generation \(given) cannot "
            + "be taken: the next one is taken only when the one before was REFUSED or CLOSED",
        reason: ErrorReason(
          code: "GENERATION_NOT_NEXT", metadata: ["latest": "\(latest)", "state": state]))
    case .nothingToReconcile(let orderID, let generation, let state):
      return RPCError(
        .failedPrecondition,
        "generation \(generation) of the purchase of order \"\(orderID)\" is \(state); only the "
          + "newest one is reconciled, and only while it is UNKNOWN",
        reason: ErrorReason(code: "NOTHING_TO_RECONCILE", metadata: ["state": state]))
    case .stillLookedUp(let orderID):
      return RPCError(
        .failedPrecondition,
        "the purchase of order \"\(orderID)\" is still being looked up; wait until it is found, or "
          + "waits for a person",
        reason: ErrorReason(code: "STILL_LOOKED_UP"))
    case .changedMeanwhile(let orderID):
      return RPCError(
        .aborted, "the purchase of order \"\(orderID)\" has changed meanwhile; look at it again",
        reason: ErrorReason(code: "CHANGED_MEANWHILE"))
    case .lookUpImpossible(let reason):
      return RPCError(
        .failedPrecondition, reason.text, reason: ErrorReason(code: reason.code.rawValue))
    case .supplierOrderRefused(let id, let why):
      return RPCError(
        .failedPrecondition, "supplier order \(id) cannot be recorded: \(why)",
        reason: ErrorReason(code: "SUPPLIER_ORDER_REFUSED"),
        violations: [FieldViolation(field: "supplier_order_ids", description: "\(id): \(why)")])
    case .nothingToTrack(let orderID, let state):
      return RPCError(
        .failedPrecondition,
        "the purchase of order \"\(orderID)\" is \(state) and has no order at the supplier to track",
        reason: ErrorReason(
          code: "NOTHING_TO_TRACK", metadata: ["state": state, "owner": "platform"]))
    case .trackedByPerson(let orderID, let ids):
      return RPCError(
        .failedPrecondition,
        "order \"\(orderID)\" was not bought through the API, so nobody tells how far its goods are; "
          + "look for supplier order \(ids.joined(separator: ", ")) in the account's order list and "
          + "submit its tracking",
        reason: ErrorReason(code: "TRACKED_BY_PERSON", metadata: ["owner": "platform"]))
    case .supplierRefused(let reason):
      return RPCError(
        .failedPrecondition, reason.text,
        reason: ErrorReason(
          code: reason.code.rawValue,
          metadata: ["owner": reason.owner.rawValue, "providerCode": reason.providerCode]))
    case .supplierSilent(let reason):
      return RPCError(
        .unavailable, reason.text,
        reason: ErrorReason(
          code: reason.code.rawValue,
          metadata: ["owner": reason.owner.rawValue, "providerCode": reason.providerCode]))
    }
  }
}
