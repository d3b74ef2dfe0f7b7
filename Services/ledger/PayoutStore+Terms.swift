import Contract
import Money
import Runtime
import Store

/// When payees are paid.
extension PayoutStore {
  /// Terms as they are stored.
  struct StoredTerms: Sendable {
    /// Nil for those of all.
    let payee: Payee?
    let terms: PayoutTerms
    /// 0 when nobody set any.
    var version: Int64 = 0
    var updatedAt: Int64 = 0
    var setBy = ""
  }

  /// The terms of a payee: his own, else those of all, else the usual ones.
  func terms(of payee: Payee?, in lane: PayoutLane) throws -> StoredTerms {
    let row = try transaction.row(
      """
      SELECT * FROM payoutTerms
      WHERE environment = $1 AND currency = $2 AND payee IN ($3, '')
      ORDER BY payee DESC, version DESC LIMIT 1
      """,
      [
        .integer(Int64(lane.environment.rawValue)), .text(lane.currency.code),
        .text(payee.map { "\($0)" } ?? ""),
      ])
    guard let row, let schedule = PayoutTerms.Schedule(rawValue: row.text("schedule")) else {
      return StoredTerms(payee: nil, terms: .usual(lane.currency))
    }
    return StoredTerms(
      payee: Payee(row.text("payee")),
      terms: PayoutTerms(
        schedule: schedule, hour: row.int("hour"), weekday: row.int("weekday"),
        minimum: Amount(minorUnits: row.int("minimum"), currency: lane.currency),
        holdHours: row.int("holdHours")),
      version: row.int("version"), updatedAt: row.int("updatedAt"), setBy: row.text("setBy"))
  }

  /// Whether anybody set terms in a lane.
  func hasTerms(_ lane: PayoutLane) throws -> Bool {
    let found = try transaction.row(
      "SELECT 1 AS found FROM payoutTerms WHERE environment = $1 AND currency = $2 LIMIT 1",
      [.integer(Int64(lane.environment.rawValue)), .text(lane.currency.code)])
    return found != nil
  }

  /// Sets terms from now on, and looks at what waits under those before. The same terms again change
  /// nothing.
  func set(_ terms: PayoutTerms, of payee: Payee?, in lane: PayoutLane, by actor: String) throws
    -> Recorded<StoredTerms>
  {
    let before = try self.terms(of: payee, in: lane)
    let isOwn = before.version > 0 && before.payee == payee
    if isOwn && before.terms == terms { return Recorded(value: before, isNew: false) }
    let version = isOwn ? before.version + 1 : 1
    try transaction.run(
      """
      INSERT INTO payoutTerms (environment, currency, payee, version, schedule, hour, weekday,
        minimum, holdHours, setBy, updatedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      """,
      [
        .integer(Int64(lane.environment.rawValue)), .text(lane.currency.code),
        .text(payee.map { "\($0)" } ?? ""), .integer(version), .text(terms.schedule.rawValue),
        .integer(terms.hour), .integer(terms.weekday), .integer(terms.minimum.minorUnits),
        .integer(terms.holdHours), .text(actor), .integer(transaction.now),
      ])
    try wake(
      lane, where: "reasonCode IN ($4, $5, $6) AND (payee = $7 OR $7 = '')",
      [PayoutReason.Code.held, .gathering, .belowMinimum].map { .text($0.rawValue) }
        + [.text(payee.map { "\($0)" } ?? "")], limit: Self.wakesMax)
    return Recorded(
      value: StoredTerms(
        payee: payee, terms: terms, version: version, updatedAt: transaction.now, setBy: actor),
      isNew: true)
  }
}
