import Contract
import Money
import Store

/// What payouts of a lane can be sent from, as more and more of them are: the payees' accounts and
/// our account at PayPal, each read once.
struct PayoutFunds {
  /// What is known of a payee.
  private struct Holding {
    let email: String?
    var balance: Amount
  }

  private let lane: PayoutLane
  private let transaction: Transaction
  private var platform: Amount
  private var payees: [Payee: Holding] = [:]

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
    return PayoutRules.Facts(
      payee: payout.payee, due: payout.due, isConfigured: isConfigured,
      isDisputed: try isDisputed(payout.orderID), recipientEmail: holding.email,
      payeeBalance: holding.balance, platformBalance: platform)
  }

  /// Takes what is sent to a payee.
  mutating func take(_ amount: Amount, from payee: Payee) throws {
    var holding = try holding(of: payee)
    holding.balance = try holding.balance.subtracting(amount)
    payees[payee] = holding
    platform = try platform.subtracting(amount)
  }

  private mutating func holding(of payee: Payee) throws -> Holding {
    if let known = payees[payee] { return known }
    let found = Holding(
      email: try PayoutStore(transaction: transaction).recipient(payee, lane.environment)?.email,
      balance: try Journal(transaction: transaction).balance(
        of: payee.account, lane.environment, lane.currency))
    payees[payee] = found
    return found
  }

  private func isDisputed(_ orderID: String) throws -> Bool {
    if orderID.isEmpty { return false }
    let found = try transaction.row(
      "SELECT 1 AS found FROM dispute WHERE orderID = $1 AND state = 'OPENED' LIMIT 1",
      [.text(orderID)])
    return found != nil
  }
}
