import Contract
import Money
import Runtime
import Store

/// The payouts and their batches, and the intents that move them.
///
/// **Invariant:** a lane with a PENDING payout, or with a batch in its sending slot, has an intent
/// `sendPayouts`; a batch whose answer was lost has `repeatPayouts`, an accepted one whose payouts are
/// not over `pollPayouts`, one with paid payouts only while an event makes us look again.
struct PayoutStore {
  /// Subject: a lane.
  static let sendIntent = "sendPayouts"
  /// Subject: a batch.
  static let repeatIntent = "repeatPayouts"
  /// Subject: a batch.
  static let pollIntent = "pollPayouts"
  /// A capture brings little money, so it wakes few of those who wait for it.
  static let wakesPerCapture = 16
  /// Most payouts that one change of a payee or a top-up wakes; the others are looked at hourly.
  static let wakesMax = 10_000

  let transaction: Transaction
  var journal: Journal { Journal(transaction: transaction) }

  /// Has a lane looked at, at a time or now. It replaces what was planned, so a later time is only
  /// right where nothing is due before.
  func send(_ lane: PayoutLane, at dueAt: Int64? = nil) throws {
    try transaction.schedule(Self.sendIntent, lane.subject, at: dueAt)
  }

  /// Makes a payout of an available balance. A replay finds the payout as it is now.
  ///
  /// - Parameter mayReach: throws when the actor may not learn about another payee's payout.
  func request(
    _ payoutID: String, payee: Payee, environment: Contract.Environment, amount: Amount,
    mayReach: (Payee) throws -> Void
  ) throws -> Recorded<Payout> {
    if let stored = try payout(payoutID) {
      try mayReach(stored.payee)
      try Comparison(kind: "payout", id: payoutID).require([
        ("payee", "\(stored.payee)", "\(payee)"),
        ("environment", stored.environment.word, environment.word),
        ("amount", "\(stored.due)", "\(amount)"),
      ])
      return Recorded(value: stored, isNew: false)
    }
    let funds = try balance(of: payee.account, environment, amount.currency)
    if try funds.available.isLess(than: amount) {
      throw LedgerError.balanceTooLow(
        payee: "\(payee)", available: "\(funds.available)", asked: "\(amount)")
    }
    try insert(
      1,
      columns(
        payoutID: payoutID, orderID: "", payee: payee, environment: environment, due: amount,
        state: .pending))
    try send(PayoutLane(environment, amount.currency))
    return Recorded(value: try require(payoutID), isNew: true)
  }

  /// Sends a payout that failed or came back again, under the next generation. What came back may
  /// have been paid out on demand since: then there is nothing to send.
  func retry(_ payoutID: String) throws -> Payout {
    let stored = try require(payoutID)
    guard stored.coveredBy.isEmpty else {
      throw LedgerError.covered(payoutID: payoutID, by: stored.coveredBy)
    }
    guard stored.state == .failed || stored.state == .returned else {
      throw LedgerError.notRetriable(payoutID: payoutID, state: stored.state.rawValue)
    }
    let due = try currentDue(stored)
    let funds = try balance(
      of: stored.payee.account, stored.environment, stored.due.currency)
    guard funds.available.isPositive && due.isPositive else {
      throw LedgerError.balanceTooLow(
        payee: "\(stored.payee)", available: "\(funds.available)", asked: "\(due)")
    }
    try transaction.run(
      """
      UPDATE payout SET state = 'PENDING', due = $3, amount = NULL, fee = NULL, feeCurrency = '',
        senderBatchID = '', itemID = '', reasonCode = '', reasonText = '', reasonOwner = '',
        providerCode = '', groupMax = 0, nextAt = $2, updatedAt = $2
      WHERE payoutID = $1
      """,
      [.text(payoutID), .integer(transaction.now), .integer(due.minorUnits)])
    try send(PayoutLane(stored.environment, stored.due.currency))
    return try require(payoutID)
  }

  // MARK: Waking what waits

  /// Looks again at payouts that wait for money in our PayPal account: at a few, or at all with those
  /// that PayPal itself refused for it.
  func wakeForPlatformBalance(
    _ environment: Contract.Environment, _ currency: Currency, includesRefused: Bool
  ) throws {
    let lane = PayoutLane(environment, currency)
    try wake(lane, includesRefused ? Self.allShortOfFunds : Self.someShortOfFunds)
  }

  /// Looks again at payouts of a payee whose account was too low.
  func wakeForPayeeBalance(
    _ payee: Payee, _ environment: Contract.Environment, _ currency: Currency
  ) throws {
    try wake(PayoutLane(environment, currency), Self.shortOfBalance, [.text("\(payee)")])
  }

  /// Looks again at a payee's payouts, in every currency, but those that wait for their payday.
  func wake(_ payee: Payee, _ environment: Contract.Environment) throws {
    let lanes = try transaction.rows(
      """
      SELECT DISTINCT currency FROM payout
      WHERE state = 'PENDING' AND coveredBy = '' AND environment = $1 AND payee = $2
      """,
      [.integer(Int64(environment.rawValue)), .text("\(payee)")])
    for row in lanes {
      let lane = PayoutLane(environment, try Currency(validating: row.text("currency")))
      try wake(
        lane, where: "payee = $4 AND reasonCode NOT IN ($5, $6, $7)",
        [.text("\(payee)")]
          + [PayoutReason.Code.held, .gathering, .belowMinimum].map { .text($0.rawValue) },
        limit: Self.wakesMax)
    }
  }

  /// Makes payouts of a lane that wait due now, oldest first.
  ///
  /// - Parameter condition: in SQL, with parameters from `$4` on.
  func wake(
    _ lane: PayoutLane, where condition: String, _ values: [SQLValue], limit: Int
  ) throws {
    try wake(lane, Waiting(condition, limit), values)
  }

  /// Most captures and sales find none, which costs little.
  private func wake(_ lane: PayoutLane, _ waiting: Waiting, _ values: [SQLValue] = []) throws {
    let values: [SQLValue] =
      [
        .integer(Int64(lane.environment.rawValue)), .text(lane.currency.code),
        .integer(transaction.now),
      ] + values
    guard try transaction.row(waiting.find, values) != nil else { return }
    try transaction.run(waiting.wake, values)
    try send(lane)
  }

  /// The statements about some payouts of a lane that wait, with the time as `$3`.
  struct Waiting: Sendable {
    let find: String
    let wake: String

    init(_ condition: String, _ limit: Int) {
      find = """
        SELECT number FROM payout
        WHERE state = 'PENDING' AND coveredBy = '' AND environment = $1 AND currency = $2
          AND $3 > 0 AND \(condition)
        ORDER BY number LIMIT \(limit)
        """
      wake = "UPDATE payout SET nextAt = $3 WHERE number IN (\(find))"
    }
  }

  // The reasons are not parameters: SQLite would compile the statements anew for each value, because
  // indexes have conditions on them.
  static let someShortOfFunds = Waiting("\(isShortOfFunds) AND providerCode = ''", wakesPerCapture)
  static let allShortOfFunds = Waiting(isShortOfFunds, wakesMax)
  static let shortOfBalance = Waiting(
    "payee = $4 AND reasonCode = '\(PayoutReason.Code.payeeBalanceTooLow.rawValue)'",
    wakesPerCapture)
  private static let isShortOfFunds =
    "reasonCode = '\(PayoutReason.Code.platformBalanceTooLow.rawValue)'"
}
