import Contract
import Money
import Store

/// What payouts of a lane can be sent from, as more and more of them are: the payees' accounts and
/// our account at PayPal, each read once.
struct PayoutFunds {
  /// What is known of a payee.
  private struct Holding {
    let recipient: PayoutStore.Recipient?
    let terms: PayoutTerms
    /// Nil until it is asked for.
    var balance: Amount?

    /// Whether money can be sent to him.
    var canReceive: Bool { recipient?.verifiedBy.isEmpty == false }
  }

  private let lane: PayoutLane
  private let transaction: Transaction
  private var platform: Amount
  private var payees: [Payee: Holding] = [:]
  private var gathered: Set<Payee> = []

  init(_ lane: PayoutLane, _ transaction: Transaction) throws {
    self.lane = lane
    self.transaction = transaction
    let journal = Journal(transaction: transaction)
    let held = try journal.balance(of: .payPal, lane.environment, lane.currency)
    let sent = try journal.balance(of: .payoutsInTransit, lane.environment, lane.currency)
    platform = try held.subtracting(sent)
  }

  /// Everything that a decision about a payout needs.
  mutating func facts(of payout: Payout, isConfigured: Bool) throws -> PayoutRules.Facts {
    let holding = try holding(of: payout.payee)
    // Without a recipient it waits in any case, and nothing else is read.
    let canReceive = holding.canReceive
    return PayoutRules.Facts(
      payee: payout.payee, due: payout.due, isConfigured: isConfigured,
      isDisputed: try canReceive && isDisputed(payout.orderID),
      recipientEmail: holding.recipient?.email,
      payeeBalance: canReceive ? try balance(of: payout.payee) : .zero(lane.currency),
      platformBalance: platform, isRecipientVerified: canReceive)
  }

  /// Takes what is sent to a payee.
  mutating func take(_ amount: Amount, from payee: Payee) throws {
    let left = try balance(of: payee).subtracting(amount)
    payees[payee]?.balance = left
    platform = try platform.subtracting(amount)
  }

  mutating func terms(of payee: Payee) throws -> PayoutTerms { try holding(of: payee).terms }

  /// What a payee is owed, less what was taken.
  mutating func balance(of payee: Payee) throws -> Amount {
    if let known = try holding(of: payee).balance { return known }
    let balance = try Journal(transaction: transaction).balance(
      of: payee.account, lane.environment, lane.currency)
    payees[payee]?.balance = balance
    return balance
  }

  /// - Returns: false when what gathered for the payee was looked at already.
  mutating func markGathered(_ payee: Payee) -> Bool { gathered.insert(payee).inserted }

  private mutating func holding(of payee: Payee) throws -> Holding {
    if let known = payees[payee] { return known }
    let payouts = PayoutStore(transaction: transaction)
    let found = Holding(
      recipient: try payouts.recipient(payee, lane.environment),
      terms: try payouts.terms(of: payee, in: lane).terms, balance: nil)
    payees[payee] = found
    return found
  }

  func isDisputed(_ orderID: String) throws -> Bool {
    if orderID.isEmpty { return false }
    let found = try transaction.row(
      "SELECT 1 AS found FROM dispute WHERE orderID = $1 AND state = 'OPENED' LIMIT 1",
      [.text(orderID)])
    return found != nil
  }
}
