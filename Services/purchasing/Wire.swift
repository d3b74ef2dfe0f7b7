import Contract
import Money
import Runtime

extension Contract.Purchase {
  init(_ purchase: Purchase, _ story: PurchaseStore.Story) {
    let content = purchase.content
    let cost = purchase.cost
    let isPlaced = !purchase.supplierOrderIDs.isEmpty
    self.init(
      orderID: content.orderID, state: purchase.state.contract,
      generation: Int32(clamping: content.generation), userID: content.userID,
      environment: content.environment, path: purchase.path,
      supplierOrderIDs: purchase.supplierOrderIDs, landedCost: cost.map { .init($0.landed) },
      itemsCost: cost?.parts.map { .init($0.items) },
      shippingCost: cost?.parts.map { .init($0.shipping) },
      taxCost: cost?.parts.map { .init($0.tax) }, reason: purchase.reason.map { Reason($0) },
      resolvedBy: purchase.resolvedBy.rawValue,
      fundedBy: isPlaced ? purchase.fundedBy : "",
      nextAt: purchase.nextAt == 0 ? nil : Timestamp(milliseconds: purchase.nextAt),
      attempts: story.attempts.map { .init($0) },
      createdAt: Timestamp(milliseconds: purchase.createdAt),
      updatedAt: Timestamp(milliseconds: purchase.updatedAt),
      findings: story.findings.map { .init($0) },
      payBy: purchase.payBy == 0 ? nil : Timestamp(milliseconds: purchase.payBy))
  }
}

extension Contract.Attempt {
  init(_ attempt: Attempt) {
    self.init(
      number: Int32(clamping: attempt.number), generation: Int32(clamping: attempt.generation),
      path: attempt.path, key: attempt.key, outcome: attempt.outcome.contract,
      reason: attempt.reason.map { Reason($0) },
      startedAt: Timestamp(milliseconds: attempt.startedAt),
      endedAt: attempt.endedAt == 0 ? nil : Timestamp(milliseconds: attempt.endedAt),
      pathReason: attempt.pathReason.map { Reason($0) }, step: attempt.step,
      confirmingAt: attempt.confirmingAt == 0
        ? nil : Timestamp(milliseconds: attempt.confirmingAt),
      screenshots: attempt.screenshots)
  }
}

extension Reason {
  init(_ reason: PurchaseReason) {
    self.init(
      code: reason.code.rawValue, text: reason.text, owner: reason.owner.rawValue,
      providerCode: reason.providerCode)
  }
}
