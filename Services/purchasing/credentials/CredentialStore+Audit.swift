import Contract
import Runtime
import Store

/// The audit: one line for every use and change, appended in the transaction that it is about.
extension CredentialStore {
  /// What the audit says about one use or change.
  struct Use: Hashable, Sendable {
    enum Action: String, Sendable, CaseIterable {
      case put, use, useFailed, delete
      case authorizationBegun, authorized, authorizationFailed
      /// A refresh token is about to be spent; then what came of it.
      case refresh, refreshed, refreshFailed, refreshLost
      /// Another master key wraps them; nothing else has changed.
      case rewrapped
    }

    let action: Action
    let version: Int
    /// Who acted, such as `system`.
    let actor: String
    /// What for, such as the key of a purchase.
    let purpose: String
  }

  /// A line of the audit.
  struct Line: Sendable {
    let number: Int64
    let action: String
    let version: Int
    let actor: String
    let purpose: String
    let recordedAt: Int64
  }

  private static let purposeLengthMax = 300

  /// Writes a line of the audit.
  func record(_ use: Use, of key: CredentialKey) throws {
    try transaction.run(
      """
      INSERT INTO credentialAudit (userID, api, environment, version, action, actor, purpose,
        recordedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      key.values + [
        .integer(Int64(use.version)), .text(use.action.rawValue), .text(use.actor),
        .text(String(use.purpose.prefix(Self.purposeLengthMax))), .integer(transaction.now),
      ])
  }

  /// Lines about one user's credentials, newest first; those before a number, or the newest for 0.
  func audit(_ key: CredentialKey, before number: Int64, limit: Int) throws -> [Line] {
    try transaction.rows(
      """
      SELECT * FROM credentialAudit
      WHERE userID = $1 AND api = $2 AND environment = $3 AND ($4 = 0 OR number < $4)
      ORDER BY number DESC LIMIT $5
      """,
      key.values + [.integer(number), .integer(Int64(limit))]
    ).map { row in
      Line(
        number: row.int("number"), action: row.text("action"), version: Int(row.int("version")),
        actor: row.text("actor"), purpose: row.text("purpose"),
        recordedAt: row.int("recordedAt"))
    }
  }
}
