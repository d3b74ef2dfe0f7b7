import Contract
import Logging
import Money
import RPC
import Runtime
import Store

/// What only a person can find out.
extension LedgerService {
  /// Ends a payout whose outcome PayPal tells no more: one whose key it has forgotten, or whose item
  /// is not what was asked for; or one that is held since a restore. A replay answers with the payout
  /// as it is now. FAILED_PRECONDITION: COVERED, NOT_ATTESTABLE.
  func attestPayout(_ request: AttestPayoutRequest, _ context: CallContext) async throws
    -> Contract.Payout
  {
    let actor = try context.actor()
    switch actor {
    case .admin, .operator: break
    case .system, .reseller:
      throw LedgerError.notAllowed(actor: "\(actor)", what: "attest payouts; a person may")
    }
    let attestation = try read(request)
    let recorded = try await store.write {
      try PayoutStore(transaction: $0).attest(attestation, by: actor)
    }
    if recorded.isNew {
      context.logger.info(
        "payout attested",
        metadata: [
          "payout": "\(attestation.payoutID)", "finding": "\(attestation.finding.rawValue)",
          "by": "\(actor)",
        ])
    }
    return .init(recorded.value)
  }

  private func read(_ request: AttestPayoutRequest) throws(InvalidFields) -> PayoutAttestation {
    let payoutID = try payoutID(request.payoutID)
    var fields = Fields()
    var finding: PayoutAttestation.Finding?
    switch request.finding {
    case .notSent: finding = .notSent
    case .paid: finding = .paid
    case .unspecified, .unrecognized:
      fields.reject("finding", "is \(request.finding.name); it must be NOT_SENT or PAID")
    }
    let evidence = fields.text("evidence", request.evidence, isRequired: true)
    var (sent, fee): (Amount?, Amount?)
    if request.sent != nil { sent = fields.amount("sent", request.sent, .zeroOrMore) }
    if request.fee != nil { fee = fields.amount("fee", request.fee, .zeroOrMore) }
    let providerID = fields.text("provider_id", request.providerID) ?? ""
    if finding == .notSent, request.sent != nil || request.fee != nil || !providerID.isEmpty {
      fields.reject("finding", "is NOT_SENT; then nothing was sent and no fee was charged")
    }
    try fields.finish()
    guard let finding, let evidence else { throw fields.refusal }
    return PayoutAttestation(
      payoutID: payoutID, finding: finding, evidence: evidence, sent: sent, fee: fee,
      providerID: providerID)
  }
}
