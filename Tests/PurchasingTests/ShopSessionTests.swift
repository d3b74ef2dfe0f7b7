import Contract
import Crypto
import Outside
import Store
import Testing

@testable import Purchasing

/// The shop's cookies at rest.
struct ShopSessionTests {
  private static let older = MasterKey(SymmetricKey(size: .bits256))
  private static let newest = MasterKey(SymmetricKey(size: .bits256))
  private static let cookies: JSON = [["name": "xman_t", "value": "canary-cookie"]]

  @Test func `cookies come back in their own place only, and lie sealed`() async throws {
    let test = try PurchasingUnderTest()
    let sessions = ShopSessions(store: test.store, seal: test.seal)
    try await sessions.keep(Self.cookies, .sandbox, "one")
    try await sessions.keep(["other"], .sandbox, "two")
    #expect(await sessions.cookies(.sandbox, "one") == Self.cookies.elements)
    #expect(await sessions.cookies(.production, "one") == nil)
    #expect(
      try await test.count(
        "SELECT COUNT(*) AS n FROM shopSession WHERE instr(sealed, CAST('canary' AS BLOB)) > 0")
        == 0)
    try await test.tamper(
      """
      UPDATE shopSession SET wrappedKey = (SELECT wrappedKey FROM shopSession WHERE account = 'one'),
        sealed = (SELECT sealed FROM shopSession WHERE account = 'one') WHERE account = 'two'
      """)
    #expect(await sessions.cookies(.sandbox, "two") == nil, "moved to another account")
    try await test.tamper("UPDATE shopSession SET version = 2 WHERE account = 'one'")
    #expect(await sessions.cookies(.sandbox, "one") == nil, "moved to another version")
  }

  @Test func `a change of master keys takes the cookies along`() async throws {
    let test = try PurchasingUnderTest(keys: MasterKeyRing(Self.newest, older: [Self.older]))
    let before = ShopSessions(
      store: test.store, seal: CredentialSeal(keys: MasterKeyRing(Self.older)))
    try await before.keep(Self.cookies, .sandbox, "one")
    let answer = try await test.credentials.rotateKeys(
      .init(), options: PurchasingUnderTest.asOperator)
    #expect(answer.rewrapped == 1 && answer.remaining == 0)
    let after = ShopSessions(
      store: test.store, seal: CredentialSeal(keys: MasterKeyRing(Self.newest)))
    #expect(await after.cookies(.sandbox, "one") == Self.cookies.elements)
  }
}
