extension ReasonCatalogue {
  /// Codes with which an exchange of tokens is answered, besides the gateway's own. Sources: pages of
  /// /auth/token/create, /auth/token/refresh and /auth/token/security/*.
  static let tokenCodes: [Entry] = [
    token(
      "InvalidCode", .authorizationRefused,
      "the code of the consent is used, expired or another application's"),
    token(
      "IllegalRefreshToken", .credentialsRevoked,
      "the refresh token is spent, expired or withdrawn by the reseller"),
    token(
      "AUTH_TYPE_UNSUPPORTED", .credentialsRevoked,
      "AliExpress does not offer this kind of authorization to the application", .platform),
    token("isv.402", .authorizationRefused, "AliExpress finds a parameter wrong"),
    token(
      "IncompleteSignature", .credentialsRevoked,
      "the application's secret does not fit its key"),
    token(
      "InvalidAppkey", .credentialsRevoked, "AliExpress does not know the application key"),
    token(
      "AppWhiteIpLimit", .credentialsRevoked,
      "this machine's address is not on the application's list", .platform),
    token(
      "InsufficientPermission", .credentialsRevoked,
      "the application may not ask for tokens", .platform),
  ]

  private static func token(
    _ providerCode: String, _ code: PurchaseReason.Code, _ text: String,
    _ owner: PurchaseReason.Owner = .reseller
  ) -> Entry {
    gateway(providerCode, .definite, code, owner, text)
  }
}
