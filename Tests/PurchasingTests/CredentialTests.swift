import Contract
import Crypto
import Foundation
import Outside
import RPC
import Store
import Support
import Testing

@testable import Purchasing

/// Secrets go in, can be used, and come out nowhere.
@Suite struct CredentialTests {
  private typealias Test = PurchasingUnderTest

  private static let secrets = CredentialSecrets(
    appKey: "1", appSecret: Secret("s"), accessToken: Secret("a"), refreshToken: Secret("r"))
  private static let key = CredentialKey(userID: 42, environment: .sandbox)
  private static let seal = CredentialSeal(
    keys: MasterKeyRing(MasterKey(SymmetricKey(size: .bits256))))

  private static func sealed(
    _ change: (inout (key: CredentialKey, version: Int, box: Envelope)) -> Void = {
      _ in
    }
  ) throws -> SealedCredentials {
    var row = (
      key: key, version: 3, box: try seal.seal(secrets, key, version: 3)
    )
    change(&row)
    return SealedCredentials(
      key: row.key, version: row.version, keyID: row.box.keyID, wrappedKey: row.box.wrappedKey,
      sealed: row.box.sealed, vendorAccountID: "", accessTokenExpiresAt: 0,
      refreshTokenExpiresAt: 0, updatedAt: 0)
  }

  @Test func `what was sealed opens in its own place only`() throws {
    #expect(try Self.seal.open(Self.sealed()).isSame(as: Self.secrets))
    let moved: [SealedCredentials] = [
      try Self.sealed { $0.key = CredentialKey(userID: 43, environment: .sandbox) },
      try Self.sealed { $0.key = CredentialKey(userID: 42, environment: .production) },
      try Self.sealed { $0.key = CredentialKey(userID: 42, api: "other", environment: .sandbox) },
      try Self.sealed { $0.version = 4 },
    ]
    for row in moved {
      #expect(throws: Envelope.Failure.damaged) { try Self.seal.open(row) }
    }
  }

  @Test func `a changed byte, another row's key or another master key opens nothing`() throws {
    let other = try Self.seal.seal(Self.secrets, Self.key, version: 3)
    let damaged = [
      try Self.sealed { row in
        row.box = .init(
          keyID: row.box.keyID, wrappedKey: other.wrappedKey, sealed: row.box.sealed)
      },
      try Self.sealed { row in
        var bytes = row.box.sealed
        bytes[20] ^= 1
        row.box = .init(keyID: row.box.keyID, wrappedKey: row.box.wrappedKey, sealed: bytes)
      },
      try Self.sealed { row in
        row.box = .init(keyID: row.box.keyID, wrappedKey: [], sealed: row.box.sealed)
      },
    ]
    for row in damaged {
      #expect(throws: Envelope.Failure.damaged) { try Self.seal.open(row) }
    }
    let stranger = CredentialSeal(keys: MasterKeyRing(MasterKey(SymmetricKey(size: .bits256))))
    let row = try Self.sealed()
    #expect(throws: Envelope.Failure.otherKey(row.keyID)) { try stranger.open(row) }
  }

  @Test func `each sealing has its own key and nonce`() throws {
    let (one, two) = (try Self.sealed(), try Self.sealed())
    #expect(one.sealed != two.sealed && one.wrappedKey != two.wrappedKey)
  }

  @Test func `no secret is ever in the database, an answer or an error`() async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "purchasing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let test = try PurchasingUnderTest(.file(directory.appendingPathComponent("p.db").path))
    let canaries = ["canary-app-secret", "canary-access", "canary-refresh"]
    var texts = [
      try await test.putCredentials(
        token: "canary-access", refreshToken: "canary-refresh"
      ).json()
    ]
    try await test.moving {
      texts.append(try await test.buy("o-1").json())
      texts.append(try await test.credentialStatus().json())
    }
    do {
      var request = Test.credentials(token: "canary-access two")
      request.api = "other"
      _ = try await test.credentials.putCredentials(request, options: Test.asOperator)
      Issue.record("expected a refusal")
    } catch let error as RPCError {
      texts.append("\(error)")
    }
    #expect(test.supplier.taken["o-1-p1"]?.account == "canary-access", "it was used")
    try test.store.close()
    for file in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      let data = try Data(contentsOf: directory.appendingPathComponent(file))
      for canary in canaries {
        #expect(data.range(of: Data(canary.utf8)) == nil, "\(canary) in \(file)")
      }
    }
    for text in texts {
      for canary in canaries { #expect(!text.contains(canary), "\(text)") }
    }
    #expect("\(Self.secrets)".contains("(secret)") && !"\(Self.secrets)".contains("\"a\""))
  }

  @Test func `the status says what holds and what to do`() async throws {
    let test = try PurchasingUnderTest()
    #expect(try await test.credentialStatus().state == .missing)
    let put = try await test.putCredentials()
    #expect(put.state == .valid && put.version == 1 && put.reason == nil)
    #expect(put.keyID == test.seal.keys.newest.id)
    #expect(try await test.putCredentials().version == 1, "the same again changes nothing")
    let expired = try await test.putCredentials(expiresAt: 1_600_000_000_000)
    #expect(expired.state == .expired && expired.version == 2)
    #expect(expired.reason?.text.contains("authorize again") == true)
    try await test.putCredentials()
    try await test.tamper("UPDATE credential SET version = 9")
    let broken = try await test.credentialStatus()
    #expect(broken.state == .undecryptable && broken.reason?.text.contains("master key") == true)
    let listed = try await test.credentials.listCredentials(
      .init(userID: 0, pageSize: 10, pageToken: ""), options: Test.asOperator)
    #expect(listed.credentials.map(\.state) == [.undecryptable])
  }

  @Test func `an access token in the last fifth of its life is expiring`() throws {
    func verdict(_ now: Int64) throws -> CredentialRules.Verdict {
      let row = try Self.sealed()
      let dated = SealedCredentials(
        key: row.key, version: 3, keyID: row.keyID, wrappedKey: row.wrappedKey,
        sealed: row.sealed, vendorAccountID: "", accessTokenExpiresAt: 1000,
        refreshTokenExpiresAt: 0, updatedAt: 0)
      return CredentialRules.verdict(dated, canBeOpened: true, now: now)
    }
    #expect(
      try [800, 801, 999, 1000].map { try verdict($0) }
        == [.valid, .expiring, .expiring, .expired])
  }

  @Test func `deleted credentials are gone, and their version is not used again`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials()
    for _ in 0..<2 {
      _ = try await test.credentials.deleteCredentials(
        .init(userID: 42, api: "aliexpress-dropshipping", environment: .sandbox),
        options: Test.asOperator)
    }
    #expect(try await test.credentialStatus().state == .missing)
    #expect(
      try await test.count("SELECT length(sealed) + length(wrappedKey) AS n FROM credential") == 0)
    #expect(try await test.putCredentials().version == 2)
  }

  @Test func `every use and change is in the audit, which is never changed`() async throws {
    try await Test.running { test in
      try await test.buy("o-1")
      try await test.buy(Test.request("o-2", ceiling: 1))
      let lines = try await test.store.read { transaction in
        try transaction.rows(
          "SELECT action, actor, purpose FROM credentialAudit WHERE environment = 1 ORDER BY number"
        ).map { "\($0.text("action")) \($0.text("actor")) \($0.text("purpose"))" }
      }
      #expect(lines == ["put operator:test ", "use system o-1-p1", "use system o-2-p1"])
      await #expect(throws: (any Error).self) {
        try await test.tamper("DELETE FROM credentialAudit")
      }
    }
  }

  @Test func `a reseller reaches his own credentials only`() async throws {
    let test = try PurchasingUnderTest()
    func put(_ actor: String) async throws {
      _ = try await test.credentials.putCredentials(
        Test.credentials(), options: CallOptions().acting(actor))
    }
    try await put("reseller:42")
    try await put("admin:1")
    await test.expectRefused(.permissionDenied) { try await put("reseller:43") }
    await test.expectRefused(.permissionDenied) { try await put("system") }
    await test.expectRefused(.permissionDenied) {
      _ = try await test.credentials.getCredentialStatus(
        .init(userID: 42, api: "aliexpress-dropshipping", environment: .sandbox),
        options: CallOptions().acting("reseller:43"))
    }
  }

  @Test func `what cannot be right names the field and not the value`() async throws {
    let test = try PurchasingUnderTest()
    var request = Test.credentials(user: 0, environment: .unspecified, token: "")
    (request.api, request.appSecret) = ("ebay", "two words")
    await test.expectRefused(
      .invalidArgument, fields: ["user_id", "api", "environment", "app_secret", "access_token"]
    ) {
      _ = try await test.credentials.putCredentials(request, options: Test.asOperator)
    }
  }
}
