import Money

/// What a look at a payout's batch says about the payout. Pure.
enum PayoutVerdict: Hashable, Sendable {
  case paid(fee: Amount?)
  /// Not over yet.
  case open(Payout.State, PayoutReason?)
  /// Over, and the money is back.
  case ended(Payout.State, PayoutReason)

  /// Whether the money is back.
  var isEnd: Bool {
    if case .ended = self { true } else { false }
  }

  /// The items decide; a batch counts only where it lacks the item, since a batch with SUCCESS may
  /// hold a failed item (PayPal's reference, payouts v1).
  ///
  /// - Parameters:
  ///   - item: as the batch shows it; nil when it does not.
  ///   - amount: what was asked for.
  init(_ item: BatchReport.Item?, ofBatch status: String, asked amount: Amount) {
    guard let item else {
      self = Self.withoutItem(status)
      return
    }
    if let sent = item.amount, sent != amount {
      self = .open(
        .submitted,
        PayoutReason(
          code: .amountDiffers,
          text: "PayPal's item is over \(sent), \(amount) was asked for; find out and attest it",
          owner: "platform", providerCode: item.status))
      return
    }
    self = Self.ofItem(item)
  }

  private static func withoutItem(_ batchStatus: String) -> PayoutVerdict {
    switch batchStatus {
    case "DENIED", "CANCELED":
      .ended(
        .failed,
        PayoutReason(
          code: .refusedByPayPal, text: "PayPal ended the batch: \(batchStatus)",
          owner: "platform", providerCode: batchStatus))
    case "SUCCESS":
      .open(
        .submitted,
        PayoutReason(
          code: .itemMissing,
          text: "PayPal is done with the batch and shows no such item; find out and attest it",
          owner: "platform", providerCode: batchStatus))
    default: .open(.submitted, nil)
    }
  }

  private static func ofItem(_ item: BatchReport.Item) -> PayoutVerdict {
    let code = item.errorName ?? item.status
    func reason(_ reason: PayoutReason.Code, _ text: String, _ owner: String) -> PayoutReason {
      PayoutReason(code: reason, text: text, owner: owner, providerCode: code)
    }
    switch item.status {
    case "SUCCESS": return .paid(fee: item.fee)
    case "UNCLAIMED":
      return .open(
        .unclaimed,
        reason(
          .notClaimed, "the recipient has not claimed it; it returns after 30 days", "reseller"))
    case "ONHOLD":
      return .open(.submitted, reason(.heldByPayPal, "PayPal reviews it", "nobody"))
    case "FAILED", "BLOCKED", "DENIED", "CANCELED":
      return .ended(
        .failed, reason(.refusedByPayPal, "PayPal refused the transfer: \(code)", "platform"))
    case "RETURNED", "REFUNDED", "REVERSED":
      return .ended(
        .returned, reason(.returnedByPayPal, "the transfer came back: \(code)", "platform"))
    default: return .open(.submitted, nil)
    }
  }
}
