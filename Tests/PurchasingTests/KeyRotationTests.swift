import Contract
import Crypto
import Foundation
import RPC
import Store
import Support
import Testing

@testable import Purchasing

/// Master keys change while everything goes on.
@Suite struct KeyRotationTests {
  private typealias Test = PurchasingUnderTest

  private static let older = MasterKey(SymmetricKey(size: .bits256))
  private static let newest = MasterKey(SymmetricKey(size: .bits256))
  private static let ring = MasterKeyRing(newest, older: [older])

  /// A database whose credentials an older key wraps, opened anew with other keys.
  private static func reopened(
    users: Range<Int64>, _ ring: MasterKeyRing, _ body: (PurchasingUnderTest) async throws -> Void
  ) async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "rotation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appendingPathComponent("p.db").path
    let before = try PurchasingUnderTest(.file(path), keys: MasterKeyRing(older))
    for user in users { try await before.putCredentials(user: user, token: "access-\(user)") }
    _ = try await before.credentials.beginAuthorization(
      .init(userID: 42, api: "aliexpress-dropshipping", environment: .sandbox),
      options: Test.asOperator)
    try before.store.close()
    let after = try PurchasingUnderTest(.file(path), keys: ring)
    try await body(after)
    try after.store.close()
  }

  private static func rotate(_ test: PurchasingUnderTest) async throws -> RotateKeysResponse {
    try await test.credentials.rotateKeys(.init(), options: Test.asOperator)
  }

  @Test func `all secrets are wrapped by the newest key, once, and the older one can go`()
    async throws
  {
    try await Self.reopened(users: 42..<162, Self.ring) { test in
      let listed = try await test.credentials.listKeys(.init(), options: Test.asOperator).keys
      #expect(listed.map(\.keyID) == [Self.newest.id, Self.older.id])
      #expect(listed.map(\.secrets) == [0, 121], "the consent under way is one of them")
      let first = try await Self.rotate(test)
      #expect(first.rewrapped == 121 && first.remaining == 0 && first.unopened == 0)
      #expect(first.keys.map(\.secrets) == [121, 0])
      #expect(try await Self.rotate(test).rewrapped == 0, "the same again changes nothing")
      let audit = try await test.count(
        "SELECT COUNT(*) AS n FROM credentialAudit WHERE action = 'rewrapped'")
      #expect(audit == 120)
      let status = try await test.credentialStatus()
      #expect(status.state == .valid && status.version == 1 && status.keyID == Self.newest.id)
      let without = CredentialSeal(keys: MasterKeyRing(Self.newest))
      let sealed = try await test.store.read {
        try CredentialStore(transaction: $0).list(userID: 0, after: 0, limit: 500).map(\.1)
      }
      #expect(try sealed.map { try without.open($0) }.count == 120)
    }
  }

  @Test func `purchases and refreshes go on while keys are rotated`() async throws {
    try await Self.reopened(users: 42..<142, Self.ring) { test in
      try await test.moving {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for user in Int64(42)..<142 {
            group.addTask {
              let bought = try await test.buy(Test.request("o-\(user)", user: user))
              #expect(bought.state == .purchased, "\(bought.reason?.text ?? "")")
            }
            if user.isMultiple(of: 10) {
              group.addTask {
                try await test.putCredentials(user: user, token: "access-\(user)-new")
              }
            }
          }
          group.addTask { _ = try await Self.rotate(test) }
          try await group.waitForAll()
        }
      }
      let keys = try await Self.rotate(test).keys
      #expect(keys.map(\.secrets) == [101, 0])
      for user in 42..<142 {
        let account = test.supplier.taken["o-\(user)-p1"]?.account ?? ""
        #expect(account.hasPrefix("access-\(user)"))
      }
    }
  }

  @Test func `a rotation that was cut short goes on where it was`() async throws {
    try await Self.reopened(users: 42..<62, Self.ring) { test in
      let seal = test.seal
      let batch = try await test.store.write {
        try CredentialStore(transaction: $0).rewrap(
          .credentials, after: 0, limit: 7, with: seal, actor: "operator:test")
      }
      #expect(batch.rewrapped == 7)
      let states = try await test.credentials.listCredentials(
        .init(pageSize: 100), options: Test.asOperator
      ).credentials.map(\.state)
      #expect(states == Array(repeating: .valid, count: 20))
      #expect(try await Self.rotate(test).rewrapped == 14)
    }
  }

  @Test func `secrets whose key is missing are counted and left`() async throws {
    try await Self.reopened(users: 42..<45, MasterKeyRing(Self.newest)) { test in
      let answer = try await Self.rotate(test)
      #expect(answer.rewrapped == 0 && answer.unopened == 4 && answer.remaining == 0)
      let missing = answer.keys.first { $0.keyID == Self.older.id }
      #expect(missing?.isConfigured == false && missing?.secrets == 4)
      #expect(try await test.credentialStatus().state == .undecryptable)
      let other = RotateKeysRequest(keyID: Self.older.id)
      await test.expectRefused(.failedPrecondition, reason: "KEY_NOT_NEWEST") {
        _ = try await test.credentials.rotateKeys(other, options: Test.asOperator)
      }
      await test.expectRefused(.permissionDenied) {
        _ = try await test.credentials.rotateKeys(
          .init(), options: CallOptions().acting("reseller:42"))
      }
    }
  }
}
