import Contract
import RPC
import Runtime
import Store

extension PurchaseWork {
  /// Tells purchasing what a person found about an unknown purchase, until it has taken or refused it.
  ///
  /// Purchasing decides: it may have found out by itself meanwhile, and it checks what it is told.
  func reconcile(_ intent: Intent) async throws {
    let due = try await book.due(
      intent.subject, .reconcilePurchase, where: { $0.state == .purchasing })
    guard let order = due else { return }
    guard let finding = try await book.read({ try $0.findings(order).last }) else {
      preconditionFailure("what is told was found by somebody")
    }
    let request = request(finding, order)
    let outcome = await CallOutcome {
      try await purchasing.reconcilePurchase(
        request, options: .own(order.orderID, timeout: CallRules.bookingTimeout))
    }
    try Task.checkCancellation()
    switch outcome {
    case .done(let purchase): try await settle(purchase, order, intent, .reconcilePurchase)
    case .refused(let error) where error.code == .notFound:
      try await believe(finding, order)
    case .refused(let error): try await ask(order, intent, why: error)
    case .unreachable(let error):
      try await postpone(
        .reconcilePurchase, order, CallRules.unreachable("purchasing", error),
        next: "purchasing is told again", delay: CallRules.delay(attempts: intent.attempts))
    }
  }

  /// Goods that are bought for a charge that cannot be booked: a person's figure counts, and when
  /// there is none yet, a person is asked.
  func completeAsFound(
    _ purchase: Purchase, _ order: Order, _ intent: Intent, _ reason: OrderReason,
    _ effect: OrderEffect
  ) async throws {
    let finding = try await book.read { try $0.findings(order).last }
    guard case .placed(let ids, let cost, let fundedBy)? = finding?.content,
      finding?.generation == order.progress.purchaseGeneration
    else { return try await stayUnknown(order, intent, reason, effect) }
    let bought = Bought(
      ids: purchase.supplierOrderIDs.isEmpty ? ids : purchase.supplierOrderIDs, cost: cost,
      path: purchase.path, fundedBy: purchase.fundedBy.isEmpty ? fundedBy : purchase.fundedBy)
    try await complete(order, effect, bought)
  }

  private func request(_ finding: Finding, _ order: Order) -> ReconcilePurchaseRequest {
    var request = ReconcilePurchaseRequest(
      orderID: order.orderID, foundBy: finding.foundBy, generation: Int32(finding.generation))
    switch finding.content {
    case .placed(let ids, let cost, _):
      request.supplierOrderIDs = ids
      request.landedCost = .init(cost)
    case .notPlaced(let evidence): request.notPlacedEvidence = evidence
    }
    return request
  }

  /// Purchasing knows nothing of it, as after its database was restored: the person's word is all
  /// there is.
  private func believe(_ finding: Finding, _ order: Order) async throws {
    switch finding.content {
    case .placed(let ids, let cost, let fundedBy):
      try await complete(
        order, .reconcilePurchase,
        Bought(ids: ids, cost: cost, path: "person", fundedBy: fundedBy))
    case .notPlaced(let evidence):
      try await needAttention(
        .purchaseNotTaken, order, .reconcilePurchase,
        OrderReason(
          code: "ATTESTED_NOT_PLACED",
          text: "\(finding.foundBy) attests that nothing was placed: \(evidence)",
          owner: "platform"))
    }
  }

  /// Purchasing refuses what it was told: what it knows itself counts, and when that is nothing, the
  /// person learns why.
  private func ask(_ order: Order, _ intent: Intent, why refusal: RPCError) async throws {
    let outcome = await look(order)
    try Task.checkCancellation()
    switch outcome {
    case .done(let purchase):
      if case .unknown = PurchaseRules.verdict(purchase, for: order) {
        try await needAttention(
          .purchaseUnresolved, order, .reconcilePurchase,
          CallRules.refused("purchasing", refusal))
      } else {
        try await settle(purchase, order, intent, .reconcilePurchase)
      }
    case .refused(let error):
      try await postpone(
        .reconcilePurchase, order, CallRules.refused("purchasing", error),
        next: "purchasing is told again", delay: CallRules.refusedMilliseconds)
    case .unreachable(let error):
      try await postpone(
        .reconcilePurchase, order, CallRules.unreachable("purchasing", error),
        next: "purchasing is told again", delay: CallRules.delay(attempts: intent.attempts))
    }
  }
}
