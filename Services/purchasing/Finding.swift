import Contract
import Money
import Runtime

/// What a person found out about an unknown purchase. Kept for ever, with who it was.
struct Finding: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    /// The supplier's orders, and what the person says they cost.
    case placed(ids: [String], cost: Amount?)
    case notPlaced(evidence: String)
  }

  let generation: Int
  let foundBy: String
  let content: Content
  /// Milliseconds since the epoch.
  let recordedAt: Int64
}

extension PurchaseReason {
  /// A person has seen that the supplier has no order.
  static func attested(by person: String, _ evidence: String) -> PurchaseReason {
    PurchaseReason(
      code: .attestedNotPlaced, text: "\(person) attests that nothing was placed: \(evidence)",
      owner: .platform)
  }
}

extension Contract.Finding {
  init(_ finding: Finding) {
    self.init(
      generation: Int32(clamping: finding.generation), foundBy: finding.foundBy,
      recordedAt: Timestamp(milliseconds: finding.recordedAt))
    switch finding.content {
    case .placed(let ids, let cost):
      supplierOrderIDs = ids
      landedCost = cost.map { .init($0) }
    case .notPlaced(let evidence): notPlacedEvidence = evidence
    }
  }
}
