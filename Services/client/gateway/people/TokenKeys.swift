import Foundation
import JWTKit
import RPC
import Runtime

/// The keys by which tokens are believed.
///
/// **Invariant:** a key id has one key and one algorithm; what a token's header says about its
/// algorithm is compared with it and never followed. A token without a key id is tried with the key
/// where there is only one.
struct TokenKeys: Sendable {
  /// Algorithms that are believed; `none` and the rest are not.
  static let algorithms = ["HS256", "ES256", "RS256"]
  /// A shorter secret could be found by trying.
  static let secretBytesMin = 32
  /// Of a token; ours have some 250.
  static let tokenBytesMax = 4096
  /// Digits of the modulus of an RSA key of 2048 bits, in base 64.
  private static let modulusDigitsMin = 342

  private struct Key: Sendable {
    let algorithm: String
    let collection: JWTKeyCollection
  }

  private var keys: [String: Key] = [:]
  private let issuer: String
  private let audience: String

  init(issuer: String, audience: String) {
    self.issuer = issuer
    self.audience = audience
  }

  var isEmpty: Bool { keys.isEmpty }

  /// Believes tokens signed with a shared secret, by HS256.
  ///
  /// - Throws: what is wrong with it.
  mutating func add(secret: [UInt8], keyID: String) async throws(KeyProblem) {
    guard secret.count >= Self.secretBytesMin else {
      throw KeyProblem(
        "the secret has \(secret.count) bytes; it must have at least \(Self.secretBytesMin)")
    }
    let collection = JWTKeyCollection()
    await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
    try add(Key(algorithm: "HS256", collection: collection), keyID)
  }

  /// Believes tokens signed by a key of a JSON Web Key Set, by ES256 or RS256 as the key says. Keys
  /// for other algorithms are passed over.
  ///
  /// - Throws: what is wrong with it.
  mutating func add(keySet: Data) async throws(KeyProblem) {
    guard let set = try? JSONDecoder().decode(JWKS.self, from: keySet) else {
      throw KeyProblem("it is no JSON Web Key Set of EC and RSA keys")
    }
    var added = 0
    for key in set.keys {
      guard let algorithm = key.algorithm, ["ES256", "RS256"].contains(algorithm.rawValue) else {
        continue
      }
      guard let keyID = key.keyIdentifier?.string, !keyID.isEmpty else {
        throw KeyProblem("a key for \(algorithm.rawValue) has no kid")
      }
      guard key.privateExponent == nil else {
        throw KeyProblem("\(keyID) is a private key; only its public part belongs here")
      }
      if algorithm == .rs256, (key.modulus ?? "").utf8.count < Self.modulusDigitsMin {
        throw KeyProblem("\(keyID) is shorter than 2048 bits")
      }
      let collection = JWTKeyCollection()
      guard (try? await collection.add(jwk: key)) != nil else {
        throw KeyProblem("\(keyID) is no usable key for \(algorithm.rawValue)")
      }
      try add(Key(algorithm: algorithm.rawValue, collection: collection), keyID)
      added += 1
    }
    if added == 0 { throw KeyProblem("it has no key for ES256 or RS256") }
  }

  private mutating func add(_ key: Key, _ keyID: String) throws(KeyProblem) {
    guard keys.updateValue(key, forKey: keyID) == nil else {
      throw KeyProblem("the key id \(keyID) has a key already")
    }
  }

  /// The person whom a token names.
  ///
  /// - Throws: UNAUTHENTICATED (TOKEN_INVALID, TOKEN_EXPIRED).
  func person(_ token: String) async throws(RPCError) -> Actor {
    try await login(token).actor
  }

  /// The person whom a token names, and until when.
  ///
  /// - Throws: UNAUTHENTICATED (TOKEN_INVALID, TOKEN_EXPIRED).
  func login(_ token: String) async throws(RPCError) -> (actor: Actor, end: Date) {
    guard token.utf8.count <= Self.tokenBytesMax, let header = TokenHeader(token) else {
      throw Self.refusal("TOKEN_INVALID", "the token is no JSON Web Token")
    }
    let only = keys.count == 1 ? keys.values.first : nil
    guard let key = header.kid.map({ keys[$0] }) ?? only else {
      throw Self.refusal("TOKEN_INVALID", "the token's key is not one that is believed")
    }
    guard header.crit == nil else {
      throw Self.refusal("TOKEN_INVALID", "the token demands extensions that are not known here")
    }
    guard header.alg == key.algorithm else {
      throw Self.refusal("TOKEN_INVALID", "the token's algorithm is not that of its key")
    }
    let claims: TokenClaims
    do {
      claims = try await key.collection.verify(token, as: TokenClaims.self)
    } catch let error as JWTError where error.failedClaim is ExpirationClaim {
      throw Self.refusal("TOKEN_EXPIRED", "the token has expired; sign in again")
    } catch {
      throw Self.refusal("TOKEN_INVALID", "the token is not valid")
    }
    guard claims.iss.value == issuer, claims.aud.value.contains(audience) else {
      throw Self.refusal("TOKEN_INVALID", "the token is not from our issuer, or not for us")
    }
    guard let actor = claims.actor else {
      throw Self.refusal(
        "TOKEN_INVALID", "the token names nobody: sub must be a user's id, role admin or reseller")
    }
    return (actor, claims.exp.value)
  }

  private static func refusal(_ reason: String, _ text: String) -> RPCError {
    RPCError(.unauthenticated, text, reason: ErrorReason(code: reason))
  }
}

/// Why keys cannot be used.
public struct KeyProblem: Error, Sendable {
  public let text: String

  init(_ text: String) { self.text = text }
}

/// What a token says about how it was signed. Nothing of it is believed.
private struct TokenHeader: Decodable {
  let alg: String
  let kid: String?
  /// Extensions that must be understood; none is. Source: RFC 7515 section 4.1.11.
  let crit: [String]?

  init?(_ token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let bytes = Base64URL.bytes(String(parts[0])),
      let header = try? JSONDecoder().decode(TokenHeader.self, from: Data(bytes))
    else { return nil }
    self = header
  }
}
