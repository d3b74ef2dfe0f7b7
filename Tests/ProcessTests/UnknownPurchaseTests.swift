import Contract
import Foundation
import RPC
import Support
import Testing

/// Placings whose outcome is not known, over real processes: looked up where that is safe, else a
/// person's; and one order at the supplier at most.
@Suite(.serialized) struct UnknownPurchaseTests {
  /// What goes wrong with a placing.
  struct Trouble: Sendable {
    /// Also the order's id.
    let name: String
    let fault: String
    var code: String?
    /// Whether the supplier has the order although its answer did not say so.
    let isPlaced: Bool
    /// Supplier orders that one request becomes.
    var orders = 1
  }

  static let troubles = [
    Trouble(name: "late", fault: "orderPlacedAnswerSlow", isPlaced: true),
    Trouble(name: "lost", fault: "orderPlacedAnswerLost", isPlaced: true),
    Trouble(name: "lost-after-checks", fault: "answerLost", isPlaced: true),
    Trouble(name: "edge-before", fault: "5xxBeforePlacing", isPlaced: false),
    Trouble(name: "edge-after", fault: "5xxAfterPlacing", isPlaced: true),
    Trouble(name: "edge-without-work", fault: "5xx", isPlaced: false),
    Trouble(name: "cut", fault: "cutJSON", isPlaced: true),
    Trouble(name: "cut-anywhere", fault: "answerCut", isPlaced: true),
    Trouble(name: "without-ids", fault: "successWithoutIDs", isPlaced: true),
    Trouble(name: "isp-after", fault: "ispErrorAfterPlacing", isPlaced: true),
    Trouble(name: "isp", fault: "ispError", isPlaced: false),
    Trouble(name: "unavailable", fault: "serviceUnavailable", isPlaced: false),
    Trouble(
      name: "gateway-timeout", fault: "gatewayError", code: "ServiceTimeout", isPlaced: false),
    Trouble(name: "new-code", fault: "gatewayError", code: "BRAND_NEW", isPlaced: false),
    Trouble(
      name: "remote", fault: "refuse", code: "REMOTE_CREATE_ORDER_RESULT_ERROR", isPlaced: false),
    Trouble(name: "new-refusal", fault: "refuse", code: "BRAND_NEW", isPlaced: false),
  ]

  /// Short, so that an answer that comes late is given up; more than a busy machine takes.
  private static let timeouts = ["DROPWIRE_OUTSIDE_TIMEOUT_MILLISECONDS": "4000"]
  private static let noRepeats = ["DROPWIRE_SANDBOX_ALIEXPRESS_REPEAT_IS_IDEMPOTENT": "false"]

  private static func sell(_ trouble: Trouble, in shop: Shop) async throws {
    try await shop.cluster.sandbox.fault(
      "aliexpress.\(trouble.fault)", times: 1, match: "\(trouble.name)-p1",
      extra: trouble.code.map { ["code": $0] } ?? [:])
    try await shop.sell(trouble.name)
  }

  private static func inParallel(
    _ body: @escaping @Sendable (Trouble) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for trouble in troubles { group.addTask { try await body(trouble) } }
      try await group.waitForAll()
    }
  }

  @Test func `where a repeat is safe every unknown is looked up under its key and resolved`()
    async throws
  {
    try await Cluster.with(environment: Self.timeouts) { cluster in
      let shop = try await Shop(in: cluster)
      try await Self.inParallel { trouble in
        try await Self.sell(trouble, in: shop)
        try await shop.finished(trouble.name)
        let purchase = try await cluster.purchasing.getPurchase(
          .init(orderID: trouble.name), options: Shop.asOperator)
        #expect(purchase.resolvedBy == "repeatedRequest", "\(trouble.name)")
        let outcomes = purchase.attempts.map(\.outcome)
        #expect(outcomes.last == .placed && outcomes.contains(.unknown), "\(trouble.name)")
        #expect(Set(purchase.attempts.map(\.key)) == ["\(trouble.name)-p1"])
        #expect(purchase.attempts.first?.reason?.code.isEmpty == false, "\(trouble.name)")
      }
      let truth = try await cluster.sandbox.truth()
      for trouble in Self.troubles { shop.expectOnce(trouble.name, truth: truth) }
      try await shop.expectBalanced()
    }
  }

  @Test func `where a repeat is not known to be safe every unknown waits for a person`()
    async throws
  {
    let environment = Self.timeouts.merging(Self.noRepeats) { one, _ in one }
    try await Cluster.with(environment: environment) { cluster in
      let shop = try await Shop(in: cluster)
      try await Self.inParallel { trouble in
        try await Self.sell(trouble, in: shop)
        let order = try await eventually("\(trouble.name) waits for a person") {
          let order = try await shop.order(trouble.name)
          return order.state == .needsAttention ? order : nil
        }
        #expect(order.waiting?.reason?.code == "PURCHASE_UNKNOWN", "\(trouble.name)")
        #expect(order.waiting?.allowedActions == [.markPurchased, .attestNotPlaced])
        let purchase = try await cluster.purchasing.getPurchase(
          .init(orderID: trouble.name), options: Shop.asOperator)
        // A breaker that is open meanwhile lets nothing out, which is no doubt.
        let outcomes = purchase.attempts.map(\.outcome)
        #expect(outcomes.last == .unknown, "\(trouble.name)")
        #expect(outcomes.dropLast().allSatisfy { $0 == .notAccepted }, "\(trouble.name)")
        if let code = trouble.code {
          #expect(purchase.reason?.providerCode == code, "\(trouble.name) keeps what was said")
        }
      }
      let keys = try await cluster.sandbox.truth().aliexpress.orders.map(\.outOrderID)
      let placed = Self.troubles.filter(\.isPlaced).map { "\($0.name)-p1" }
      #expect(keys.sorted() == placed.sorted())
    }
  }

  @Test func `a supplier that cannot be reached is sent the order later, under its key`()
    async throws
  {
    try await Cluster.with(start: [.ledger, .orders]) { cluster in
      // Nobody listens at the discard port of the loopback address: nothing leaves.
      try await cluster.start(
        .purchasing, environment: ["DROPWIRE_SANDBOX_ALIEXPRESS_URL": "http://127.0.0.1:9"])
      let shop = try await Shop(in: cluster)
      try await shop.sell("unreached")
      let purchase = try await eventually("the purchase says why it waits") { () -> Purchase? in
        let purchase = try? await cluster.purchasing.getPurchase(
          .init(orderID: "unreached"), options: Shop.asOperator)
        return purchase?.reason?.code == "SUPPLIER_UNAVAILABLE" ? purchase : nil
      }
      #expect(purchase.attempts.isEmpty && purchase.nextAt != nil)
      await cluster.stop(.purchasing)
      try await cluster.start(.purchasing)
      try await shop.finished("unreached")
      shop.expectOnce("unreached", truth: try await cluster.sandbox.truth())
    }
  }

  @Test(arguments: [
    // Step, how often the supplier has the order, and whether it goes on without a person.
    ("requestCommitted", 1, true), ("attemptCommitted", 0, false), ("orderSent", 1, false),
    ("placedCommitted", 1, true), ("paymentPolled", 1, true), ("purchasedCommitted", 1, true),
  ])
  func `killed at a step where a repeat is not safe, it goes on or asks a person`(
    _ step: String, _ orders: Int, _ goesOn: Bool
  ) async throws {
    try await Cluster.with(environment: Self.noRepeats, start: [.ledger, .orders]) { cluster in
      let program = try await cluster.start(
        .purchasing, environment: ["DROPWIRE_CRASH_AT": "purchasing.\(step)"])
      let shop = try await Shop(in: cluster)
      async let sold: Void = shop.sell("killed")
      #expect(await program.waitForExit() == Program.Exit(status: SIGKILL, bySignal: true))
      try await cluster.start(.purchasing)
      try await sold
      if goesOn {
        try await shop.finished("killed")
      } else {
        _ = try await eventually("a person is asked after \(step)") {
          let order = try await shop.order("killed")
          return order.waiting?.reason?.code == "PURCHASE_UNKNOWN" ? order : nil
        }
      }
      let keys = try await cluster.sandbox.truth().aliexpress.orders.map(\.outOrderID)
      #expect(keys == Array(repeating: "killed-p1", count: orders), "after \(step)")
    }
  }
}
