import Contract
import Outside
import Runtime
import Store

/// The sealed credentials and the audit of their use.
///
/// **Invariant:** no value of a secret is ever in a column, a message or the audit.
/// **Invariant:** credentials that can be renewed have an intent to do so.
struct CredentialStore {
  let transaction: Transaction

  /// New credentials before they are sealed.
  struct New: Sendable {
    let key: CredentialKey
    let secrets: CredentialSecrets
    let vendorAccountID: String
    let accessTokenExpiresAt: Int64
    let refreshTokenExpiresAt: Int64
  }

  /// The credentials in force; nil when there are none, or they were deleted.
  func sealed(_ key: CredentialKey) throws -> SealedCredentials? {
    guard let row = try row(key), row.int("isDeleted") == 0 else { return nil }
    return sealed(row)
  }

  private func row(_ key: CredentialKey) throws -> Row? {
    try transaction.row(
      "SELECT * FROM credential WHERE userID = $1 AND api = $2 AND environment = $3", key.values)
  }

  func sealed(_ row: Row) -> SealedCredentials {
    guard let origin = SealedCredentials.Origin(rawValue: row.text("origin")) else {
      preconditionFailure("the schema admits no other origin")
    }
    return SealedCredentials(
      key: CredentialKey(
        userID: row.int("userID"), api: row.text("api"), environment: row.environment),
      version: Int(row.int("version")), keyID: row.text("keyID"),
      wrappedKey: row.blob("wrappedKey"), sealed: row.blob("sealed"),
      vendorAccountID: row.text("vendorAccountID"),
      accessTokenExpiresAt: row.int("accessTokenExpiresAt"),
      refreshTokenExpiresAt: row.int("refreshTokenExpiresAt"), updatedAt: row.int("updatedAt"),
      origin: origin, accountVersion: Int(row.int("accountVersion")),
      hasRefreshToken: row.int("hasRefreshToken") == 1, refusal: row.reason,
      wantedVersion: Int(row.int("wantedVersion")), wantedBy: row.text("wantedBy"),
      invalidVersion: Int(row.int("invalidVersion")))
  }

  /// Credentials in force in the order in which they were first put: one user's, or everyone's for
  /// user 0.
  func list(userID: Int64, after number: Int64, limit: Int) throws
    -> [(Int64, SealedCredentials)]
  {
    try transaction.rows(
      """
      SELECT * FROM credential
      WHERE number > $1 AND isDeleted = 0 AND ($2 = 0 OR userID = $2) ORDER BY number LIMIT $3
      """,
      [.integer(number), .integer(userID), .integer(Int64(limit))]
    ).map { ($0.int("number"), sealed($0)) }
  }

  /// Seals and stores new credentials in the place of the old ones. The same content again changes
  /// nothing.
  func put(
    _ new: New, with seal: CredentialSeal, actor: String,
    origin: SealedCredentials.Origin = .put
  ) throws -> SealedCredentials {
    let before = try row(new.key)
    if let before, before.int("isDeleted") == 0, isSame(sealed(before), new, seal) {
      return sealed(before)
    }
    let version = Int(before?.int("version") ?? 0) + 1
    let box = try seal.seal(new.secrets, new.key, version: version)
    try transaction.run(
      """
      INSERT INTO credential (userID, api, environment, version, keyID, wrappedKey, sealed,
        vendorAccountID, accessTokenExpiresAt, refreshTokenExpiresAt, updatedAt, origin,
        accountVersion, hasRefreshToken)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $4, $13)
      ON CONFLICT (userID, api, environment) DO UPDATE SET version = $4, keyID = $5,
        wrappedKey = $6, sealed = $7, isDeleted = 0, vendorAccountID = $8,
        accessTokenExpiresAt = $9, refreshTokenExpiresAt = $10, updatedAt = $11, origin = $12,
        accountVersion = $4, hasRefreshToken = $13,
        reasonCode = '', reasonText = '', reasonOwner = '', providerCode = ''
      """,
      new.key.values + [
        .integer(Int64(version)), .text(box.keyID), .blob(box.wrappedKey), .blob(box.sealed),
        .text(new.vendorAccountID), .integer(new.accessTokenExpiresAt),
        .integer(new.refreshTokenExpiresAt), .integer(transaction.now), .text(origin.rawValue),
        .integer(new.secrets.refreshToken.isEmpty ? 0 : 1),
      ])
    try record(
      Use(
        action: origin == .put ? .put : .authorized, version: version, actor: actor, purpose: ""),
      of: new.key)
    return try stored(new.key)
  }

  /// What was just stored, with the intent to renew it and the purchases that waited for it.
  func stored(_ key: CredentialKey) throws -> SealedCredentials {
    guard let stored = try sealed(key) else {
      preconditionFailure("what was stored in this transaction is there")
    }
    try scheduleRefresh(stored)
    try PurchaseStore(transaction: transaction).wake(userID: key.userID, key.environment)
    return stored
  }

  private func isSame(_ stored: SealedCredentials, _ new: New, _ seal: CredentialSeal) -> Bool {
    guard let secrets = try? seal.open(stored) else { return false }
    return secrets.isSame(as: new.secrets) && stored.vendorAccountID == new.vendorAccountID
      && stored.accessTokenExpiresAt == new.accessTokenExpiresAt
      && stored.refreshTokenExpiresAt == new.refreshTokenExpiresAt
  }

  /// Deletes the secrets and keeps the version. What is not there stays so.
  func delete(_ key: CredentialKey, actor: String) throws {
    guard let stored = try sealed(key) else { return }
    try transaction.run(
      """
      UPDATE credential SET isDeleted = 1, wrappedKey = $4, sealed = $4, updatedAt = $5
      WHERE userID = $1 AND api = $2 AND environment = $3
      """,
      key.values + [.blob([]), .integer(transaction.now)])
    try transaction.complete(RefreshWork.intent, key.subject)
    try record(
      Use(action: .delete, version: stored.version, actor: actor, purpose: ""), of: key)
  }
}

extension CredentialKey {
  /// The first three parameters of every statement about credentials.
  var values: [SQLValue] {
    [.integer(userID), .text(api), .integer(Int64(environment.rawValue))]
  }
}

extension CredentialSecrets {
  func isSame(as other: CredentialSecrets) -> Bool {
    appKey == other.appKey && Self.isSame(appSecret, other.appSecret)
      && Self.isSame(accessToken, other.accessToken)
      && Self.isSame(refreshToken, other.refreshToken)
  }

  private static func isSame(_ one: Secret, _ other: Secret) -> Bool {
    one.reveal { one in other.reveal { one == $0 } }
  }
}
