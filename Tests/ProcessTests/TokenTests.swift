import Contract
import Foundation
import RPC
import Support
import Testing

/// Tokens of a reseller over real processes: authorized, renewed, lost, withdrawn.
@Suite(.serialized) struct TokenTests {
  private static let api = "aliexpress-dropshipping"
  private static let callback = [
    "DROPWIRE_SANDBOX_ALIEXPRESS_CALLBACK_URL": "http://localhost/callback"
  ]

  private static func status(_ cluster: Cluster) async throws -> CredentialStatus {
    try await cluster.credentials.getCredentialStatus(
      .init(userID: Shop.reseller, api: api, environment: .sandbox), options: Shop.asOperator)
  }

  /// Asks for a refresh, whatever dies in between.
  private static func refresh(_ cluster: Cluster) async {
    _ = try? await cluster.credentials.refreshCredentials(
      .init(userID: Shop.reseller, api: api, environment: .sandbox), options: Shop.asOperator)
  }

  /// A thousand callers at once, each answered whatever dies in between.
  private static func refreshByThousand(_ cluster: Cluster) async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<1000 { group.addTask { await refresh(cluster) } }
    }
  }

  /// The refresh tokens that were sent, in order.
  private static func sent(_ cluster: Cluster) async throws -> [String] {
    try await cluster.sandbox.truth().aliexpress.exchanges.filter { $0.kind == "refresh" }
      .map(\.text)
  }

  private static func losses(_ cluster: Cluster) async throws -> Int {
    try await cluster.credentials.getCredentialHistory(
      .init(userID: Shop.reseller, api: api, environment: .sandbox, pageSize: 1000),
      options: Shop.asOperator
    ).events.filter { $0.action == "refreshLost" }.count
  }

  @Test(arguments: [
    // Step, whether the first request reached the supplier, and where it ends.
    ("refreshCommitted", false, CredentialState.valid), ("refreshSent", true, .revoked),
    ("refreshStored", true, .valid),
  ])
  func `killed at a step of a refresh, it spends a token once or records the loss`(
    _ step: String, _ isSent: Bool, _ expected: CredentialState
  ) async throws {
    try await Cluster.with(environment: Self.callback, start: [.ledger, .orders]) { cluster in
      let program = try await cluster.start(
        .purchasing, environment: ["DROPWIRE_CRASH_AT": "purchasing.\(step)"])
      let shop = try await Shop(in: cluster)
      async let asked: Void = Self.refreshByThousand(cluster)
      #expect(await program.waitForExit() == Program.Exit(status: SIGKILL, bySignal: true))
      await asked
      try await cluster.start(.purchasing)
      let status = try await eventually("the refresh has ended after \(step)") {
        let status = try? await Self.status(cluster)
        return status?.state == expected && status?.lastRefresh?.outcome != .started ? status : nil
      }
      let isLost = step != "refreshStored"
      #expect(try await Self.losses(cluster) == (isLost ? 1 : 0))
      let sent = try await Self.sent(cluster)
      #expect(sent.count == (isSent && isLost ? 2 : 1), "\(sent)")
      #expect(Set(sent).count == 1)
      if expected == .revoked {
        #expect(status.reason?.text.contains("was lost 1 times") == true)
        try await Self.authorize(cluster)
      }
      try await shop.sell("after")
      try await shop.finished("after")
      shop.expectOnce("after", truth: try await cluster.sandbox.truth(order: "after"))
    }
  }

  @Test func `a thousand callers at once spend one refresh token`() async throws {
    try await Cluster.with(environment: Self.callback) { cluster in
      _ = try await Shop(in: cluster)
      try await withThrowingTaskGroup(of: Int32.self) { group in
        for _ in 0..<1000 {
          group.addTask {
            try await cluster.credentials.refreshCredentials(
              .init(userID: Shop.reseller, api: Self.api, environment: .sandbox),
              options: CallOptions(timeout: .seconds(60)).acting("operator:test")
            ).version
          }
        }
        let versions = try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
        #expect(versions == [2])
      }
      #expect(try await Self.sent(cluster) == ["sandbox-refresh-42"])
      #expect(try await Self.losses(cluster) == 0)
    }
  }

  private static func begin(_ cluster: Cluster) async throws -> (state: String, code: String) {
    let begun = try await cluster.credentials.beginAuthorization(
      .init(userID: Shop.reseller, api: api, environment: .sandbox), options: Shop.asOperator)
    let target = try await cluster.sandbox.consent(at: begun.authorizeURL, account: "42")
    let match = try #require(
      target.wholeMatch(of: #/http://localhost/callback\?code=([^&]+)&state=(.+)/#))
    #expect(String(match.2) == begun.state)
    return (begun.state, String(match.1))
  }

  @discardableResult
  private static func authorize(_ cluster: Cluster) async throws -> CredentialStatus {
    let begun = try await begin(cluster)
    return try await cluster.credentials.completeAuthorization(
      .init(state: begun.state, code: begun.code), options: Shop.asOperator)
  }

  @Test func `a refresh token that was withdrawn is said, until the reseller authorizes again`()
    async throws
  {
    try await Cluster.with(environment: Self.callback) { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.revoke(account: "42")
      try await shop.sell("closed")
      let order = try await eventually("the order says why it waits") {
        let order = try await shop.order("closed")
        return order.state == .needsAttention ? order : nil
      }
      #expect(order.waiting?.reason?.code == "CREDENTIALS_REVOKED")
      #expect(
        order.waiting?.reason?.text.contains("dropwire credentials authorize --user 42") == true)
      #expect(try await Self.status(cluster).state == .revoked)
      #expect(try await Self.sent(cluster) == ["sandbox-refresh-42"])
      let status = try await Self.authorize(cluster)
      #expect(status.state == .valid && status.vendorAccountID == "42")
      _ = try await cluster.orders.retryOrder(.init(orderID: "closed"), options: Shop.asOperator)
      try await shop.finished("closed")
      let keys = try await cluster.sandbox.truth().aliexpress.orders.map(\.outOrderID)
      #expect(keys == ["closed-p2"])
    }
  }

  @Test(arguments: ["authorizationCommitted", "authorizationSent", "authorizationStored"])
  func `killed at a step of an authorization, the same code answers`(_ step: String) async throws {
    try await Cluster.with(environment: Self.callback, start: []) { cluster in
      let program = try await cluster.start(
        .purchasing, environment: ["DROPWIRE_CRASH_AT": "purchasing.\(step)"])
      _ = try await cluster.credentials.putCredentials(
        Shop.credentials(accessToken: "outdated"), options: Shop.asOperator)
      let begun = try await Self.begin(cluster)
      let request = CompleteAuthorizationRequest(state: begun.state, code: begun.code)
      _ = try? await cluster.credentials.completeAuthorization(request, options: Shop.asOperator)
      #expect(await program.waitForExit() == Program.Exit(status: SIGKILL, bySignal: true))
      try await cluster.start(.purchasing)
      let answer = await Result {
        try await cluster.credentials.completeAuthorization(request, options: Shop.asOperator)
      }
      let version = try await Self.status(cluster).version
      switch answer {
      case .success(let status): #expect(step != "authorizationSent" && status.version == 2)
      case .failure(let error):
        // The supplier spent the code, and its answer is gone: only another consent helps.
        #expect(step == "authorizationSent" && version == 1)
        #expect((error as? RPCError)?.reason?.code == "AUTHORIZATION_REFUSED")
      }
    }
  }

  @Test func `tokens of short lives are renewed by themselves while orders go on`() async throws {
    try await Cluster.with(environment: Self.callback) { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.settings(["accessTokenSeconds": 1])
      try await Self.authorize(cluster)
      for number in 0..<20 { try await shop.sell("short-\(number)") }
      _ = try await eventually("three generations of tokens") {
        try await Self.sent(cluster).count >= 3 ? true : nil
      }
      for number in 0..<20 {
        try await shop.finished("short-\(number)")
        shop.expectOnce(
          "short-\(number)", truth: try await cluster.sandbox.truth(order: "short-\(number)"))
      }
      let sent = try await Self.sent(cluster)
      #expect(Set(sent).count == sent.count, "each refresh token is spent once")
      #expect(try await Self.losses(cluster) == 0)
    }
  }
}

extension Result where Failure == any Error {
  /// Runs a body and keeps how it ended.
  fileprivate init(_ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
