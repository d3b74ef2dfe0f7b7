/// The supplier's access tokens, refresh tokens and authorization codes.
///
/// A code is used once and lives three minutes. A refresh replaces both tokens and does not extend
/// the end of the refresh token's life.
struct Tokens: Sendable {
  struct Grant: Sendable {
    let account: String
    var expiresAt: Int64
  }

  /// How long what is given lives.
  struct Lives: Sendable {
    let accessSeconds: Int64
    let refreshSeconds: Int64
  }

  /// An exchange that was asked for, and whether tokens were given.
  struct Exchange: Sendable {
    enum Kind: String, Sendable { case code, refresh }

    let kind: Kind
    /// The code or refresh token.
    let text: String
    /// Empty when it was not known.
    let account: String
    let isGranted: Bool
  }

  static let codeLifeSeconds: Int64 = 180
  static let never: Int64 = 4_000_000_000_000

  static let invalidCode = GatewayRefusal(code: "InvalidCode", message: "Invalid Code")
  static let illegalRefreshToken = GatewayRefusal(
    code: "IllegalRefreshToken", message: "The specified refresh token is invalid or expired")

  private var access: [String: Grant] = [:]
  private var refresh: [String: Grant] = [:]
  private var codes: [String: Grant] = [:]
  private var made: Int64 = 0
  private(set) var exchanges: [Exchange] = []

  /// Those who have tokens from the start; the last is the one that the shop's buyer logs in to.
  static let accounts = ["42", "43", "44", Shop.account]

  /// Accounts with tokens that never expire.
  init() {
    for account in Self.accounts {
      access["sandbox-access-\(account)"] = Grant(account: account, expiresAt: Self.never)
      refresh["sandbox-refresh-\(account)"] = Grant(account: account, expiresAt: Self.never)
    }
  }

  /// The account that a token belongs to while it lives.
  func account(_ token: String?, now: Int64) -> String? {
    guard let grant = token.flatMap({ access[$0] }), grant.expiresAt > now else { return nil }
    return grant.account
  }

  /// Changes a token's life, or makes one up for an account; false when it is new without one.
  mutating func set(_ token: String, account: String?, expiresAt: Int64) -> Bool {
    guard let account = account ?? access[token]?.account else { return false }
    access[token] = Grant(account: account, expiresAt: expiresAt)
    return true
  }

  mutating func issueCode(account: String, now: Int64) -> String {
    made += 1
    let code = "3_500001_sandbox\(made)"
    codes[code] = Grant(account: account, expiresAt: now + Self.codeLifeSeconds * 1000)
    return code
  }

  /// Withdraws everything that an account has consented to.
  mutating func revoke(account: String) {
    access = access.filter { $0.value.account != account }
    refresh = refresh.filter { $0.value.account != account }
  }

  mutating func create(code: String, _ lives: Lives, now: Int64) throws(GatewayRefusal) -> JSON {
    let grant = codes.removeValue(forKey: code)
    let isGranted = (grant?.expiresAt ?? 0) > now
    exchanges.append(
      Exchange(kind: .code, text: code, account: grant?.account ?? "", isGranted: isGranted))
    guard let grant, isGranted else { throw Self.invalidCode }
    return issue(
      grant.account, lives, refreshUntil: now + lives.refreshSeconds * 1000, now: now)
  }

  mutating func refresh(_ token: String, _ lives: Lives, now: Int64) throws(GatewayRefusal)
    -> JSON
  {
    let grant = refresh[token]
    let isGranted = (grant?.expiresAt ?? 0) > now
    exchanges.append(
      Exchange(kind: .refresh, text: token, account: grant?.account ?? "", isGranted: isGranted))
    guard let grant, isGranted else { throw Self.illegalRefreshToken }
    refresh[token] = nil
    access = access.filter { $0.value.account != grant.account }
    return issue(grant.account, lives, refreshUntil: grant.expiresAt, now: now)
  }

  private mutating func issue(
    _ account: String, _ lives: Lives, refreshUntil: Int64, now: Int64
  ) -> JSON {
    made += 1
    let tokens = ("sandbox-access-\(account)-\(made)", "sandbox-refresh-\(account)-\(made)")
    let accessUntil = now + lives.accessSeconds * 1000
    access[tokens.0] = Grant(account: account, expiresAt: accessUntil)
    refresh[tokens.1] = Grant(account: account, expiresAt: refreshUntil)
    return [
      "access_token": .string(tokens.0), "refresh_token": .string(tokens.1),
      "expires_in": .integer(lives.accessSeconds),
      "refresh_expires_in": .integer((refreshUntil - now) / 1000),
      "expire_time": .integer(accessUntil), "refresh_token_valid_time": .integer(refreshUntil),
      "user_id": .string(account), "seller_id": .string(account), "havana_id": .string(account),
      "user_nick": .string("kr\(account)"), "account": .string("buyer-\(account)@example.com"),
      "account_platform": "buyerApp", "sp": "ae", "locale": "zh_CN", "code": "0",
      "request_id": .string(requestID(made)),
    ]
  }
}
