import Foundation
import JWTKit
public import Runtime

/// A token made with the shared secret, for trying things out where nobody else issues tokens.
public enum LoginToken {
  /// Signs a token for a reseller or an administrator.
  ///
  /// - Throws: what is wrong with the secret.
  public static func signed(
    for actor: Actor, secret: [UInt8], keyID: String, issuer: String, audience: String,
    seconds: Int
  ) async throws -> String {
    guard secret.count >= TokenKeys.secretBytesMin else {
      throw KeyProblem(
        "the secret has \(secret.count) bytes; it must have at least \(TokenKeys.secretBytesMin)")
    }
    let parts = "\(actor)".split(separator: ":")
    guard parts.count == 2, TokenClaims.roles.contains(String(parts[0])) else {
      throw KeyProblem("a token is for reseller:ID or admin:ID")
    }
    let collection = JWTKeyCollection()
    await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
    let claims = TokenClaims(
      sub: .init(value: String(parts[1])), role: String(parts[0]), iss: .init(value: issuer),
      aud: .init(value: [audience]),
      exp: .init(value: Date().addingTimeInterval(TimeInterval(seconds))))
    return try await collection.sign(claims, header: ["kid": .string(keyID)])
  }
}
