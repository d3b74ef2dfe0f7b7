import Contract
import Crypto
import Foundation
import Outside
import RPC
import Store
import Support
import Testing

@testable import Purchasing

/// A ciphertext opens in its own place, and nowhere else; master keys change under it.
@Suite struct SealTests {
  private typealias Test = PurchasingUnderTest

  private static func keys(_ count: Int) -> [MasterKey] {
    (0..<count).map { _ in MasterKey(SymmetricKey(size: .bits256)) }
  }

  /// Every place that differs from another in one part or in several.
  private static let places: [Envelope.Place] = {
    var places: [Envelope.Place] = []
    for user in [Int64(4), 42, 421] {
      for api in ["aliexpress-dropshipping", "other"] {
        for environment in [Contract.Environment.sandbox, .production] {
          let key = CredentialKey(userID: user, api: api, environment: environment)
          for version in [1, 2, 12] {
            places.append(CredentialSeal.place(key, version: version))
          }
          for mark in ["a", "b"] { places.append(CredentialSeal.place(key, mark: mark)) }
        }
      }
    }
    return places
  }()

  @Test func `for all pairs of places, what was sealed in one does not open in the other`() throws {
    let ring = MasterKeyRing(Self.keys(1)[0])
    #expect(Self.places.count == 60)
    let secret = Data("secret".utf8)
    let envelopes = try Self.places.map { try Envelope.seal(secret, in: $0, with: ring) }
    for (from, envelope) in envelopes.enumerated() {
      for (to, place) in Self.places.enumerated() {
        if from == to {
          #expect(try envelope.open(in: place, with: ring) == secret)
          continue
        }
        #expect(throws: Envelope.Failure.damaged) { try envelope.open(in: place, with: ring) }
        // Nor with the other place's own data key.
        let mixed = Envelope(
          keyID: envelope.keyID, wrappedKey: envelopes[to].wrappedKey, sealed: envelope.sealed)
        #expect(throws: Envelope.Failure.damaged) { try mixed.open(in: place, with: ring) }
      }
    }
  }

  @Test func `for all pairs of rows, ciphertext that was moved makes them undecryptable`()
    async throws
  {
    let test = try PurchasingUnderTest()
    for user in [Int64(42), 43] {
      for environment in [Contract.Environment.sandbox, .production] {
        try await test.putCredentials(user: user, environment: environment)
      }
    }
    try await test.tamper("CREATE TABLE kept AS SELECT * FROM credential")
    for from in 1...4 {
      for to in 1...4 where from != to {
        try await test.tamper(
          """
          UPDATE credential SET
            (wrappedKey, sealed) = (SELECT wrappedKey, sealed FROM kept WHERE number = $1)
          WHERE number = $2
          """, [.integer(Int64(from)), .integer(Int64(to))])
        let states = try await test.credentials.listCredentials(
          .init(pageSize: 10), options: Test.asOperator
        ).credentials.map(\.state)
        #expect(states.filter { $0 == .undecryptable }.count == 1, "\(from) to \(to)")
        #expect(states[to - 1] == .undecryptable)
        try await test.tamper(
          """
          UPDATE credential SET
            (wrappedKey, sealed) = (SELECT wrappedKey, sealed FROM kept WHERE number = $1)
          WHERE number = $1
          """, [.integer(Int64(to))])
      }
    }
  }

  @Test func `an older key opens, the newest wraps, and rewrapping leaves what is sealed`() throws {
    let keys = Self.keys(2)
    let place = Self.places[0]
    let before = try Envelope.seal(
      Data("secret".utf8), in: place, with: MasterKeyRing(keys[0]))
    let both = MasterKeyRing(keys[1], older: [keys[0]])
    let after = try before.rewrapped(in: place, with: both)
    #expect(after.keyID == keys[1].id && after.sealed == before.sealed)
    let newest = MasterKeyRing(keys[1])
    #expect(try after.open(in: place, with: newest) == Data("secret".utf8))
    #expect(throws: Envelope.Failure.otherKey(keys[0].id)) {
      try before.open(in: place, with: newest)
    }
  }

  @Test func `no master key, secret or application shows what it holds`() {
    let key = Self.keys(1)[0]
    let bytes = key.key.withUnsafeBytes { Array($0) }
    let secrets = CredentialSecrets(
      appKey: "1", appSecret: Secret("canary"), accessToken: Secret("canary"),
      refreshToken: Secret("canary"))
    var dumped = ""
    dump(secrets, to: &dumped)
    dump(secrets.application, to: &dumped)
    dump(TokenGrant.code(Secret("canary")), to: &dumped)
    dumped +=
      "\(secrets) \(TokenGrant.refreshToken(Secret("canary"))) \(String(reflecting: secrets))"
    #expect(!dumped.contains("canary"))
    dumped = "\(key) \(String(reflecting: MasterKeyRing(key)))"
    dump(MasterKeyRing(key), to: &dumped)
    #expect(!dumped.contains("\(bytes[0]), \(bytes[1])") && dumped.contains(key.id))
    #expect(!((secrets.appSecret as Any) is any Encodable))
  }
}
