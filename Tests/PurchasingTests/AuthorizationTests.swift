import Contract
import Outside
import RPC
import Store
import Support
import Testing

@testable import Purchasing

/// A reseller's consent becomes tokens, once.
@Suite struct AuthorizationTests {
  private typealias Test = PurchasingUnderTest

  private static func begin(
    _ test: PurchasingUnderTest, user: Int64 = 42, environment: Contract.Environment = .sandbox,
    as actor: String = "operator:test"
  ) async throws -> BeginAuthorizationResponse {
    try await test.credentials.beginAuthorization(
      .init(userID: user, api: "aliexpress-dropshipping", environment: environment),
      options: CallOptions(timeout: .seconds(15)).acting(actor))
  }

  @discardableResult
  private static func complete(
    _ test: PurchasingUnderTest, _ state: String, _ code: String = "code-1",
    as actor: String = "operator:test"
  ) async throws -> CredentialStatus {
    try await test.credentials.completeAuthorization(
      .init(state: state, code: code),
      options: CallOptions(timeout: .seconds(15)).acting(actor))
  }

  @Test func `a code becomes tokens, and the waiting purchase goes on`() async throws {
    let test = try PurchasingUnderTest()
    test.supplier.change { $0.office.vendorAccountID = "9001" }
    let begun = try await Self.begin(test)
    #expect(begun.authorizeURL.contains("app=500001&state=\(begun.state)"))
    #expect(begun.authorizeURL.contains("http://localhost/callback"))
    #expect(begun.state.utf8.count == 43)
    let status = try await Self.complete(test, begun.state)
    #expect(status.state == .valid && status.origin == "authorized" && status.version == 1)
    #expect(status.vendorAccountID == "9001" && status.nextRefreshAt != nil)
    try await test.moving { try await test.buy("o-1") }
    #expect(test.supplier.taken["o-1-p1"]?.account == "access-1")
    let stored = try await test.count(
      "SELECT COUNT(*) AS n FROM consent WHERE stateHash LIKE '%\(begun.state)%'")
    #expect(stored == 0, "only its hash is kept")
  }

  @Test func `a state is good for one code, and a replay answers as the first time`() async throws {
    let test = try PurchasingUnderTest()
    let begun = try await Self.begin(test)
    let first = try await Self.complete(test, begun.state)
    #expect(try await Self.complete(test, begun.state) == first)
    #expect(test.supplier.exchanges == ["code code-1"])
    await test.expectRefused(.failedPrecondition, reason: "STATE_USED") {
      try await Self.complete(test, begun.state, "code-2")
    }
    await test.expectRefused(.failedPrecondition, reason: "STATE_NOT_KNOWN") {
      try await Self.complete(test, "made-up")
    }
    let (one, two) = (try await Self.begin(test), try await Self.begin(test))
    await test.expectRefused(.failedPrecondition, reason: "STATE_NOT_KNOWN") {
      try await Self.complete(test, one.state)
    }
    try await test.tamper("UPDATE consent SET expiresAt = 1")
    await test.expectRefused(.failedPrecondition, reason: "STATE_EXPIRED") {
      try await Self.complete(test, two.state)
    }
  }

  @Test func `a state belongs to its reseller`() async throws {
    let test = try PurchasingUnderTest()
    let begun = try await Self.begin(test, as: "reseller:42")
    await test.expectRefused(.permissionDenied) {
      try await Self.complete(test, begun.state, as: "reseller:43")
    }
    await test.expectRefused(.permissionDenied) {
      _ = try await Self.begin(test, as: "reseller:43")
    }
    await test.expectRefused(.permissionDenied) { _ = try await Self.begin(test, as: "system") }
    let status = try await Self.complete(test, begun.state, as: "reseller:42")
    #expect(status.userID == 42 && status.environment == .sandbox)
  }

  @Test func `after a lost answer the same code is the lookup`() async throws {
    let test = try PurchasingUnderTest()
    test.supplier.scriptTokens(.vanish, .grantInSilence)
    let begun = try await Self.begin(test)
    for _ in 0..<2 {
      await test.expectRefused(.unavailable, reason: "REFRESH_UNKNOWN") {
        try await Self.complete(test, begun.state)
      }
    }
    await test.expectRefused(.failedPrecondition, reason: "STATE_USED") {
      try await Self.complete(test, begun.state, "code-2")
    }
    await test.expectRefused(.failedPrecondition, reason: "AUTHORIZATION_REFUSED") {
      try await Self.complete(test, begun.state)
    }
    await test.expectRefused(.failedPrecondition, reason: "STATE_USED") {
      try await Self.complete(test, begun.state)
    }
    #expect(try await test.credentialStatus().state == .missing)
  }

  @Test func `a code that was not sent leaves the state free`() async throws {
    let test = try PurchasingUnderTest()
    test.supplier.scriptTokens(
      .answer(AliExpressSupplier.granting(.notSent("connection refused"), now: 0)))
    let begun = try await Self.begin(test)
    await test.expectRefused(.unavailable) { try await Self.complete(test, begun.state) }
    #expect(try await Self.complete(test, begun.state, "code-2").state == .valid)
  }

  @Test func `many who complete at once make one exchange`() async throws {
    let test = try PurchasingUnderTest()
    let begun = try await Self.begin(test)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<100 {
        group.addTask { _ = try? await Self.complete(test, begun.state) }
      }
    }
    #expect(test.supplier.exchanges == ["code code-1"])
    #expect(try await test.credentialStatus().version == 1)
  }

  @Test func `an authorization needs an application and an address to come back to`() async throws {
    let test = try PurchasingUnderTest()
    await test.expectRefused(.failedPrecondition, reason: "NO_REDIRECT_URL") {
      _ = try await Self.begin(test, environment: .production)
    }
    var request = BeginAuthorizationRequest(
      userID: 42, api: "aliexpress-dropshipping", environment: .production,
      redirectURL: "https://shop.example/callback")
    await test.expectRefused(.failedPrecondition, reason: "NO_APPLICATION") {
      _ = try await test.credentials.beginAuthorization(request, options: Test.asOperator)
    }
    (request.appKey, request.appSecret) = ("777", "own-secret")
    let begun = try await test.credentials.beginAuthorization(request, options: Test.asOperator)
    #expect(begun.authorizeURL.contains("app=777"))
    request.appSecret = ""
    request.redirectURL = "http://shop.example/callback"
    await test.expectRefused(.invalidArgument, fields: ["app_secret", "redirect_url"]) {
      _ = try await test.credentials.beginAuthorization(request, options: Test.asOperator)
    }
    try await test.putCredentials(environment: .production)
    let own = try await test.credentials.beginAuthorization(
      .init(
        userID: 42, api: "aliexpress-dropshipping", environment: .production,
        redirectURL: "https://shop.example/callback"), options: Test.asOperator)
    #expect(own.authorizeURL.contains("app=500001"), "that of the present credentials")
  }

  @Test func `the history tells every use and change, newest first, and no secret`() async throws {
    let test = try PurchasingUnderTest()
    try await Self.complete(test, Self.begin(test).state)
    try await test.moving {
      try await test.buy("o-1")
      try await test.tamper("UPDATE credential SET origin = 'put'")
      _ = try await test.credentials.refreshCredentials(
        .init(userID: 42, api: "aliexpress-dropshipping", environment: .sandbox),
        options: Test.asOperator)
    }
    var request = GetCredentialHistoryRequest(
      userID: 42, api: "aliexpress-dropshipping", environment: .sandbox, pageSize: 4)
    let first = try await test.credentials.getCredentialHistory(request, options: Test.asOperator)
    request.pageToken = first.nextPageToken
    let second = try await test.credentials.getCredentialHistory(request, options: Test.asOperator)
    let lines = (first.events + second.events).map { "\($0.action) \($0.actor) \($0.version)" }
    #expect(
      lines == [
        "refreshed operator:test 1", "refresh operator:test 1", "use system 1",
        "authorized operator:test 1", "authorizationBegun operator:test 0",
      ])
    #expect(second.nextPageToken.isEmpty)
    let text = first.json() + second.json()
    for secret in ["access-", "refresh-1", "code-1", "canary"] { #expect(!text.contains(secret)) }
    await test.expectRefused(.permissionDenied) {
      _ = try await test.credentials.getCredentialHistory(
        request, options: CallOptions().acting("reseller:43"))
    }
  }
}
