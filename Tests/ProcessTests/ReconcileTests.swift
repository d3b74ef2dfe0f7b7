import Contract
import Foundation
import Support
import Testing

/// What people find out by `dropwire reconcile` and `dropwire check`, over real processes.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ReconcileTests {
  private func dropwire(_ cluster: Cluster, _ arguments: [String]) async throws
    -> (status: Int32, text: String)
  {
    let program = try Program(
      "dropwire", arguments: arguments, environment: cluster.environment,
      logPath: "\(cluster.directory)/log/dropwire.log")
    return (await program.waitForExit().status, program.ownLog)
  }

  @Test func `what the sandbox's PayPal lists is matched, and what differs is listed`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      for order in ["one", "two"] {
        try await shop.sell(order)
        try await shop.finished(order)
      }
      let whole = try await dropwire(cluster, ["reconcile", "--all"])
      #expect(whole.status == 0, "\(whole.text)")
      for words in [
        "capture: 2 matched, 0 open", "payout: 8 matched, 0 open", "purchase: 2 matched, 0 open",
        "one/capture", "two/reseller",
      ] { #expect(whole.text.contains(words), "\(words) is not in \(whole.text)") }

      let truth = try await cluster.sandbox.truth()
      let capture = try #require(truth.paypal.captures.first { $0.customID == "one" })
      try await cluster.sandbox.addTransaction("-12.50", eventCode: "T0400")
      try await cluster.sandbox.hideTransaction(capture.id)
      try await cluster.sandbox.refund(
        capture: try #require(truth.paypal.captures.first { $0.customID == "two" }).id)
      let open = try await dropwire(cluster, ["reconcile", "--csv"])
      #expect(open.status == 1, "\(open.text)")
      for words in [
        "other,not-in-books,T0400", "refund,not-in-books,a refund of order two",
        "capture,not-yet-shown,one/capture",
      ] { #expect(open.text.contains(words), "\(words) is not in \(open.text)") }
    }
  }

  /// One error of each kind that the rules name, planted behind the ledger's back.
  private static let planted: [(sql: String, rule: String)] = [
    ("UPDATE account SET debits = debits + 1 WHERE name = 'sales'", "debits equal credits"),
    (
      "UPDATE posting SET amount = amount + 1 WHERE sequence = 2 AND line = 1",
      "every entry's hash follows"
    ),
    ("UPDATE sale SET net = net + 1 WHERE orderID = 'one'", "price = payment fee + landed cost"),
    (
      "UPDATE sale SET commission = commission + 1, net = net - 1 WHERE orderID = 'two'",
      "the commission is the rate's share"
    ),
    (
      "UPDATE capture SET price = price + 1 WHERE orderID = 'two'",
      "a sale has the terms of its capture"
    ),
    (
      "UPDATE payout SET amount = amount - 1 WHERE payoutID = 'one/reseller'",
      "a payout is booked as PayPal's answers say"
    ),
    (
      "UPDATE payout SET state = 'SUBMITTED' WHERE payoutID = 'two/admin'",
      "payoutsInTransit holds the payouts"
    ),
    (
      "UPDATE journalEntry SET orderID = 'nine' WHERE entryID = 'two/capture'",
      "a sold order has nothing in buyerDeposits"
    ),
  ]

  @Test func `errors that were planted in the books are found and named within a minute`()
    async throws
  {
    try await Cluster.with(environment: ["DROPWIRE_CHECK_PAUSE_SECONDS": "1"]) { cluster in
      let shop = try await Shop(in: cluster)
      for order in ["one", "two"] {
        try await shop.sell(order)
        try await shop.finished(order)
      }
      _ = try await eventually("the books were read once") {
        try await cluster.ledger.checkInvariants(
          .init(keptOnly: true), options: Shop.asOperator
        ).passedAt
      }
      let sound = try await dropwire(cluster, ["check"])
      #expect(sound.status == 0, "\(sound.text)")
      try await plant(cluster)
      let rules = Self.planted.map(\.rule)
      _ = try await eventually("all of them are found", within: .seconds(60)) {
        let found = try await cluster.ledger.checkInvariants(
          .init(keptOnly: true), options: Shop.asOperator
        ).violations.map(\.rule)
        return rules.allSatisfy { rule in found.contains { $0.contains(rule) } } ? true : nil
      }
      let shown = try await dropwire(cluster, ["check", "ledger", "--kept-only"])
      #expect(shown.status == 1)
      for rule in rules { #expect(shown.text.contains(rule), "\(rule) is not in \(shown.text)") }
      #expect(cluster.logs().contains("the books do not add up"))
    }
  }

  /// Writes into the ledger's file while it is used, as a person with a database tool can.
  private func plant(_ cluster: Cluster) async throws {
    let script =
      """
      import sqlite3
      file = sqlite3.connect("\(cluster.stateDirectory)/ledger.db", timeout=20)
      for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
          file.execute("DROP TRIGGER " + name)
      file.execute("PRAGMA ignore_check_constraints = ON")
      """ + "\n"
      + Self.planted.map { "file.execute(\"\($0.sql)\")\n" }.joined() + "file.commit()\n"
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    python.arguments = ["-c", script]
    try python.run()
    python.waitUntilExit()
    #expect(python.terminationStatus == 0)
  }
}
