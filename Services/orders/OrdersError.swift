import Contract
import RPC

/// Everything the orders refuse besides fields, replays and missing rows, in order of precedence.
enum OrdersError: Error, Hashable, Sendable {
  /// PayPal's order is another than the checkout's.
  case otherPayPalOrder(orderID: String, stored: String, given: String)
  /// The environment of the listing has no PayPal account.
  case payPalNotConfigured(environment: String)
  /// The listing's currency cannot be sold in.
  case currencyNotTaken(String, why: String)
  /// The PayPal order is not made yet.
  case payPalOrderNotMade(orderID: String)
  /// Not captured, and the buyer can cure it.
  case notCaptured(orderID: String, OrderReason, approveURL: String)
  /// Too many calls watch or wait already.
  case tooManyWatch
  /// More orders changed than are kept for one that reads slowly.
  case watchedTooSlowly
  /// The service stops.
  case stops
  /// What was seen about one generation says nothing about the next.
  case evidenceReused(orderID: String, given: Int, newest: Int)
  /// The supplier's order was bought for another order.
  case supplierOrderTaken(id: String, by: String)
  /// An order is not cancelled while the supplier may have it.
  case purchaseMayExist(orderID: String)
  /// An order is not cancelled once the goods are bought.
  case goodsBought(orderID: String, state: String)
  /// The order's state or reason does not allow the action.
  case notAllowed(orderID: String, action: String, state: String, allowed: [String])
}

extension OrdersError: RPCErrorConvertible {
  var rpcError: RPCError {
    switch self {
    case .otherPayPalOrder(let orderID, let stored, let given):
      return RPCError(
        .invalidArgument,
        "order \"\(orderID)\" is paid by PayPal order \(stored), not \(given)",
        reason: ErrorReason(code: "OTHER_PAYPAL_ORDER"),
        violations: [
          FieldViolation(
            field: "paypal_order_id",
            description: "is \"\(given)\"; it must be empty or \"\(stored)\"")
        ])
    case .payPalNotConfigured(let environment):
      return RPCError(
        .failedPrecondition,
        "the \(environment) environment has no PayPal account, so nothing can be sold in it; "
          + "configure one",
        reason: ErrorReason(
          code: "PAYPAL_NOT_CONFIGURED", metadata: ["environment": environment]))
    case .currencyNotTaken(let currency, let why):
      return RPCError(
        .failedPrecondition, "the listing's price is in \(currency): \(why)",
        reason: ErrorReason(code: "CURRENCY_NOT_TAKEN", metadata: ["currency": currency]))
    case .payPalOrderNotMade(let orderID):
      return RPCError(
        .unavailable,
        "order \"\(orderID)\" has no PayPal order yet; it is being made, ask again",
        reason: ErrorReason(code: "PAYPAL_ORDER_NOT_MADE"))
    case .notCaptured(let orderID, let reason, let approveURL):
      return RPCError(
        .failedPrecondition,
        "order \"\(orderID)\" is not captured: \(reason.text); the buyer must approve at "
          + approveURL,
        reason: ErrorReason(
          code: reason.code,
          metadata: ["approve_url": approveURL, "provider_code": reason.providerCode]))
    case .tooManyWatch:
      return RPCError(
        .resourceExhausted,
        "\(OrderBell.listenersMax) calls wait or watch already; try again later",
        reason: ErrorReason(code: "TOO_MANY_WATCH"))
    case .watchedTooSlowly:
      return RPCError(
        .resourceExhausted,
        "more than \(OrderBell.pendingMax) orders changed that were not read yet; watch again",
        reason: ErrorReason(code: "WATCHED_TOO_SLOWLY"))
    case .stops:
      return RPCError(
        .unavailable, "the service stops; watch again", reason: ErrorReason(code: "STOPS"))
    case .evidenceReused(let orderID, let given, let newest):
      return RPCError(
        .failedPrecondition,
        "this evidence was given about \(orderID)-p\(given); say what was seen about "
          + "\(orderID)-p\(newest)",
        reason: ErrorReason(code: "EVIDENCE_REUSED"))
    case .supplierOrderTaken(let id, let other):
      return RPCError(
        .failedPrecondition, "supplier order \(id) was bought for order \"\(other)\"",
        reason: ErrorReason(code: "SUPPLIER_ORDER_TAKEN", metadata: ["order": other]),
        violations: [
          FieldViolation(field: "supplier_order_ids", description: "\(id) belongs to \(other)")
        ])
    case .purchaseMayExist(let orderID):
      return RPCError(
        .failedPrecondition,
        "nobody knows whether the supplier has order \"\(orderID)\", so its money stays; find out "
          + "first, then mark it purchased or attest that it was not placed",
        reason: ErrorReason(code: "PURCHASE_MAY_EXIST"))
    case .goodsBought(let orderID, let state):
      return RPCError(
        .failedPrecondition,
        "order \"\(orderID)\" is \(state): its goods are bought, so it cannot be cancelled; ask the "
          + "platform", reason: ErrorReason(code: "GOODS_BOUGHT", metadata: ["state": state]))
    case .notAllowed(let orderID, let action, let state, let allowed):
      let what =
        allowed.isEmpty ? "nothing is to be done by a person" : allowed.joined(separator: ", ")
      return RPCError(
        .failedPrecondition,
        "order \"\(orderID)\" is \(state), which does not allow \(action); allowed: \(what)",
        reason: ErrorReason(
          code: "ACTION_NOT_ALLOWED",
          metadata: ["state": state, "allowed_actions": allowed.joined(separator: ",")]))
    }
  }
}
