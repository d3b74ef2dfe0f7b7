import Contract
import Runtime
import Store

/// The master keys that the secrets need, and their change.
extension CredentialStore {
  /// How many secrets each master key wraps.
  func keyUse() throws -> [String: Int64] {
    let rows = try transaction.rows(
      """
      SELECT keyID, COUNT(*) AS n FROM (
        SELECT keyID FROM credential WHERE isDeleted = 0
        UNION ALL SELECT keyID FROM consent
        UNION ALL SELECT keyID FROM shopSession) AS secrets
      GROUP BY keyID
      """)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.text("keyID"), $0.int("n")) })
  }

  /// Secrets that another key than the newest wraps, of one table, after a number.
  enum Table: Sendable, CaseIterable {
    case credentials, consents, sessions
  }

  /// What one batch came to.
  struct Batch: Sendable {
    var rewrapped: Int64 = 0
    /// Left as they are, since they cannot be opened.
    var unopened: Int64 = 0
    /// The last row that was looked at; nil at the end of the table.
    var last: Int64?
  }

  /// Wraps the data keys of some secrets anew. What is sealed, its version and its times stay.
  func rewrap(
    _ table: Table, after number: Int64, limit: Int, with seal: CredentialSeal, actor: String
  ) throws -> Batch {
    switch table {
    case .credentials:
      let rows = try others("credential", "isDeleted = 0", after: number, limit, seal)
      return try rewrap(rows, "credential", seal) { row in
        let sealed = sealed(row)
        let place = CredentialSeal.place(sealed.key, version: sealed.version)
        return Wrapped(
          key: sealed.key, version: sealed.version, envelope: sealed.envelope, place: place)
      } done: { secret, old in
        try record(
          Use(
            action: .rewrapped, version: secret.version, actor: actor,
            purpose: "from \(old) to \(seal.keys.newest.id)"), of: secret.key)
      }
    case .consents:
      let rows = try others("consent", "1 = 1", after: number, limit, seal)
      return try rewrap(rows, "consent", seal) { row in
        let consent = ConsentStore.consent(row)
        return Wrapped(
          key: consent.key, version: 0, envelope: consent.envelope,
          place: CredentialSeal.place(consent.key, mark: consent.stateHash))
      } done: { _, _ in
      }
    case .sessions:
      let rows = try others("shopSession", "1 = 1", after: number, limit, seal)
      return try rewrap(rows, "shopSession", seal) { row in
        let version = Int(row.int("version"))
        let place = ShopSessions.place(row.environment, row.text("account"), version: version)
        return Wrapped(
          key: place.key, version: version, envelope: ShopSessions.envelope(row), place: place)
      } done: { _, _ in
      }
    }
  }

  private struct Wrapped {
    let key: CredentialKey
    let version: Int
    let envelope: Envelope
    let place: Envelope.Place
  }

  private func others(
    _ table: String, _ condition: String, after number: Int64, _ limit: Int, _ seal: CredentialSeal
  ) throws -> [Row] {
    try transaction.rows(
      """
      SELECT * FROM \(table) WHERE number > $1 AND keyID <> $2 AND \(condition)
      ORDER BY number LIMIT $3
      """,
      [.integer(number), .text(seal.keys.newest.id), .integer(Int64(limit))])
  }

  private func rewrap(
    _ rows: [Row], _ table: String, _ seal: CredentialSeal, _ read: (Row) -> Wrapped,
    done: (Wrapped, String) throws -> Void
  ) throws -> Batch {
    var batch = Batch(last: rows.last?.int("number"))
    for row in rows {
      let secret = read(row)
      guard let box = try? secret.envelope.rewrapped(in: secret.place, with: seal.keys) else {
        batch.unopened += 1
        continue
      }
      try transaction.run(
        "UPDATE \(table) SET keyID = $2, wrappedKey = $3 WHERE number = $1",
        [.integer(row.int("number")), .text(box.keyID), .blob(box.wrappedKey)])
      try done(secret, secret.envelope.keyID)
      batch.rewrapped += 1
    }
    return batch
  }
}
