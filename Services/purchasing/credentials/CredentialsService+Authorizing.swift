import Contract
import Logging
import Outside
import RPC
import Runtime
import Store
import Synchronization

extension CredentialsService {
  /// Gives the supplier's page of consent, and a state that is good for one code and ten minutes.
  ///
  /// A new state takes the place of the one before. FAILED_PRECONDITION: NO_APPLICATION,
  /// NO_REDIRECT_URL, ALIEXPRESS_NOT_CONFIGURED.
  func beginAuthorization(_ request: BeginAuthorizationRequest, _ context: CallContext)
    async throws -> BeginAuthorizationResponse
  {
    let actor = try changingActor(context)
    let key = try read(request)
    try actor.requireAccess(to: key.userID)
    let word = key.environment.word
    let redirectURL =
      request.redirectURL.isEmpty ? settings[key.environment].redirectURL : request.redirectURL
    guard let redirectURL else { throw CredentialError.noRedirectURL(environment: word) }
    guard let application = try await application(request, key) else {
      throw CredentialError.noApplication(environment: word)
    }
    let state = Consent.makeState()
    let wish = ConsentRequest(appKey: application.key, redirectURL: redirectURL, state: state)
    guard let url = source.authorizeURL(wish, in: key.environment) else {
      throw PurchasingError.supplierRefused(SupplierAccess.notConfigured(key.environment))
    }
    let hash = Consent.hash(state)
    let envelope = try seal.seal(application, key, mark: hash)
    let expiresAt = try await store.write { transaction in
      let consent = Consent(
        key: key, appKey: application.key, envelope: envelope, stateHash: hash, codeHash: "",
        outcome: .open, expiresAt: transaction.now + Consent.life)
      try ConsentStore(transaction: transaction).begin(consent, actor: "\(actor)")
      return consent.expiresAt
    }
    log(context, "an authorization has begun", key, actor, version: nil)
    return BeginAuthorizationResponse(
      authorizeURL: url, expiresAt: Timestamp(milliseconds: expiresAt), state: state)
  }

  private func read(_ request: BeginAuthorizationRequest) throws(InvalidFields) -> CredentialKey {
    var fields = Fields()
    let key = fields.credentialKey(request.userID, request.api, request.environment)
    fields.secret("app_key", request.appKey, isRequired: false)
    fields.secret("app_secret", request.appSecret, isRequired: false)
    if request.appKey.isEmpty != request.appSecret.isEmpty {
      fields.reject("app_secret", "must come together with app_key")
    }
    let url = fields.text("redirect_url", request.redirectURL) ?? ""
    let allowed = ["https://", "http://127.0.0.1", "http://localhost", "http://[::1]"]
    if !url.isEmpty, !allowed.contains(where: { url.hasPrefix($0) }) {
      fields.reject("redirect_url", "must start with https:// (http:// only to loopback)")
    }
    try fields.finish()
    guard let key else { throw fields.refusal }
    return key
  }

  /// The application of the request, else that of the present credentials, else the platform's.
  private func application(_ request: BeginAuthorizationRequest, _ key: CredentialKey) async throws
    -> Application?
  {
    if !request.appKey.isEmpty {
      return Application(key: request.appKey, secret: Secret(request.appSecret))
    }
    let sealed = try await store.read { try CredentialStore(transaction: $0).sealed(key) }
    let present = sealed.flatMap { try? seal.open($0) }
    return present?.application ?? settings[key.environment].application
  }

  /// Exchanges the code of a consent for tokens, and lets the reseller's waiting purchases go on.
  ///
  /// Replay of the same state and code: the status as it is now; after a lost answer another try.
  /// FAILED_PRECONDITION: STATE_NOT_KNOWN, STATE_EXPIRED, STATE_USED, or the supplier's refusal.
  /// UNAVAILABLE when the supplier did not take it, its answer was lost, or the same exchange is under
  /// way: the same state and code again.
  func completeAuthorization(_ request: CompleteAuthorizationRequest, _ context: CallContext)
    async throws -> CredentialStatus
  {
    let actor = try changingActor(context)
    var fields = Fields()
    fields.secret("state", request.state, isRequired: true)
    fields.secret("code", request.code, isRequired: true)
    try fields.finish()
    let hash = Consent.hash(request.state)
    guard exchanges.begin(hash) else { throw CredentialError.exchangeUnderWay }
    defer { exchanges.end(hash) }
    let code = Consent.hash(request.code)
    let consent = try await store.write { transaction in
      let consents = ConsentStore(transaction: transaction)
      guard let consent = try consents.consent(stateHash: hash) else {
        throw CredentialError.stateNotKnown
      }
      try actor.requireAccess(to: consent.key.userID)
      if consent.outcome == .done, consent.codeHash == code { return consent }
      guard consent.outcome == .open || (consent.codeHash == code && consent.outcome != .refused)
      else { throw CredentialError.stateUsed }
      guard transaction.now < consent.expiresAt else { throw CredentialError.stateExpired }
      try consents.start(consent, codeHash: code)
      return consent
    }
    if consent.outcome != .done {
      CrashPoint.reached(CredentialStep.authorizationCommitted)
      try await exchange(consent, Secret(request.code), actor)
      log(context, "credentials authorized", consent.key, actor, version: nil)
    }
    return try await status(consent.key)
  }

  private func exchange(_ consent: Consent, _ code: Secret, _ actor: Actor) async throws {
    let secret = try seal.open(consent.envelope, consent.key, mark: consent.stateHash)
    let application = Application(key: consent.appKey, secret: secret)
    let granting = await source.tokens(
      for: .code(code), application, in: consent.key.environment)
    CrashPoint.reached(CredentialStep.authorizationSent)
    switch granting {
    case .granted(let granted):
      let new = CredentialStore.New(consent.key, application, granted)
      let seal = seal
      try await store.write { transaction in
        try ConsentStore(transaction: transaction).end(
          consent, .done, actor: "\(actor)", why: "")
        _ = try CredentialStore(transaction: transaction).put(
          new, with: seal, actor: "\(actor)", origin: .authorized)
      }
      CrashPoint.reached(CredentialStep.authorizationStored)
      waiters.wake(consent.key.subject)
    case .refused(let reason):
      try await end(consent, .refused, actor, reason)
      throw PurchasingError.supplierRefused(reason)
    case .notAccepted(let reason, _):
      try await end(consent, .open, actor, reason)
      throw PurchasingError.supplierSilent(reason)
    case .unknown(let reason):
      try await end(consent, .unknown, actor, reason)
      throw PurchasingError.supplierSilent(reason)
    }
  }

  private func end(
    _ consent: Consent, _ outcome: Consent.Outcome, _ actor: Actor, _ reason: PurchaseReason
  ) async throws {
    try await store.write {
      try ConsentStore(transaction: $0).end(
        consent, outcome, actor: "\(actor)", why: reason.text)
    }
  }
}

extension CredentialStore.New {
  fileprivate init(_ key: CredentialKey, _ application: Application, _ granted: GrantedTokens) {
    self.init(
      key: key,
      secrets: CredentialSecrets(
        appKey: application.key, appSecret: application.secret, accessToken: granted.accessToken,
        refreshToken: granted.refreshToken ?? Secret("")),
      vendorAccountID: granted.vendorAccountID,
      accessTokenExpiresAt: granted.accessTokenExpiresAt,
      refreshTokenExpiresAt: granted.refreshTokenExpiresAt ?? 0)
  }
}

/// The exchanges that this process has under way, by the hash of their state. No other process has
/// any, since the database is open in one alone.
final class ExchangesUnderWay: Sendable {
  private let hashes = Mutex<Set<String>>([])

  /// False when it is under way already.
  func begin(_ hash: String) -> Bool { hashes.withLock { $0.insert(hash).inserted } }
  func end(_ hash: String) { _ = hashes.withLock { $0.remove(hash) } }
}
