import Contract
import Logging
import RPC
import Runtime
import Store

/// Where payees' money goes.
extension LedgerService {
  /// Most addresses of one payee that are listed.
  private static let recipientsMax = 1000

  /// Says where a payee's money goes and wakes the payouts that wait for it. The same address again
  /// changes nothing. What a reseller puts is used once the platform has verified it: whoever got
  /// hold of his session must not get his money.
  func putPayoutRecipient(_ request: PutPayoutRecipientRequest, _ context: CallContext)
    async throws -> PayoutRecipient
  {
    let actor = try context.actor()
    var fields = Fields()
    let payee = fields.payee(request.payee)
    let environment = fields.environment(request.environment)
    let email = fields.email(request.email)
    try fields.finish()
    guard let payee, let environment, let email else { throw fields.refusal }
    try requireAccess(actor, to: payee)
    var isVerified = true
    if case .reseller = actor { isVerified = false }
    let recorded = try await store.write { [isVerified] in
      try PayoutStore(transaction: $0).putRecipient(
        payee, environment, email: email, by: "\(actor)", isVerified: isVerified)
    }
    if recorded.isNew {
      context.logger.info(
        "payout recipient put",
        metadata: [
          "payee": "\(payee)", "version": "\(recorded.value.version)", "by": "\(actor)",
        ])
    }
    return PayoutRecipient(payee, environment, recorded.value)
  }

  /// Says that an address is the payee's own. FAILED_PRECONDITION (RECIPIENT_OUTDATED) for one that
  /// is not his newest.
  func verifyPayoutRecipient(_ request: VerifyPayoutRecipientRequest, _ context: CallContext)
    async throws -> PayoutRecipient
  {
    let actor = try context.actor()
    try actor.requirePlatform("verify payout recipients")
    var fields = Fields()
    let payee = fields.payee(request.payee)
    let environment = fields.environment(request.environment)
    if request.version < 1 {
      fields.reject("version", "is \(request.version); it must be 1 or more")
    }
    let evidence = fields.text("evidence", request.evidence, isRequired: true)
    try fields.finish()
    guard let payee, let environment, let evidence else { throw fields.refusal }
    let version = Int64(request.version)
    let recorded = try await store.write {
      try PayoutStore(transaction: $0).verifyRecipient(
        payee, environment, version: version, evidence: evidence, by: "\(actor)")
    }
    if recorded.isNew {
      context.logger.info(
        "payout recipient verified",
        metadata: ["payee": "\(payee)", "version": "\(version)", "by": "\(actor)"])
    }
    return PayoutRecipient(payee, environment, recorded.value)
  }

  /// All addresses that a payee had, newest first; a reseller sees his own.
  func listPayoutRecipients(_ request: ListPayoutRecipientsRequest, _ context: CallContext)
    async throws -> ListPayoutRecipientsResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let payee = fields.payee(request.payee)
    let environment = fields.environment(request.environment)
    try fields.finish()
    guard let payee, let environment else { throw fields.refusal }
    try requireAccess(actor, to: payee)
    let found = try await store.read {
      try PayoutStore(transaction: $0).recipients(payee, environment, limit: Self.recipientsMax)
    }
    return ListPayoutRecipientsResponse(
      recipients: found.map { PayoutRecipient(payee, environment, $0) })
  }
}

extension PayoutRecipient {
  fileprivate init(
    _ payee: Payee, _ environment: Contract.Environment, _ stored: PayoutStore.Recipient
  ) {
    self.init(
      payee: "\(payee)", environment: environment, email: stored.email,
      version: Int32(clamping: stored.version),
      updatedAt: Timestamp(milliseconds: stored.updatedAt), putBy: stored.putBy,
      verifiedBy: stored.verifiedBy,
      verifiedAt: stored.verifiedAt == 0 ? nil : Timestamp(milliseconds: stored.verifiedAt),
      evidence: stored.evidence)
  }
}
