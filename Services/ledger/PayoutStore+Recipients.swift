import Contract
import Runtime
import Store

/// Where payees' money goes.
extension PayoutStore {
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
    try wake(payee, environment)
    return Recorded(value: next, isNew: true)
  }
}
