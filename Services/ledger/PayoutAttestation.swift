import Money

/// What a person found out about a payout of which PayPal tells nothing any more, or of which restored
/// books know nothing.
struct PayoutAttestation: Hashable, Sendable {
  /// Its raw value is stored.
  enum Finding: String, Sendable {
    /// Nothing of it left our account.
    case notSent = "NOT_SENT"
    case paid = "PAID"
  }

  let payoutID: String
  let finding: Finding
  /// What the person saw.
  let evidence: String
  /// What the payee got; nil for the payout's amount.
  let sent: Amount?
  /// What PayPal charged for it; nil for nothing.
  let fee: Amount?
  /// PayPal's id of what was paid; empty when it was not said.
  var providerID = ""
}

extension PayoutReason.Code {
  /// Whether only a person can find out.
  var isForPerson: Bool {
    [.outcomeUnknownTooLong, .itemMissing, .amountDiffers].contains(self)
  }
}
