import Contract
import Crypto
import Foundation
import Runtime
import Store

/// A consent that a reseller was asked for.
///
/// **Invariant:** one of a reseller is under way at a time. Its state is known by its hash alone, is
/// good for one code, and expires.
struct Consent: Sendable {
  /// What became of it; its raw value is stored.
  enum Outcome: String, Sendable {
    case open = "OPEN"
    /// The exchange is under way; after a restart, its answer is lost.
    case started = "STARTED"
    case done = "DONE"
    case refused = "REFUSED"
    /// The answer was lost. The same code may be tried again, which is the lookup.
    case unknown = "UNKNOWN"
  }

  /// How long a reseller has to consent.
  static let life: Int64 = 600_000

  let key: CredentialKey
  let appKey: String
  let envelope: Envelope
  let stateHash: String
  /// Of the code that it was used with; empty before.
  let codeHash: String
  let outcome: Outcome
  let expiresAt: Int64

  /// A new state: 32 random bytes in the URL alphabet of base 64.
  static func makeState() -> String {
    SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// What is stored of a state or a code.
  static func hash(_ text: String) -> String {
    SHA256.hash(data: Data(text.utf8)).map {
      String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
    }.joined()
  }
}

/// The table of consents.
struct ConsentStore {
  let transaction: Transaction

  /// Asks for a consent, in the place of the one before.
  func begin(_ consent: Consent, actor: String) throws {
    try transaction.run(
      """
      INSERT INTO consent (userID, api, environment, stateHash, appKey, keyID, wrappedKey, sealed,
        actor, createdAt, expiresAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      ON CONFLICT (userID, api, environment) DO UPDATE SET stateHash = $4, codeHash = '',
        appKey = $5, keyID = $6, wrappedKey = $7, sealed = $8, outcome = 'OPEN', actor = $9,
        createdAt = $10, expiresAt = $11
      """,
      consent.key.values + [
        .text(consent.stateHash), .text(consent.appKey), .text(consent.envelope.keyID),
        .blob(consent.envelope.wrappedKey), .blob(consent.envelope.sealed), .text(actor),
        .integer(transaction.now), .integer(consent.expiresAt),
      ])
    try record(.authorizationBegun, consent.key, actor, "application \(consent.appKey)")
  }

  func consent(stateHash: String) throws -> Consent? {
    try transaction.row(
      "SELECT * FROM consent WHERE stateHash = $1", [.text(stateHash)]
    ).map(Self.consent)
  }

  static func consent(_ row: Row) -> Consent {
    guard let outcome = Consent.Outcome(rawValue: row.text("outcome")) else {
      preconditionFailure("the schema admits no other outcome")
    }
    return Consent(
      key: CredentialKey(
        userID: row.int("userID"), api: row.text("api"), environment: row.environment),
      appKey: row.text("appKey"),
      envelope: Envelope(
        keyID: row.text("keyID"), wrappedKey: row.blob("wrappedKey"), sealed: row.blob("sealed")),
      stateHash: row.text("stateHash"), codeHash: row.text("codeHash"), outcome: outcome,
      expiresAt: row.int("expiresAt"))
  }

  /// Binds the state to a code before the code is sent.
  func start(_ consent: Consent, codeHash: String) throws {
    try transaction.run(
      "UPDATE consent SET outcome = 'STARTED', codeHash = $2 WHERE stateHash = $1",
      [.text(consent.stateHash), .text(codeHash)])
  }

  /// Records what became of the exchange. A code that was certainly not sent sets the state free.
  func end(_ consent: Consent, _ outcome: Consent.Outcome, actor: String, why: String) throws {
    try transaction.run(
      """
      UPDATE consent SET outcome = $2, codeHash = CASE WHEN $2 = 'OPEN' THEN '' ELSE codeHash END
      WHERE stateHash = $1
      """,
      [.text(consent.stateHash), .text(outcome.rawValue)])
    if outcome != .done { try record(.authorizationFailed, consent.key, actor, why) }
  }

  private func record(
    _ action: CredentialStore.Use.Action, _ key: CredentialKey, _ actor: String, _ purpose: String
  ) throws {
    let credentials = CredentialStore(transaction: transaction)
    let version = try credentials.sealed(key)?.version ?? 0
    try credentials.record(
      .init(action: action, version: version, actor: actor, purpose: purpose), of: key)
  }
}
