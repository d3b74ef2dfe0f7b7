import Contract
import Foundation
import RPC
import Support
import Testing

/// Users of their own for the services and their callers, as on a machine that systemd runs. Only
/// root can become them.
@Suite(
  .serialized, .timeLimit(.minutes(2)),
  .enabled(if: OtherUser.areAvailable, "only root can become other users"))
struct OtherUserTests {
  private static let orders = OtherUser(61_001)
  private static let gateway = OtherUser(61_002)
  private static let kim = OtherUser(61_003, group: 61_100)
  private static let nobody = OtherUser(65_534)

  /// Root, which runs the tests, opens the shop.
  private static let policy = [
    "DROPWIRE_PEERS":
      "uid:0=developer, uid:61001=orders, uid:61002=gateway, gid:61100=operator",
    "DROPWIRE_SOCKET_MODE": "0666",
  ]

  private static func with(
    start services: [Cluster.ServiceName] = [.ledger, .purchasing, .orders],
    _ body: (Cluster) async throws -> Void
  ) async throws {
    try await Cluster.with(environment: policy, start: []) { cluster in
      try cluster.letOthersIn()
      for service in services { try await cluster.start(service) }
      try await body(cluster)
    }
  }

  @Test func `a user without a rule is refused before the first byte`() async throws {
    try await Self.with(start: [.ledger]) { cluster in
      let (status, text) = try Self.nobody.run(cluster, "trial-balance")
      #expect(status == 69 && text.contains("it may not let us in"), "\(status) \(text)")
      let log = try #require(cluster.program(.ledger)).ownLog
      #expect(log.contains("peer without a role refused") && log.contains("uid:65534 gid:65534"))
      #expect(log.contains("uid:61001=orders"), "the policy is told at the start")
    }
  }

  @Test func `orders buys, an operator may not`() async throws {
    try await Self.with(start: [.purchasing]) { cluster in
      let call = ["call", "Purchasing", "PlacePurchase", "{}", "--as"]
      let bought = try Self.orders.run(cluster, call + ["system"])
      #expect(bought.status == 64 && bought.text.contains("order_id"), "\(bought)")
      let refused = try Self.kim.run(cluster, call + ["operator:kim"])
      #expect(refused.status == 77)
      #expect(
        refused.text.contains(
          "the role operator may not call /dropwire.purchasing.v1.Purchasing/PlacePurchase; "
            + "developer, orders may"), "\(refused.text)")
      let gateway = try Self.gateway.run(cluster, call + ["admin:7"])
      #expect(gateway.status == 77 && gateway.text.contains("the role gateway may not call"))
    }
  }

  @Test func `an operator sees the state of credentials, orders does not`() async throws {
    try await Self.with(start: [.purchasing]) { cluster in
      let call = ["credentials", "status", "--user", "42"]
      let seen = try Self.kim.run(cluster, call + ["--as", "operator:kim"])
      #expect(seen.status == 0 && seen.text.lowercased().contains("missing"), "\(seen)")
      let refused = try Self.orders.run(cluster, call + ["--as", "system"])
      #expect(refused.status == 77, "\(refused)")
      #expect(refused.text.contains("the role orders may not call"), "\(refused)")
    }
  }

  @Test func `a role acts for its own people alone`() async throws {
    try await Self.with(start: [.ledger, .purchasing]) { cluster in
      func balance(_ user: OtherUser, _ actor: String) throws -> (status: Int32, text: String) {
        try user.run(cluster, "sales", "--user", "42", "--as", actor)
      }
      #expect(try balance(Self.kim, "operator:kim").status == 0)
      #expect(try balance(Self.gateway, "reseller:42").status == 0)
      #expect(try balance(Self.gateway, "admin:7").status == 0)
      let own = try balance(Self.gateway, "reseller:43")
      #expect(own.status == 77 && own.text.contains("NOT_OWNER"), "\(own)")
      for (user, role, actor, may) in [
        (Self.kim, "operator", "admin:7", "operator:NAME"),
        (Self.kim, "operator", "system", "operator:NAME"),
        (Self.gateway, "gateway", "operator:kim", "reseller:ID or admin:ID"),
      ] {
        let refused = try balance(user, actor)
        #expect(refused.status == 77)
        let reason = "the role \(role) may not act as \(actor); it may act as \(may)"
        #expect(refused.text.contains(reason), "\(refused.text)")
      }
      let refused = try Self.orders.run(
        cluster, "call", "Purchasing", "PlacePurchase", "{}", "--as", "operator:kim")
      #expect(refused.status == 77)
      #expect(refused.text.contains("the role orders may not act as operator:kim"))
    }
  }

  @Test func `an order goes through services that have a user each`() async throws {
    try await Self.with(start: [.ledger, .purchasing]) { cluster in
      try Self.orders.own("\(cluster.directory)/orders")
      try await cluster.start(
        .orders, as: Self.orders,
        environment: [
          "DROPWIRE_STATE_DIR": "\(cluster.directory)/orders",
          "DROPWIRE_PEERS": "uid:0=developer",
        ])
      let shop = try await Shop(in: cluster)
      try await shop.sell("other-users")
      try await shop.finished("other-users")
      #expect(!cluster.logs().contains("\"level\":\"error\""))
    }
  }
}
