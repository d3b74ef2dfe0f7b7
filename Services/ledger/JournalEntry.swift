import Contract
import Money

/// An amount moved from one account to another.
///
/// **Invariant:** the amount is positive, so that an entry balances whatever it holds.
struct Posting: Hashable, Sendable {
  let debit: Account
  let credit: Account
  let amount: Amount

  init(debit: Account, credit: Account, amount: Amount) {
    precondition(amount.isPositive, "a posting moves a positive amount")
    self.debit = debit
    self.credit = credit
    self.amount = amount
  }

  /// The posting of an amount of either sign: a negative one goes the other way round, zero is nil.
  static func signed(debit: Account, credit: Account, amount: Amount) throws(MoneyError) -> Posting?
  {
    if amount.isZero { return nil }
    if amount.isPositive { return Posting(debit: debit, credit: credit, amount: amount) }
    return Posting(debit: credit, credit: debit, amount: try amount.multiplied(by: -1))
  }
}

/// One business event, not written yet.
///
/// **Invariant:** all postings have one currency. A posting of zero is left out.
struct JournalEntry: Hashable, Sendable {
  /// What happened; its raw value is stored and hashed.
  enum Kind: String, Sendable, CaseIterable {
    case capture, sale, funding, payoutSubmitted, payoutPaid, payoutReversed
    case refund, dispute
  }

  /// Made by the caller: `<order>/capture`, `<order>/sale`, `<payout>-<n>/submitted` and so on.
  let entryID: String
  let kind: Kind
  /// Empty when the event belongs to no order.
  let orderID: String
  let environment: Contract.Environment
  /// Milliseconds since the epoch.
  let occurredAt: Int64
  let postings: [Posting]

  /// No business event has more.
  static let postingsMax = 8
}

/// An entry as it stands in the journal, with the columns as they were found.
struct StoredEntry: Hashable, Sendable {
  let content: JournalHash.Content
  /// SHA-256, as `JournalHash` draws it.
  let hash: [UInt8]
  /// The person who had it booked; empty when it went by itself, or was not asked for.
  var recordedBy = ""
}

extension JournalEntry {
  /// Ids of entries. The last part keeps them apart from one another.
  enum ID {
    static func capture(_ orderID: String) -> String { "\(orderID)/capture" }
    static func sale(_ orderID: String) -> String { "\(orderID)/sale" }
    static func funding(_ fundingID: String) -> String { "\(fundingID)/funding" }
    static func refund(_ orderID: String, _ refundID: String) -> String {
      "\(orderID)/refund-\(refundID)"
    }
    static func dispute(_ orderID: String, _ disputeID: String, _ state: Dispute.State) -> String {
      "\(orderID)/dispute-\(disputeID)/\(state.word)"
    }
    static func submitted(_ payoutID: String, _ generation: Int) -> String {
      "\(payoutID)-\(generation)/submitted"
    }
    static func paid(_ payoutID: String, _ generation: Int) -> String {
      "\(payoutID)-\(generation)/paid"
    }
    /// Of a fee in another currency than the payout's.
    static func fee(_ payoutID: String, _ generation: Int) -> String {
      "\(payoutID)-\(generation)/fee"
    }
    static func reversed(_ payoutID: String, _ generation: Int) -> String {
      "\(payoutID)-\(generation)/reversed"
    }
  }
}
