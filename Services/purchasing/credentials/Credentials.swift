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

  /// Such as `42/aliexpress-dropshipping/sandbox`: names the intents of these credentials.
  var subject: String { "\(userID)/\(api)/\(environment.word)" }

  /// Reads a subject; nil for anything else.
  init?(subject: String) {
    let parts = subject.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, let userID = Int64(parts[0]) else { return nil }
    let environments: [Contract.Environment] = [.sandbox, .production]
    guard let environment = environments.first(where: { $0.word == parts[2] }) else { return nil }
    self.init(userID: userID, api: String(parts[1]), environment: environment)
  }

  init(userID: Int64, api: String = Self.aliExpress, environment: Contract.Environment) {
    self.userID = userID
    self.api = api
    self.environment = environment
  }
}

/// What lets us act as a reseller at the supplier.
struct CredentialSecrets: Sendable {
  let appKey: String
  let appSecret: Secret
  let accessToken: Secret
  /// Empty when there is none.
  let refreshToken: Secret

  var application: Application { Application(key: appKey, secret: appSecret) }
}

/// An application that is registered at the supplier, on whose behalf resellers are asked.
struct Application: Sendable {
  let key: String
  let secret: Secret
}

/// Credentials as they lie in the database: nobody without the master key can read or move them.
struct SealedCredentials: Hashable, Sendable {
  /// How tokens came; its raw value is stored.
  enum Origin: String, Sendable, CaseIterable {
    case put, authorized, refreshed
  }

  let key: CredentialKey
  /// Rises with each change; never used twice for one key. A refresh token belongs to one version.
  let version: Int
  /// The master key that wraps the data key.
  let keyID: String
  let wrappedKey: [UInt8]
  let sealed: [UInt8]
  let vendorAccountID: String
  /// Milliseconds since the epoch; 0 when not known.
  let accessTokenExpiresAt: Int64
  let refreshTokenExpiresAt: Int64
  /// When the tokens came.
  let updatedAt: Int64
  var origin = Origin.put
  /// The version with which the account was put or authorized: a refresh keeps the account.
  var accountVersion = 0
  var hasRefreshToken = false
  /// Why the supplier renews these tokens no more; nil while it may.
  var refusal: PurchaseReason?
  /// The version that somebody wants to be renewed now, and who; 0 when nobody does.
  var wantedVersion = 0
  var wantedBy = ""
  /// The version whose access token the supplier called invalid; 0 when none.
  var invalidVersion = 0

  /// Names the supplier's account that they belong to. Without the supplier's id of it, credentials
  /// that were put anew count as another account.
  var account: String {
    vendorAccountID.isEmpty ? "credentials:\(accountVersion)" : "account:\(vendorAccountID)"
  }

  var envelope: Envelope {
    Envelope(keyID: keyID, wrappedKey: wrappedKey, sealed: sealed)
  }

  /// Whether the supplier called this very access token invalid.
  var isAccessTokenRefused: Bool { invalidVersion == version }
  /// Whether somebody waits for new tokens.
  var isRefreshWanted: Bool { wantedVersion == version }
}
