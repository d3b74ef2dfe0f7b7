import Contract
import Money
import Runtime
import Store

/// The payouts and their recipients, and the intents that move them.
///
/// **Invariant:** a PENDING payout has an intent `submitPayout`, an accepted one that is not over an
/// intent `pollPayout`; a paid one only while an event makes us look again.
struct PayoutStore {
  static let submitIntent = "submitPayout"
  static let pollIntent = "pollPayout"
  /// A capture brings little money, so it wakes few of those who wait for it.
  static let wakesPerCapture = 16
  /// Most payouts that one change of a payee or a top-up wakes; the others are looked at hourly.
  static let wakesMax = 10_000

  let transaction: Transaction
  var journal: Journal { Journal(transaction: transaction) }

  /// Makes the payouts that an order owes. What is not positive is NOT_DUE.
  func create(
    _ dues: [(payee: Payee, amount: Amount)], orderID: String, environment: Contract.Environment
  ) throws {
    if dues.isEmpty { return }
    var values: [SQLValue] = []
    for due in dues {
      let payoutID = Payout.id(order: orderID, payee: due.payee)
      let isDue = due.amount.isPositive
      values += columns(
        payoutID: payoutID, orderID: orderID, payee: due.payee, environment: environment,
        due: due.amount, state: isDue ? .pending : .notDue)
      if isDue { try transaction.schedule(Self.submitIntent, payoutID) }
    }
    try insert(dues.count, values)
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
    try transaction.schedule(Self.submitIntent, payoutID)
    return Recorded(value: try require(payoutID), isNew: true)
  }

  /// Sends a payout that failed or came back again, under the next generation. What came back may
  /// have been paid out on demand since: then there is nothing to send.
  func retry(_ payoutID: String) throws -> Payout {
    let stored = try require(payoutID)
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
      UPDATE payout SET state = 'PENDING', due = $3, amount = NULL, fee = NULL, batchID = '',
        itemID = '', reasonCode = '', reasonText = '', reasonOwner = '', providerCode = '',
        nextAt = $2, updatedAt = $2
      WHERE payoutID = $1
      """,
      [.text(payoutID), .integer(transaction.now), .integer(due.minorUnits)])
    try transaction.schedule(Self.submitIntent, payoutID)
    return try require(payoutID)
  }

  private func columns(
    payoutID: String, orderID: String, payee: Payee, environment: Contract.Environment,
    due: Amount, state: Payout.State
  ) -> [SQLValue] {
    [
      .text(payoutID), .text(orderID), .text("\(payee)"),
      .integer(Int64(environment.rawValue)), .text(due.currency.code), .integer(due.minorUnits),
      .text(state.rawValue), .integer(state == .pending ? transaction.now : 0),
      .integer(transaction.now), .integer(transaction.now),
    ]
  }

  private func insert(_ count: Int, _ values: [SQLValue]) throws {
    try transaction.run(
      "INSERT INTO payout (payoutID, orderID, payee, environment, currency, due, state, nextAt,"
        + " createdAt, updatedAt) VALUES " + Journal.tuples(count, of: 10), values)
  }

  // MARK: Waking what waits

  /// Looks again at payouts that wait for money in our PayPal account. Those that PayPal itself
  /// refused for it are looked at only when told to.
  func wakeForPlatformBalance(
    _ environment: Contract.Environment, _ currency: Currency, limit: Int, includesRefused: Bool
  ) throws {
    let rows = try transaction.rows(
      """
      SELECT payoutID FROM payout
      WHERE state = 'PENDING' AND environment = $1 AND currency = $2 AND reasonCode = $3
        AND (providerCode = '' OR $4 = 1)
      ORDER BY number LIMIT $5
      """,
      [
        .integer(Int64(environment.rawValue)), .text(currency.code),
        .text(PayoutReason.Code.platformBalanceTooLow.rawValue),
        .integer(includesRefused ? 1 : 0), .integer(Int64(limit)),
      ])
    try wake(rows)
  }

  /// Looks again at payouts of a payee whose account was too low.
  func wakeForPayeeBalance(
    _ payee: Payee, _ environment: Contract.Environment, _ currency: Currency
  ) throws {
    let rows = try transaction.rows(
      """
      SELECT payoutID FROM payout
      WHERE state = 'PENDING' AND environment = $1 AND currency = $2 AND payee = $3
        AND reasonCode = $4
      ORDER BY number LIMIT $5
      """,
      [
        .integer(Int64(environment.rawValue)), .text(currency.code), .text("\(payee)"),
        .text(PayoutReason.Code.payeeBalanceTooLow.rawValue),
        .integer(Int64(Self.wakesPerCapture)),
      ])
    try wake(rows)
  }

  func wake(_ rows: [Row]) throws {
    for row in rows { try transaction.schedule(Self.submitIntent, row.text("payoutID")) }
  }

  // MARK: Recipients

  /// Where a payee's money goes, with the version and time of it.
  struct Recipient: Sendable {
    let email: String
    let version: Int64
    let updatedAt: Int64
  }

  func recipient(_ payee: Payee, _ environment: Contract.Environment) throws -> Recipient? {
    try transaction.row(
      """
      SELECT email, version, updatedAt FROM payoutRecipient
      WHERE payee = $1 AND environment = $2 ORDER BY version DESC LIMIT 1
      """,
      [.text("\(payee)"), .integer(Int64(environment.rawValue))]
    ).map {
      Recipient(
        email: $0.text("email"), version: $0.int("version"), updatedAt: $0.int("updatedAt"))
    }
  }

  /// Puts a recipient, keeps those before it, and wakes the payee's payouts. The same address again
  /// changes nothing.
  func putRecipient(_ payee: Payee, _ environment: Contract.Environment, email: String) throws
    -> Recorded<Recipient>
  {
    let before = try recipient(payee, environment)
    if let before, before.email == email { return Recorded(value: before, isNew: false) }
    let next = Recipient(
      email: email, version: (before?.version ?? 0) + 1, updatedAt: transaction.now)
    try transaction.run(
      """
      INSERT INTO payoutRecipient (payee, environment, version, email, updatedAt)
      VALUES ($1, $2, $3, $4, $5)
      """,
      [
        .text("\(payee)"), .integer(Int64(environment.rawValue)), .integer(next.version),
        .text(email), .integer(next.updatedAt),
      ])
    let rows = try transaction.rows(
      """
      SELECT payoutID FROM payout WHERE state = 'PENDING' AND payee = $1 AND environment = $2
      ORDER BY number LIMIT $3
      """,
      [
        .text("\(payee)"), .integer(Int64(environment.rawValue)), .integer(Int64(Self.wakesMax)),
      ])
    try wake(rows)
    return Recorded(value: next, isNew: true)
  }
}
