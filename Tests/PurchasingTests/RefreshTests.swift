import Contract
import Outside
import RPC
import Store
import Support
import Testing

@testable import Purchasing

/// One refresh per refresh token, or a loss on record.
@Suite struct RefreshTests {
  private typealias Test = PurchasingUnderTest

  private static let expired: Int64 = 1_600_000_000_000

  private static func refresh(_ test: PurchasingUnderTest, version: Int32 = 0) async throws
    -> CredentialStatus
  {
    try await test.credentials.refreshCredentials(
      .init(
        userID: 42, api: "aliexpress-dropshipping", environment: .sandbox, version: version),
      options: Test.asOperator)
  }

  private static func running(_ body: (PurchasingUnderTest) async throws -> Void) async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials(refreshToken: "refresh-0")
    try await test.moving { try await body(test) }
  }

  private static func outcomes(_ test: PurchasingUnderTest) async throws -> [String] {
    try await test.store.read { transaction in
      try transaction.rows("SELECT * FROM tokenRefresh ORDER BY version, number").map {
        "\($0.int("version")).\($0.int("number")) \($0.text("outcome"))"
      }
    }
  }

  @Test func `a thousand callers at once make one refresh`() async throws {
    try await Self.running { test in
      let versions = try await withThrowingTaskGroup(of: Int32.self) { group in
        for _ in 0..<1000 {
          group.addTask { try await Self.refresh(test).version }
        }
        var versions: Set<Int32> = []
        for try await version in group { versions.insert(version) }
        return versions
      }
      #expect(versions == [2])
      #expect(test.supplier.exchanges == ["refresh refresh-0"])
      #expect(try await Self.outcomes(test) == ["1.1 DONE"])
    }
  }

  @Test func `new tokens are stored before anyone uses them, and keep the account`() async throws {
    try await Self.running { test in
      let status = try await Self.refresh(test)
      #expect(status.state == .valid && status.version == 2 && status.origin == "refreshed")
      #expect(status.lastRefresh?.outcome == .done && status.lastRefresh?.actor == "operator:test")
      try await test.buy("o-1")
      #expect(test.supplier.taken["o-1-p1"]?.account == "access-1")
      let account = try await test.store.read {
        try $0.row("SELECT account FROM attempt")?.text("account")
      }
      #expect(account == "credentials:1", "an order sent before is looked up from the same account")
    }
  }

  @Test func `an access token is renewed at four fifths of its life`() async throws {
    let test = try PurchasingUnderTest()
    let now = PurchaseWork.now()
    try await test.putCredentials(refreshToken: "refresh-0", expiresAt: now + 1_000_000)
    let due = try await test.store.read {
      try $0.intent(RefreshWork.intent, "42/aliexpress-dropshipping/sandbox")?.dueAt
    }
    #expect(abs((due ?? 0) - now - 800_000) < 5_000)
    try await test.tamper("UPDATE credential SET updatedAt = updatedAt - 5000000")
    try await test.tamper("UPDATE intent SET dueAt = 0")
    try await test.moving {
      let status = try await eventually("they are renewed") {
        let status = try await test.credentialStatus()
        return status.version == 2 ? status : nil
      }
      #expect(status.lastRefresh?.actor == "system")
    }
    #expect(test.supplier.exchanges == ["refresh refresh-0"])
  }

  @Test func `a purchase waits for new tokens and goes on with them`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials(refreshToken: "refresh-0", expiresAt: Self.expired)
    try await test.moving {
      let bought = try await test.buy("o-1")
      #expect(bought.state == .purchased)
    }
    #expect(test.supplier.taken["o-1-p1"]?.account == "access-1")
    #expect(test.supplier.exchanges == ["refresh refresh-0"])
  }

  @Test(arguments: [true, false])
  func `a token that is called invalid is renewed once and the step repeated`(
    _ refusesReadings: Bool
  ) async throws {
    try await Self.running { test in
      test.supplier.change {
        $0.office.invalid = ["access-42"]
        $0.office.refusesReadings = refusesReadings
      }
      let bought = try await test.buy("o-1")
      #expect(bought.state == .purchased)
      #expect(test.supplier.taken["o-1-p1"]?.account == "access-1")
      #expect(test.supplier.exchanges == ["refresh refresh-0"])
      let outcomes = bought.attempts.map(\.outcome)
      #expect(outcomes == (refusesReadings ? [.placed] : [.notAccepted, .placed]))
      #expect(Set(test.supplier.sent) == ["o-1-p1"], "one key")
    }
  }

  @Test func `a renewed token that is called invalid closes the credentials`() async throws {
    try await Self.running { test in
      test.supplier.change { $0.office.invalid = ["access-42", "access-1"] }
      let refused = try await test.buy("o-1")
      #expect(refused.state == .refused && refused.reason?.code == "CREDENTIALS_REVOKED")
      #expect(refused.reason?.text.contains("authorize again") == true)
      #expect(test.supplier.exchanges == ["refresh refresh-0"], "one refresh")
      let status = try await test.credentialStatus()
      #expect(status.state == .revoked && status.reason?.providerCode == "IllegalAccessToken")
      let next = try await test.buy("o-2")
      #expect(next.reason?.code == "CREDENTIALS_REVOKED")
      #expect(test.supplier.sent.isEmpty)
    }
  }

  @Test func `a renewed token that is called invalid at its end is renewed again`() async throws {
    try await Self.running { test in
      #expect(try await Self.refresh(test).version == 2)
      let key = CredentialKey(userID: 42, environment: .sandbox)
      // Sent while it was good, and received when it was not any more.
      try await test.tamper(
        "UPDATE credential SET accessTokenExpiresAt = $1", [.integer(PurchaseWork.now() - 1000)])
      let cure = try await test.store.write {
        try CredentialStore(transaction: $0).tokenRefused(
          key, version: 2, actor: "system", providerCode: "IllegalAccessToken")
      }
      #expect(cure == .wait)
      _ = try await eventually("it is renewed") {
        try await test.credentialStatus().version >= 3 ? true : nil
      }
      #expect(try await test.buy("o-1").state == .purchased)
    }
  }

  @Test func `a lost answer is on record, and the repeat tells that the token is spent`()
    async throws
  {
    try await Self.running { test in
      test.supplier.scriptTokens(.grantInSilence)
      await test.expectRefused(.unavailable, reason: "REFRESH_UNKNOWN") {
        _ = try await Self.refresh(test)
      }
      let status = try await eventually("the repeat was answered") {
        let status = try await test.credentialStatus()
        return status.state == .revoked ? status : nil
      }
      #expect(try await Self.outcomes(test) == ["1.1 UNKNOWN", "1.2 REFUSED"])
      #expect(status.reason?.text.contains("was lost 1 times") == true)
      #expect(status.advice.contains("dropwire credentials authorize --user 42"))
      let refused = try await test.buy("o-1")
      #expect(refused.reason?.code == "CREDENTIALS_REVOKED")
      #expect(refused.reason?.text.contains("IllegalRefreshToken") == false)
    }
  }

  @Test func `a lost request is on record, and the repeat brings the tokens`() async throws {
    try await Self.running { test in
      test.supplier.scriptTokens(.vanish)
      await test.expectRefused(.unavailable, reason: "REFRESH_UNKNOWN") {
        _ = try await Self.refresh(test)
      }
      _ = try await eventually("the repeat was answered") {
        try await test.credentialStatus().version == 2 ? true : nil
      }
      #expect(try await Self.outcomes(test) == ["1.1 UNKNOWN", "1.2 DONE"])
      #expect(test.supplier.exchanges == ["refresh refresh-0", "refresh refresh-0"])
    }
  }

  @Test func `a refresh that a dead process left behind is recorded as lost`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials(refreshToken: "refresh-0", expiresAt: Self.expired)
    let key = CredentialKey(userID: 42, environment: .sandbox)
    try await test.store.write { transaction in
      let credentials = CredentialStore(transaction: transaction)
      if let sealed = try credentials.sealed(key) { _ = try credentials.beginRefresh(sealed) }
    }
    await #expect(throws: (any Error).self, "one at a time") {
      try await test.tamper(
        """
        INSERT INTO tokenRefresh (userID, api, environment, version, number, outcome, actor,
          startedAt) VALUES (42, 'aliexpress-dropshipping', 1, 1, 2, 'STARTED', 'x', 1)
        """)
    }
    try await test.moving {
      _ = try await eventually("it goes on") {
        try await test.credentialStatus().version == 2 ? true : nil
      }
    }
    #expect(try await Self.outcomes(test) == ["1.1 UNKNOWN", "1.2 DONE"])
    let actions = try await test.store.read {
      try CredentialStore(transaction: $0).audit(key, before: 0, limit: 10).map(\.action)
    }
    #expect(actions == ["refreshed", "refresh", "refreshLost", "refresh", "put"])
  }

  @Test func `tokens that were put during a refresh win over its answer`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials(refreshToken: "refresh-0")
    let key = CredentialKey(userID: 42, environment: .sandbox)
    let before = try await test.store.read { try CredentialStore(transaction: $0).sealed(key) }
    let sealed = try #require(before)
    try await test.putCredentials(token: "access-new", refreshToken: "refresh-new")
    let granted = GrantedTokens(
      accessToken: .init("late"), refreshToken: nil, accessTokenExpiresAt: 0,
      refreshTokenExpiresAt: nil, vendorAccountID: "")
    let secrets = try test.seal.open(sealed)
    let seal = test.seal
    let stored = try await test.store.write {
      try CredentialStore(transaction: $0).renew(sealed, secrets, granted, with: seal)
    }
    #expect(stored == nil)
    try await test.moving { try await test.buy("o-1") }
    #expect(test.supplier.taken["o-1-p1"]?.account == "access-new")
  }

  @Test func `what cannot be renewed says what the reseller must do`() async throws {
    let test = try PurchasingUnderTest()
    await test.expectRefused(.notFound) { _ = try await Self.refresh(test) }
    try await test.putCredentials(expiresAt: Self.expired)
    await test.expectRefused(.failedPrecondition, reason: "CREDENTIALS_EXPIRED") {
      _ = try await Self.refresh(test)
    }
    try await test.putCredentials(refreshToken: "refresh-0", expiresAt: Self.expired)
    try await test.tamper("UPDATE credential SET refreshTokenExpiresAt = 1600000000000")
    let status = try await test.credentialStatus()
    #expect(status.state == .expired && status.nextRefreshAt == nil)
    #expect(status.reason?.text.contains("its refresh token has expired too") == true)
    #expect(status.reason?.owner == "reseller")
    try await test.moving {
      let refused = try await test.buy("o-1")
      #expect(refused.state == .refused && refused.reason?.code == "CREDENTIALS_EXPIRED")
      #expect(refused.reason?.text.contains("authorize again") == true)
    }
    #expect(test.supplier.exchanges.isEmpty)
  }

  @Test func `what waits for a payment names the reason and goes on after an authorization`()
    async throws
  {
    try await Self.running { test in
      test.supplier.change { $0.status = "PLACE_ORDER_SUCCESS" }
      try await test.ask(Test.request("o-1"))
      try await test.wait(for: "o-1", .awaitingSupplierPayment)
      test.supplier.change {
        $0.office.invalid = ["access-42"]
        $0.office.answers = [
          .answer(
            AliExpressSupplier.granting(
              .error(AliExpressError(type: "ISV", code: "IllegalRefreshToken")), now: 0))
        ]
        $0.status = "WAIT_SELLER_SEND_GOODS"
      }
      await test.expectRefused(.failedPrecondition, reason: "CREDENTIALS_REVOKED") {
        _ = try await Self.refresh(test)
      }
      let waits = try await test.wait(for: "o-1", .awaitingSupplierPayment, "CREDENTIALS_REVOKED")
      #expect(waits.reason?.text.contains("spent, expired or withdrawn") == true)
      try await test.putCredentials(token: "access-new")
      try await test.wait(for: "o-1", .purchased)
    }
  }

  @Test func `a payment that failed stays the reason after new tokens were waited for`()
    async throws
  {
    try await Self.running { test in
      test.supplier.script(
        .answer(
          .placed(ids: ["9000000000000001"], paymentProblem: "OrderCreated, autoPay fail:X")))
      test.supplier.change { $0.status = "PLACE_ORDER_SUCCESS" }
      try await test.ask(Test.request("o-1"))
      try await test.wait(for: "o-1", .awaitingSupplierPayment, "SUPPLIER_PAYMENT_FAILED")
      test.supplier.change { $0.office.invalid = ["access-42"] }
      _ = try await eventually("the tokens are renewed") {
        test.supplier.exchanges.isEmpty ? nil : true
      }
      try await test.wait(for: "o-1", .awaitingSupplierPayment, "SUPPLIER_PAYMENT_FAILED")
    }
  }
}
