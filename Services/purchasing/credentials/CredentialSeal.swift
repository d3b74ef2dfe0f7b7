import Contract
import Crypto
import Foundation
import Outside
import Runtime

/// Seals and opens credentials.
///
///     sealed      AES-256-GCM(data key,   JSON of the four values, AAD)    nonce, text, tag
///     wrappedKey  AES-256-GCM(master key, data key, AAD and key id)        nonce, key, tag
///     AAD         "dropwire.credentials.1", user, api, environment, version, one per line
///
/// Each version has a data key of its own. A row that was moved to another user, API, environment or
/// version cannot be opened, since the AAD names its place.
struct CredentialSeal: Sendable {
  let masterKey: MasterKey

  /// What the caller stores; `version` must be new for this key.
  struct Sealed: Sendable {
    let keyID: String
    let wrappedKey: [UInt8]
    let sealed: [UInt8]
  }

  /// Why credentials cannot be opened. Says nothing about their content.
  enum Failure: Error, Hashable {
    /// They need another master key.
    case otherKey(String)
    /// They are damaged, or stem from another row.
    case damaged
  }

  func seal(_ secrets: CredentialSecrets, _ key: CredentialKey, version: Int) throws -> Sealed {
    let dataKey = SymmetricKey(size: .bits256)
    let plain = Self.encode(secrets)
    let aad = Self.aad(key, version: version)
    let sealed = try AES.GCM.seal(plain, using: dataKey, authenticating: aad)
    let wrapped = try dataKey.withUnsafeBytes {
      try AES.GCM.seal(
        Data($0), using: masterKey.key, authenticating: aad + Data(masterKey.id.utf8))
    }
    guard let sealedBytes = sealed.combined, let wrappedBytes = wrapped.combined else {
      preconditionFailure("a nonce of twelve bytes has a combined form")
    }
    return Sealed(
      keyID: masterKey.id, wrappedKey: Array(wrappedBytes), sealed: Array(sealedBytes))
  }

  func open(_ stored: SealedCredentials) throws(Failure) -> CredentialSecrets {
    guard stored.keyID == masterKey.id else { throw .otherKey(stored.keyID) }
    let aad = Self.aad(stored.key, version: stored.version)
    let plain: Data
    do {
      let wrapped = try AES.GCM.SealedBox(combined: Data(stored.wrappedKey))
      let dataKey = try AES.GCM.open(
        wrapped, using: masterKey.key, authenticating: aad + Data(stored.keyID.utf8))
      let box = try AES.GCM.SealedBox(combined: Data(stored.sealed))
      plain = try AES.GCM.open(
        box, using: SymmetricKey(data: dataKey), authenticating: aad)
    } catch {
      throw .damaged
    }
    guard let secrets = Self.decode(plain) else { throw .damaged }
    return secrets
  }

  private static func aad(_ key: CredentialKey, version: Int) -> Data {
    let parts = [
      "dropwire.credentials.1", "\(key.userID)", key.api, key.environment.word, "\(version)",
    ]
    return Data(parts.joined(separator: "\n").utf8)
  }

  private static func encode(_ secrets: CredentialSecrets) -> Data {
    let json: JSON = [
      "appKey": .string(secrets.appKey),
      "appSecret": .string(secrets.appSecret.reveal { $0 }),
      "accessToken": .string(secrets.accessToken.reveal { $0 }),
      "refreshToken": .string(secrets.refreshToken.reveal { $0 }),
    ]
    return Data(json.serialized.utf8)
  }

  private static func decode(_ plain: Data) -> CredentialSecrets? {
    guard let json = try? JSON(parsing: String(decoding: plain, as: UTF8.self)),
      let appKey = json["appKey"]?.text, let appSecret = json["appSecret"]?.text,
      let accessToken = json["accessToken"]?.text, let refreshToken = json["refreshToken"]?.text
    else { return nil }
    return CredentialSecrets(
      appKey: appKey, appSecret: Secret(appSecret), accessToken: Secret(accessToken),
      refreshToken: Secret(refreshToken))
  }
}
