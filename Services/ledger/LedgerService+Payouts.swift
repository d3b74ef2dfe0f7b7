import Contract
import Logging
import Money
import RPC
import Runtime
import Store

extension LedgerService {
  /// Pays out an available balance. FAILED_PRECONDITION (BALANCE_TOO_LOW) says how much there is.
  func requestPayout(_ request: RequestPayoutRequest, _ context: CallContext) async throws
    -> Contract.Payout
  {
    let actor = try context.actor()
    var fields = Fields()
    let payoutID = fields.id("payout_id", request.payoutID)
    let payee = fields.payee(request.payee)
    let environment = fields.environment(request.environment)
    let amount = fields.amount("amount", request.amount, .positive)
    try fields.finish()
    guard let payoutID, let payee, let environment, let amount else { throw fields.refusal }
    try requireAccess(actor, to: payee)
    let recorded = try await store.write {
      try PayoutStore(transaction: $0).request(
        payoutID, payee: payee, environment: environment, amount: amount,
        mayReach: { try requireAccess(actor, to: $0) })
    }
    if recorded.isNew {
      context.logger.info(
        "payout requested",
        metadata: ["payout": "\(payoutID)", "amount": "\(amount)", "by": "\(actor)"])
    }
    return .init(recorded.value)
  }

  func getPayout(_ request: GetPayoutRequest, _ context: CallContext) async throws
    -> Contract.Payout
  {
    let actor = try context.actor()
    let payoutID = try payoutID(request.payoutID)
    let (payout, ends) = try await store.read { transaction in
      let payouts = PayoutStore(transaction: transaction)
      let payout = try payouts.require(payoutID)
      return (payout, try payouts.ends(of: payout))
    }
    try requireAccess(actor, to: payout.payee)
    var answer = Contract.Payout(payout)
    answer.ends = ends.map { PayoutEnd($0) }
    return answer
  }

  /// Payouts in the order in which they were made, or the newest first. A reseller who names no payee
  /// gets his own.
  func listPayouts(_ request: ListPayoutsRequest, _ context: CallContext) async throws
    -> ListPayoutsResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    var selection = PayoutStore.Selection()
    if !request.payee.isEmpty { selection.payee = fields.payee(request.payee) }
    if !request.orderID.isEmpty {
      selection.orderID = fields.id("order_id", request.orderID) ?? ""
    }
    if request.state != .unspecified {
      selection.state = Payout.State(request.state)
      if selection.state == nil { fields.reject("state", "is \(request.state.name)") }
    }
    selection.isNewestFirst = request.newestFirst
    let size = fields.pageSize(request.pageSize)
    let after = fields.pageToken(request.pageToken)
    try fields.finish()
    if case .reseller(let own) = actor {
      if let payee = selection.payee { try requireAccess(actor, to: payee) }
      selection.payee = .reseller(own)
    }
    let wanted = selection
    let found = try await store.read {
      try PayoutStore(transaction: $0).payouts(wanted, after: after, limit: size + 1)
    }
    let page = found.prefix(size)
    return ListPayoutsResponse(
      payouts: page.map { .init($0.1) },
      nextPageToken: found.count > size ? page.last.map { "\($0.0)" } ?? "" : "")
  }

  /// Sends a payout that failed or came back again, under the next generation. FAILED_PRECONDITION:
  /// COVERED, NOT_RETRIABLE, BALANCE_TOO_LOW.
  func retryPayout(_ request: RetryPayoutRequest, _ context: CallContext) async throws
    -> Contract.Payout
  {
    let actor = try context.actor()
    try actor.requirePlatform("retry payouts")
    let payoutID = try payoutID(request.payoutID)
    let payout = try await store.write { try PayoutStore(transaction: $0).retry(payoutID) }
    context.logger.info(
      "payout is sent again", metadata: ["payout": "\(payoutID)", "by": "\(actor)"])
    return .init(payout)
  }

  /// `<order>/admin`, `<order>/reseller`, the same with `-gathered`, or the id of one that was
  /// requested.
  func payoutID(_ text: String) throws(InvalidFields) -> String {
    var fields = Fields()
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let words = ["admin", "reseller", "admin-gathered", "reseller-gathered"]
    let isOfOrder = parts.count == 2 && words.contains(String(parts[1]))
    let id = fields.id("payout_id", isOfOrder ? String(parts[0]) : text)
    try fields.finish()
    guard id != nil else { throw fields.refusal }
    return text
  }

  /// A reseller reaches his own payouts only; the platform's people and services all.
  func requireAccess(_ actor: Actor, to payee: Payee) throws {
    switch payee {
    case .reseller(let userID): try actor.requireAccess(to: userID)
    case .admin: try actor.requirePlatform("see or change the administrator's payouts")
    }
  }
}
