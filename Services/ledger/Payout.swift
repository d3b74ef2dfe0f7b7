import Contract
import Money

/// One transfer of money to one payee.
///
/// **Invariant:** from SUBMITTED on, `amount`, `recipientEmail`, `generation` and the batch are fixed
/// until the generation has a definite end. They were committed before PayPal was called.
struct Payout: Hashable, Sendable {
  /// Where a payout stands; its raw value is stored.
  enum State: String, Sendable, CaseIterable {
    /// Nothing is owed. Final.
    case notDue = "NOT_DUE"
    /// Nothing was sent; the reason says what it waits for.
    case pending = "PENDING"
    /// Sent under its key, or about to be; the outcome is not known to be other than accepted.
    case submitted = "SUBMITTED"
    /// The payee has it. It can still come back, of which only PayPal's events tell.
    case paid = "PAID"
    /// Sent, and the payee has not claimed it.
    case unclaimed = "UNCLAIMED"
    /// It came back; the payee's account was credited again.
    case returned = "RETURNED"
    /// It was refused; the payee's account was credited again.
    case failed = "FAILED"
    /// Nobody knows whether PayPal took it; the same key is repeated until that is known.
    case unknown = "UNKNOWN"

    var contract: PayoutState {
      switch self {
      case .notDue: .notDue
      case .pending: .pending
      case .submitted: .submitted
      case .paid: .paid
      case .unclaimed: .unclaimed
      case .returned: .returned
      case .failed: .failed
      case .unknown: .unknown
      }
    }

    /// Nil for the unspecified and the unknown of the contract.
    init?(_ contract: PayoutState) {
      guard let state = Self.allCases.first(where: { $0.contract == contract }) else { return nil }
      self = state
    }
  }

  let payoutID: String
  /// Empty when it was requested on demand.
  let orderID: String
  let payee: Payee
  let environment: Contract.Environment
  /// What is owed.
  let due: Amount
  let state: State
  /// What was sent under the newest generation.
  let amount: Amount?
  /// What PayPal charged for sending it.
  let fee: Amount?
  /// Number of the newest generation; 0 before the first.
  let generation: Int
  let recipientEmail: String
  /// Key of the batch in which the newest generation was sent; empty before the first.
  var senderBatchID = ""
  /// PayPal's ids.
  let batchID: String
  let itemID: String
  let reason: PayoutReason?
  /// When the newest generation was fixed; milliseconds since the epoch.
  let submittedAt: Int64
  let nextAt: Int64
  let createdAt: Int64
  let updatedAt: Int64
  /// In batches of how many it may be sent, after PayPal refused a larger one; 0 for no bound.
  var groupMax = 0
  /// The payout that carries this one; empty when it goes by itself.
  var coveredBy = ""
}

extension Payout {
  /// Id of the payout that an order owes to a payee.
  static func id(order orderID: String, payee: Payee) -> String { "\(orderID)/\(payee.word)" }

  /// The key of a generation at PayPal: `<order>-admin-<n>`, `<order>-reseller-<n>`, the same with
  /// `-gathered` for one that covers others, and `<id>-demand-<n>` for one requested on demand, so
  /// that no two payouts share a key.
  func senderItemID(_ generation: Int) -> String {
    if payoutID.contains("/") { return "\(payoutID.replacing("/", with: "-"))-\(generation)" }
    return orderID.isEmpty
      ? "\(payoutID)-demand-\(generation)" : "\(orderID)-\(payee.word)-\(generation)"
  }

  /// The key of the newest generation.
  var senderItemID: String { senderItemID(generation) }

  /// What of it one transfer cannot carry, or did not: it stays in the payee's account. Nil when that is
  /// nothing, and while nothing is owed or all of it is owed again.
  var left: Amount? {
    let carried: Amount?
    switch state {
    case .notDue, .failed, .returned: carried = nil
    case .pending: carried = try? PayoutRules.expressible(due)
    case .submitted, .paid, .unclaimed, .unknown: carried = amount
    }
    guard let carried, carried.minorUnits < due.minorUnits else { return nil }
    return Amount(minorUnits: due.minorUnits - carried.minorUnits, currency: due.currency)
  }

  /// Whether PayPal may have it, so that its account does not.
  var isOnItsWay: Bool { [.submitted, .unclaimed, .unknown].contains(state) }
}

/// Why a payout waits or ended: a stable code, a sentence, and who can cure it.
struct PayoutReason: Hashable, Sendable {
  enum Code: String, Sendable, CaseIterable {
    /// The books were restored, and a person has not looked yet what was sent since the backup.
    case restored = "RESTORED"
    /// The payee has no recipient address yet.
    case noRecipient = "NO_RECIPIENT"
    /// The payee put an address that nobody of the platform has verified yet.
    case recipientNotVerified = "RECIPIENT_NOT_VERIFIED"
    /// Sales' shares are held for a while by the payee's terms.
    case held = "HELD"
    /// By the payee's terms it is paid on the next payday.
    case gathering = "GATHERING"
    /// What gathered is less than the payee's minimum.
    case belowMinimum = "BELOW_MINIMUM"
    /// The buyer disputes the payment.
    case disputed = "DISPUTED"
    /// Our PayPal account does not hold enough.
    case platformBalanceTooLow = "PLATFORM_BALANCE_TOO_LOW"
    /// The payee's account was eaten up by losses.
    case payeeBalanceTooLow = "PAYEE_BALANCE_TOO_LOW"
    /// PayPal takes no fractions of the currency, and less than one is owed.
    case amountTooSmall = "AMOUNT_TOO_SMALL"
    /// The environment has no PayPal account.
    case payPalNotConfigured = "PAYPAL_NOT_CONFIGURED"
    /// PayPal certainly did not take it this time; it is sent again.
    case payPalUnavailable = "PAYPAL_UNAVAILABLE"
    /// PayPal's answer was lost or unreadable.
    case outcomeUnknown = "OUTCOME_UNKNOWN"
    /// The time in which the key may be repeated is over and the outcome is still unknown.
    case outcomeUnknownTooLong = "OUTCOME_UNKNOWN_TOO_LONG"
    /// PayPal refused the batch or the item.
    case refusedByPayPal = "REFUSED_BY_PAYPAL"
    /// The payee has not claimed it.
    case notClaimed = "NOT_CLAIMED"
    /// PayPal holds the item for a review.
    case heldByPayPal = "HELD_BY_PAYPAL"
    /// It came back from the payee.
    case returnedByPayPal = "RETURNED_BY_PAYPAL"
    /// PayPal worked through the batch and shows no such item in it.
    case itemMissing = "ITEM_MISSING"
    /// PayPal sent another amount than was asked for.
    case amountDiffers = "AMOUNT_DIFFERS"
    /// PayPal refused the batch it was in; it is sent in a smaller one.
    case batchRefused = "BATCH_REFUSED"
    /// A person attests that it was not sent.
    case attestedNotSent = "ATTESTED_NOT_SENT"
  }

  let code: Code
  let text: String
  /// platform, reseller or nobody.
  let owner: String
  /// PayPal's own code, as received; empty when the reason is ours.
  var providerCode = ""
}
