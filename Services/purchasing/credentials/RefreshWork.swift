import Contract
import Logging
import Outside
import Runtime
import Store

/// Renews tokens when it is due or wanted: written down, sent, stored, in that order.
///
/// One intent per credentials makes it a single flight: whoever wants new tokens makes the intent due
/// and waits for what comes of it. The database is open in one process alone, so the flight is single
/// across processes too; a refresh that a dead process left behind is recorded as lost before another
/// is sent.
struct RefreshWork: Sendable {
  static let intent = "refreshCredentials"

  let store: Store
  let source: any TokenSource
  let seal: CredentialSeal
  let waiters: Waiters
  let logger: Logger

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [Self.intent: { try await advance($0) }]
  }

  /// Makes due what no commit has made due: credentials that an older version of this program put.
  func scheduleAll() async throws {
    try await store.write { transaction in
      let credentials = CredentialStore(transaction: transaction)
      var last: Int64 = 0
      while case let page = try credentials.list(userID: 0, after: last, limit: 500),
        let end = page.last?.0
      {
        for (_, sealed) in page
        where try transaction.intent(Self.intent, sealed.key.subject) == nil {
          try credentials.scheduleRefresh(sealed)
        }
        last = end
      }
    }
  }

  private func advance(_ intent: Intent) async throws {
    let subject = intent.subject
    defer { waiters.wake(subject) }
    let key = CredentialKey(subject: subject)
    let found = try await store.read { transaction in
      (
        try key.flatMap { try CredentialStore(transaction: transaction).standing($0) },
        transaction.now
      )
    }
    guard let standing = found.0 else { return try await finish(subject) }
    let sealed = standing.sealed
    switch RefreshRules.next(sealed, standing.attempts, now: found.1) {
    case .nothing: try await stop(sealed)
    case .later(let time):
      try await store.write { try $0.postpone(Self.intent, subject, until: time, note: "") }
    case .refresh:
      guard let secrets = try? seal.open(sealed) else { return try await stop(sealed) }
      guard !secrets.refreshToken.isEmpty else { return try await forget(sealed) }
      try await refresh(sealed, secrets)
    }
  }

  private func finish(_ subject: String) async throws {
    try await store.write { try $0.complete(Self.intent, subject) }
  }

  /// Only the reseller can bring new tokens; the purchases that wait for them shall say so.
  private func stop(_ sealed: SealedCredentials) async throws {
    try await store.write { transaction in
      try transaction.complete(Self.intent, sealed.key.subject)
      try PurchaseStore(transaction: transaction).wake(
        userID: sealed.key.userID, sealed.key.environment)
    }
  }

  /// Rows of an older version do not say whether there is a refresh token.
  private func forget(_ sealed: SealedCredentials) async throws {
    try await store.write { transaction in
      try transaction.run(
        """
        UPDATE credential SET hasRefreshToken = 0
        WHERE userID = $1 AND api = $2 AND environment = $3
        """, sealed.key.values)
    }
    try await stop(sealed)
  }

  private func refresh(_ sealed: SealedCredentials, _ secrets: CredentialSecrets) async throws {
    let attempt = try await store.write {
      try CredentialStore(transaction: $0).beginRefresh(sealed)
    }
    guard let attempt else { return }
    CrashPoint.reached(CredentialStep.refreshCommitted)
    log(.info, "tokens are renewed", sealed)
    let granting = await source.tokens(
      for: .refreshToken(secrets.refreshToken), secrets.application, in: sealed.key.environment)
    CrashPoint.reached(CredentialStep.refreshSent)
    switch granting {
    case .granted(let granted): try await store(granted, sealed, secrets, attempt)
    case .refused(let reason): try await refuse(reason, sealed, attempt)
    case .notAccepted(let reason, let seconds):
      try await tryAgain(.notAccepted, reason, seconds, sealed, attempt)
    case .unknown(let reason): try await tryAgain(.unknown, reason, nil, sealed, attempt)
    }
  }

  private func store(
    _ granted: GrantedTokens, _ sealed: SealedCredentials, _ secrets: CredentialSecrets,
    _ attempt: RefreshAttempt
  ) async throws {
    let known = sealed.vendorAccountID
    guard known.isEmpty || [known, ""].contains(granted.vendorAccountID) else {
      let reason = PurchaseReason(
        code: .credentialsRevoked,
        text: "it gave tokens of account \(granted.vendorAccountID.prefix(40)), not of \(known)",
        owner: .reseller)
      return try await refuse(reason, sealed, attempt)
    }
    let renewed = CredentialSecrets(
      appKey: secrets.appKey, appSecret: secrets.appSecret, accessToken: granted.accessToken,
      refreshToken: granted.refreshToken ?? secrets.refreshToken)
    let seal = seal
    let stored = try await store.write { transaction in
      let credentials = CredentialStore(transaction: transaction)
      try credentials.endRefresh(sealed, attempt, .done, nil)
      let stored = try credentials.renew(sealed, renewed, granted, with: seal)
      if stored == nil, let newer = try credentials.sealed(sealed.key) {
        try credentials.scheduleRefresh(newer)
      }
      return stored
    }
    CrashPoint.reached(CredentialStep.refreshStored)
    if let stored {
      log(.info, "tokens were renewed", stored)
    } else {
      log(.warning, "renewed tokens are not used: others were put meanwhile", sealed)
    }
  }

  private func refuse(
    _ reason: PurchaseReason, _ sealed: SealedCredentials, _ attempt: RefreshAttempt
  ) async throws {
    try await store.write { transaction in
      let credentials = CredentialStore(transaction: transaction)
      let lost = try credentials.refreshes(sealed.key, version: sealed.version).filter {
        $0.outcome == .unknown
      }
      let told =
        lost.isEmpty
        ? reason
        : PurchaseReason(
          code: reason.code,
          text: "the answer to a refresh was lost \(lost.count) times, and \(reason.text)",
          owner: reason.owner, providerCode: reason.providerCode)
      try credentials.endRefresh(sealed, attempt, .refused, told)
      try credentials.refuse(sealed, told)
      if let now = try credentials.sealed(sealed.key) { try credentials.scheduleRefresh(now) }
    }
    log(.error, "tokens are not renewed any more", sealed, reason)
  }

  private func tryAgain(
    _ outcome: RefreshAttempt.Outcome, _ reason: PurchaseReason, _ seconds: Int?,
    _ sealed: SealedCredentials, _ attempt: RefreshAttempt
  ) async throws {
    let told = seconds.map { Int64(min(max($0, 0), 100_000)) * 1000 + 1000 } ?? 0
    let pause = max(RefreshRules.pauseAfter(attempt.number), told)
    try await store.write { transaction in
      let credentials = CredentialStore(transaction: transaction)
      try credentials.endRefresh(sealed, attempt, outcome, reason)
      try transaction.postpone(
        Self.intent, sealed.key.subject, until: transaction.now + PurchaseWork.jittered(pause),
        note: reason.code.rawValue)
    }
    log(
      .warning,
      outcome == .unknown
        ? "the answer to a refresh was lost" : "a refresh was not accepted", sealed, reason)
  }

  private func log(
    _ level: Logger.Level, _ message: Logger.Message, _ sealed: SealedCredentials,
    _ reason: PurchaseReason? = nil
  ) {
    var metadata: Logger.Metadata = [
      "user": "\(sealed.key.userID)", "environment": "\(sealed.key.environment.word)",
      "version": "\(sealed.version)",
    ]
    if let reason {
      metadata["reason"] = "\(reason.code.rawValue)"
      if !reason.providerCode.isEmpty { metadata["providerCode"] = "\(reason.providerCode)" }
    }
    logger.log(level: level, message, metadata: metadata)
  }
}
