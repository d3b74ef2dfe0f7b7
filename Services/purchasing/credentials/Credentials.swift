import Contract
import Outside
import Runtime

/// Whose credentials, for which API, in which environment. The two environments never stand in for
/// each other, nor does one user for another.
struct CredentialKey: Hashable, Sendable {
  /// The only API there is today.
  static let aliExpress = "aliexpress-dropshipping"

  let userID: Int64
  var api = Self.aliExpress
  let environment: Contract.Environment
}

/// What lets us act as a reseller at the supplier.
struct CredentialSecrets: Sendable {
  let appKey: String
  let appSecret: Secret
  let accessToken: Secret
  /// Empty when there is none.
  let refreshToken: Secret
}

/// Credentials as they lie in the database: nobody without the master key can read or move them.
struct SealedCredentials: Hashable, Sendable {
  let key: CredentialKey
  /// Rises with each change; never used twice for one key.
  let version: Int
  /// The master key that wraps the data key.
  let keyID: String
  let wrappedKey: [UInt8]
  let sealed: [UInt8]
  let vendorAccountID: String
  /// Milliseconds since the epoch; 0 when not known.
  let accessTokenExpiresAt: Int64
  let refreshTokenExpiresAt: Int64
  let updatedAt: Int64

  /// Names the supplier's account that they belong to. Without the supplier's id of it, credentials
  /// that were put anew count as another account.
  var account: String {
    vendorAccountID.isEmpty ? "credentials:\(version)" : "account:\(vendorAccountID)"
  }
}

/// Whether credentials can be used. Pure.
enum CredentialRules {
  enum Verdict: Hashable, Sendable {
    case valid, expiring, expired, undecryptable, missing
  }

  static func verdict(_ sealed: SealedCredentials?, canBeOpened: Bool, now: Int64) -> Verdict {
    guard let sealed else { return .missing }
    if !canBeOpened { return .undecryptable }
    let end = sealed.accessTokenExpiresAt
    if end == 0 { return .valid }
    if end <= now { return .expired }
    // The last fifth of its life.
    let life = end - sealed.updatedAt
    return now - sealed.updatedAt > life / 5 * 4 ? .expiring : .valid
  }

  /// Why the API cannot be used with these; nil when it can.
  static func obstacle(_ verdict: Verdict, _ key: CredentialKey, version: Int) -> PurchaseReason? {
    guard key.userID != 0 else {
      return .noPath(
        "the order has no reseller, so there is no AliExpress account to use",
        advice: "buy it by hand, or refund", owner: .platform)
    }
    switch verdict {
    case .valid, .expiring: return nil
    case .missing, .expired, .undecryptable:
      return .noPath(
        why(verdict, key, version: version), advice: advice(verdict, key), owner: .reseller)
    }
  }

  /// What the state means, for a person; empty when all is well.
  static func why(_ verdict: Verdict, _ key: CredentialKey, version: Int) -> String {
    let whose = "reseller \(key.userID) in \(key.environment.word)"
    return switch verdict {
    case .valid: ""
    case .expiring: "the access token of \(whose) expires soon"
    case .expired: "the access token of \(whose) has expired"
    case .undecryptable:
      "version \(version) of the credentials of \(whose) cannot be decrypted with the master key"
    case .missing: "there are no \(key.api) credentials for \(whose)"
    }
  }

  static func advice(_ verdict: Verdict, _ key: CredentialKey) -> String {
    switch verdict {
    case .valid: ""
    case .expiring, .expired: "authorize again and put the new credentials"
    case .undecryptable: "start with the master key that sealed them, or put them again"
    case .missing: "put credentials for \(key.environment.word)"
    }
  }
}

extension CredentialRules.Verdict {
  var contract: CredentialState {
    switch self {
    case .valid: .valid
    case .expiring: .expiring
    case .expired: .expired
    case .undecryptable: .undecryptable
    case .missing: .missing
    }
  }
}
