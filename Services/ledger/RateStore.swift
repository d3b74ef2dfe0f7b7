import Store

/// The commission rates as they were set: append-only, the newest one counts.
struct RateStore {
  let transaction: Transaction

  struct Rate: Hashable, Sendable {
    let userID: Int64
    let version: Int64
    let basisPoints: Int64
    let setBy: String
    let note: String
    let updatedAt: Int64
  }

  /// The rate from now on. The same rate again changes nothing.
  func set(userID: Int64, basisPoints: Int, by actor: String, note: String) throws
    -> Recorded<Rate>
  {
    let newest = try rates(userID: userID, before: .max, limit: 1).first
    if let newest, newest.basisPoints == Int64(basisPoints) {
      return Recorded(value: newest, isNew: false)
    }
    let next = Rate(
      userID: userID, version: (newest?.version ?? 0) + 1, basisPoints: Int64(basisPoints),
      setBy: actor, note: note, updatedAt: transaction.now)
    try transaction.run(
      """
      INSERT INTO commissionRate (userID, version, rateBasisPoints, updatedAt, setBy, note)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .integer(userID), .integer(next.version), .integer(next.basisPoints),
        .integer(next.updatedAt), .text(actor), .text(note),
      ])
    return Recorded(value: next, isNew: true)
  }

  /// Rates of a user, newest first, before a version.
  func rates(userID: Int64, before version: Int64, limit: Int) throws -> [Rate] {
    try transaction.rows(
      """
      SELECT * FROM commissionRate WHERE userID = $1 AND version < $2
      ORDER BY version DESC LIMIT $3
      """,
      [.integer(userID), .integer(version), .integer(Int64(limit))]
    ).map {
      Rate(
        userID: $0.int("userID"), version: $0.int("version"),
        basisPoints: $0.int("rateBasisPoints"), setBy: $0.text("setBy"), note: $0.text("note"),
        updatedAt: $0.int("updatedAt"))
    }
  }
}
