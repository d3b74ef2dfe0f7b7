import Contract

/// A reseller's credentials and what happened to them.
extension Examples {
  static let credentials = CredentialStatus(
    userID: 42, api: "aliexpress-dropshipping", environment: .sandbox, state: .revoked,
    reason: Reason(
      code: "CREDENTIALS_REVOKED", text: "withdrawn; the reseller must authorize again",
      owner: "reseller", providerCode: "IllegalRefreshToken"),
    version: 3, keyID: "k1", accessTokenExpiresAt: time(0), refreshTokenExpiresAt: time(5000),
    updatedAt: time(0), vendorAccountID: "9001", advice: "the reseller must authorize again",
    lastRefresh: TokenRefresh(
      version: 3, number: 2, outcome: .refused, startedAt: time(1000), endedAt: time(2000),
      actor: "system"), origin: "authorized")

  static let credentialEvents = [
    CredentialEvent(
      recordedAt: time(2000), action: "use", actor: "system", version: 3, purpose: "demo-1-p1"),
    CredentialEvent(
      recordedAt: time(1000), action: "authorized", actor: "operator:test", version: 3),
  ]

  static let keys = [
    MasterKeyUse(keyID: "k2", isConfigured: true, isNewest: true, secrets: 3),
    MasterKeyUse(keyID: "k1", isConfigured: true),
    MasterKeyUse(keyID: "k0", secrets: 1),
  ]
}
