import Contract
import Logging
import Outside
import RPC
import Runtime
import Store

/// The face of the credentials: secrets go in, and never come out.
///
/// A reseller reaches his own, an admin or operator everyone's. Errors come in this order: who acts,
/// the fields, the row's state. Beyond those of `Fields` and `NotFound` see `CredentialError`.
struct CredentialsService: CredentialsMethods {
  static let secretBytesMax = 2048
  /// The page token after which only the shop's accounts are left.
  private static let afterAll = Int64.max

  let store: Store
  let source: any Supplier
  let seal: CredentialSeal
  let settings: AuthorizationSettings
  let waiters: Waiters
  /// Nil where no browser is set up at all.
  var shop: (any BrowserShop)?
  let exchanges = ExchangesUnderWay()

  /// Seals and stores credentials, and lets the reseller's waiting purchases go on. The same content
  /// again changes nothing.
  func putCredentials(_ request: PutCredentialsRequest, _ context: CallContext) async throws
    -> CredentialStatus
  {
    let actor = try changingActor(context)
    let new = try read(request)
    try actor.requireAccess(to: new.key.userID)
    let seal = seal
    let stored = try await store.write { transaction in
      try CredentialStore(transaction: transaction).put(new, with: seal, actor: "\(actor)")
    }
    log(context, "credentials put", new.key, actor, version: stored.version)
    return try await status(new.key)
  }

  /// The state of one user's credentials, MISSING when there are none. Of user 0 and
  /// `ShopAccount.api`: of the platform's own account at the shop.
  func getCredentialStatus(_ request: GetCredentialStatusRequest, _ context: CallContext)
    async throws -> CredentialStatus
  {
    let actor = try context.actor()
    if Self.isShop(request.userID, request.api) {
      let environment = try readEnvironment(request.environment)
      try actor.requirePlatform("see the shop's account")
      return try await shopStatus(environment)
    }
    let key = try read(request.userID, request.api, request.environment)
    try actor.requireAccess(to: key.userID)
    return try await status(key)
  }

  /// The states in the order in which the credentials were first put, after them the platform's
  /// accounts at the shop, which are no reseller's.
  func listCredentials(_ request: ListCredentialsRequest, _ context: CallContext) async throws
    -> ListCredentialsResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    let size = fields.pageSize(request.pageSize)
    let after = fields.pageToken(request.pageToken)
    try fields.finish()
    guard let userID else { throw fields.refusal }
    try actor.requireAccess(to: userID)
    let shops = userID == 0 ? try await shopStatuses() : []
    if after == Self.afterAll { return ListCredentialsResponse(credentials: shops) }
    let (found, now) = try await store.read { transaction in
      let credentials = CredentialStore(transaction: transaction)
      return (
        try credentials.list(userID: userID, after: after, limit: size + 1).map {
          ($0.0, $0.1, try credentials.lastRefresh($0.1.key))
        }, transaction.now
      )
    }
    let page = found.prefix(size)
    let shown = page.map { status($0.1, $0.1.key, $0.2, now: now) }
    if found.count > size {
      return ListCredentialsResponse(
        credentials: shown, nextPageToken: page.last.map { "\($0.0)" } ?? "")
    }
    guard shown.count + shops.count <= size else {
      return ListCredentialsResponse(credentials: shown, nextPageToken: "\(Self.afterAll)")
    }
    return ListCredentialsResponse(credentials: shown + shops)
  }

  /// Deletes the secrets. What is not there stays so.
  func deleteCredentials(_ request: DeleteCredentialsRequest, _ context: CallContext) async throws
    -> DeleteCredentialsResponse
  {
    let actor = try changingActor(context)
    let key = try read(request.userID, request.api, request.environment)
    try actor.requireAccess(to: key.userID)
    try await store.write {
      try CredentialStore(transaction: $0).delete(key, actor: "\(actor)")
    }
    log(context, "credentials deleted", key, actor, version: nil)
    return DeleteCredentialsResponse()
  }

  // MARK: What all methods share

  /// Credentials are changed by people; no service acts for them.
  func changingActor(_ context: CallContext) throws -> Actor {
    let actor = try context.actor()
    if case .system = actor {
      throw PurchasingError.notAllowed(actor: "\(actor)", what: "change credentials")
    }
    return actor
  }

  func log(
    _ context: CallContext, _ message: Logger.Message, _ key: CredentialKey, _ actor: Actor,
    version: Int?
  ) {
    var metadata: Logger.Metadata = [
      "user": "\(key.userID)", "environment": "\(key.environment.word)", "by": "\(actor)",
    ]
    if let version { metadata["version"] = "\(version)" }
    context.logger.info(message, metadata: metadata)
  }

  // MARK: Reading

  func read(_ userID: Int64, _ api: String, _ environment: Contract.Environment)
    throws(InvalidFields) -> CredentialKey
  {
    var fields = Fields()
    let key = fields.credentialKey(userID, api, environment)
    try fields.finish()
    guard let key else { throw fields.refusal }
    return key
  }

  func readEnvironment(_ given: Contract.Environment) throws(InvalidFields) -> Contract.Environment
  {
    var fields = Fields()
    let environment = fields.environment(given)
    try fields.finish()
    guard let environment else { throw fields.refusal }
    return environment
  }

  private func read(_ request: PutCredentialsRequest) throws(InvalidFields) -> CredentialStore.New {
    var fields = Fields()
    let key = fields.credentialKey(request.userID, request.api, request.environment)
    fields.secret("app_key", request.appKey, isRequired: true)
    fields.secret("app_secret", request.appSecret, isRequired: true)
    fields.secret("access_token", request.accessToken, isRequired: true)
    fields.secret("refresh_token", request.refreshToken, isRequired: false)
    let accessEnd = fields.time("access_token_expires_at", request.accessTokenExpiresAt)
    let refreshEnd = fields.time("refresh_token_expires_at", request.refreshTokenExpiresAt)
    let account = fields.text("vendor_account_id", request.vendorAccountID)
    try fields.finish()
    guard let key, let account else { throw fields.refusal }
    return CredentialStore.New(
      key: key,
      secrets: CredentialSecrets(
        appKey: request.appKey, appSecret: Secret(request.appSecret),
        accessToken: Secret(request.accessToken), refreshToken: Secret(request.refreshToken)),
      vendorAccountID: account, accessTokenExpiresAt: accessEnd ?? 0,
      refreshTokenExpiresAt: refreshEnd ?? 0)
  }
}

extension Fields {
  /// A part of credentials. A message never repeats what was sent: it may be a secret in the wrong
  /// field.
  mutating func secret(_ name: String, _ text: String, isRequired: Bool) {
    if isRequired && text.isEmpty { reject(name, "is empty") }
    let max = CredentialsService.secretBytesMax
    if text.utf8.count > max
      || !text.unicodeScalars.allSatisfy({ (33...126).contains($0.value) })
    {
      reject(name, "must be at most \(max) printable ASCII characters without blanks")
    }
  }

  mutating func credentialKey(
    _ userID: Int64, _ api: String, _ environment: Contract.Environment
  ) -> CredentialKey? {
    if userID <= 0 { reject("user_id", "is \(userID); it must be a user's id") }
    if api != CredentialKey.aliExpress {
      reject("api", "is \"\(Self.shown(api))\"; it must be \(CredentialKey.aliExpress)")
    }
    return self.environment(environment).map {
      CredentialKey(userID: userID, environment: $0)
    }
  }
}
