import Contract
import Foundation
import Outside

/// Seals and opens the secrets of resellers, each bound to its place: see `Envelope`.
struct CredentialSeal: Sendable {
  private static let credentials = "dropwire.credentials.1"
  private static let applications = "dropwire.authorization.1"

  let keys: MasterKeyRing

  /// - Parameter version: must be new for this key.
  func seal(_ secrets: CredentialSecrets, _ key: CredentialKey, version: Int) throws -> Envelope {
    try Envelope.seal(
      Self.encode(secrets), in: Self.place(key, version: version), with: keys)
  }

  func open(_ stored: SealedCredentials) throws(Envelope.Failure) -> CredentialSecrets {
    let place = Self.place(stored.key, version: stored.version)
    let plain = try stored.envelope.open(in: place, with: keys)
    guard let secrets = Self.decode(plain) else { throw .damaged }
    return secrets
  }

  /// The place of credentials. In it are user, API, environment and version.
  static func place(_ key: CredentialKey, version: Int) -> Envelope.Place {
    Envelope.Place(kind: credentials, key: key, version: version)
  }

  // MARK: The application of an authorization under way

  func seal(_ application: Application, _ key: CredentialKey, mark: String) throws -> Envelope {
    let secret = application.secret.reveal { Data($0.utf8) }
    return try Envelope.seal(secret, in: Self.place(key, mark: mark), with: keys)
  }

  func open(_ envelope: Envelope, _ key: CredentialKey, mark: String) throws(Envelope.Failure)
    -> Secret
  {
    let plain = try envelope.open(in: Self.place(key, mark: mark), with: keys)
    return Secret(String(decoding: plain, as: UTF8.self))
  }

  /// The place of an application's secret: its authorization is told apart by its mark.
  static func place(_ key: CredentialKey, mark: String) -> Envelope.Place {
    Envelope.Place(kind: applications, key: key, version: 0, mark: mark)
  }

  // MARK: The layout of what is sealed

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
