import Contract
import Runtime
import Store

/// Where payees' money goes.
extension PayoutStore {
  /// An address, with who put it and who says that it is the payee's own.
  struct Recipient: Sendable {
    let email: String
    let version: Int64
    let updatedAt: Int64
    let putBy: String
    /// Empty until somebody does; nothing is sent there before.
    let verifiedBy: String
    let verifiedAt: Int64
    let evidence: String
  }

  func recipient(_ payee: Payee, _ environment: Contract.Environment) throws -> Recipient? {
    try recipients(payee, environment, limit: 1).first
  }

  /// All addresses that a payee had, newest first.
  func recipients(_ payee: Payee, _ environment: Contract.Environment, limit: Int) throws
    -> [Recipient]
  {
    try transaction.rows(
      """
      SELECT * FROM payoutRecipient
      WHERE payee = $1 AND environment = $2 ORDER BY version DESC LIMIT $3
      """,
      [.text("\(payee)"), .integer(Int64(environment.rawValue)), .integer(Int64(limit))]
    ).map {
      Recipient(
        email: $0.text("email"), version: $0.int("version"), updatedAt: $0.int("updatedAt"),
        putBy: $0.text("putBy"), verifiedBy: $0.text("verifiedBy"),
        verifiedAt: $0.int("verifiedAt"), evidence: $0.text("evidence"))
    }
  }

  /// Puts a recipient, keeps those before it, and wakes the payee's payouts. The same address again
  /// changes nothing.
  ///
  /// - Parameter isVerified: whether who puts it vouches for it.
  func putRecipient(
    _ payee: Payee, _ environment: Contract.Environment, email: String, by actor: String,
    isVerified: Bool
  ) throws -> Recorded<Recipient> {
    let before = try recipient(payee, environment)
    if let before, before.email == email { return Recorded(value: before, isNew: false) }
    let next = Recipient(
      email: email, version: (before?.version ?? 0) + 1, updatedAt: transaction.now,
      putBy: actor, verifiedBy: isVerified ? actor : "",
      verifiedAt: isVerified ? transaction.now : 0, evidence: "")
    try transaction.run(
      """
      INSERT INTO payoutRecipient (payee, environment, version, email, updatedAt, putBy,
        verifiedBy, verifiedAt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .text("\(payee)"), .integer(Int64(environment.rawValue)), .integer(next.version),
        .text(email), .integer(next.updatedAt), .text(actor), .text(next.verifiedBy),
        .integer(next.verifiedAt),
      ])
    try wake(payee, environment)
    return Recorded(value: next, isNew: true)
  }

  /// Records who says that the newest address is the payee's own, and wakes his payouts. One that is
  /// verified stays as it is.
  ///
  /// - Throws: `NotFound` without an address, `recipientOutdated` for an older one.
  func verifyRecipient(
    _ payee: Payee, _ environment: Contract.Environment, version: Int64, evidence: String,
    by actor: String
  ) throws -> Recorded<Recipient> {
    guard let newest = try recipient(payee, environment) else {
      throw NotFound(kind: "payout recipient", id: "\(payee)")
    }
    guard newest.version == version else {
      throw LedgerError.recipientOutdated(
        payee: "\(payee)", newest: newest.version, given: version)
    }
    if !newest.verifiedBy.isEmpty { return Recorded(value: newest, isNew: false) }
    try transaction.run(
      """
      UPDATE payoutRecipient SET verifiedBy = $4, verifiedAt = $5, evidence = $6
      WHERE payee = $1 AND environment = $2 AND version = $3
      """,
      [
        .text("\(payee)"), .integer(Int64(environment.rawValue)), .integer(version),
        .text(actor), .integer(transaction.now), .text(evidence),
      ])
    try wake(payee, environment)
    return Recorded(value: try recipient(payee, environment) ?? newest, isNew: true)
  }
}
