import Contract
import Foundation
import Support
import Testing

/// Backups of running services, and what becomes of them.
@Suite(.serialized, .timeLimit(.minutes(3))) struct BackupTests {
  /// Runs `dropwire` to its end.
  private func dropwire(_ cluster: Cluster, _ arguments: [String]) async throws
    -> (status: Int32, text: String)
  {
    let program = try Program(
      "dropwire", arguments: arguments, environment: cluster.environment,
      logPath: "\(cluster.directory)/log/dropwire.log")
    return (await program.waitForExit().status, program.ownLog)
  }

  private func stopAll(_ cluster: Cluster) async throws {
    for service in Cluster.ServiceName.allCases {
      let stopped = try #require(await cluster.stop(service))
      #expect(stopped.exit.status == 0)
    }
  }

  @Test func `what was backed up while orders flowed is restored, and every order goes on`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      let folder = "\(cluster.directory)/backup"
      let ids = (1...12).map { "flow-\($0)" }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for orderID in ids { group.addTask { try await shop.sell(orderID) } }
        group.addTask {
          _ = try await eventually("some orders are purchased") {
            try await shop.cluster.ledger.listSales(.init(), options: Shop.asOperator)
              .sales.isEmpty ? nil : true
          }
          let made = try await self.dropwire(cluster, ["backup", "all", folder])
          #expect(made.status == 0, "\(made.text)")
        }
        try await group.waitForAll()
      }
      for orderID in ids { try await shop.finished(orderID) }
      let refused = try await dropwire(cluster, ["restore", "ledger", folder])
      #expect(refused.status == 65 && refused.text.contains("in use"), "\(refused.text)")
      try await stopAll(cluster)
      let restored = try await dropwire(cluster, ["restore", "all", folder])
      #expect(restored.status == 0, "\(restored.text)")
      #expect(restored.text.contains("ledger.db.replaced-"))
      #expect(restored.text.contains("none is sent now"))
      for service in Cluster.ServiceName.allCases { try await cluster.start(service) }

      try await expectGoingOn(cluster, shop)

      // A new order is bought and booked; its payouts wait for a person.
      try await shop.sell("later")
      _ = try await eventually("its payouts wait") {
        let payouts = try await shop.payouts("later")
        return payouts.count == 2 && payouts.allSatisfy { $0.reason?.code == "RESTORED" }
          ? true : nil
      }
    }
  }

  /// Every order that the backup knows goes on, nothing is done twice, and the books are sound.
  private func expectGoingOn(_ cluster: Cluster, _ shop: Shop) async throws {
    let known = try await cluster.orders.listOrders(
      .init(pageSize: 100), options: Shop.asOperator
    ).orders.map(\.orderID)
    #expect(!known.isEmpty)
    for orderID in known {
      try await shop.sell(orderID)
      _ = try await eventually("\(orderID) is booked") {
        try await shop.order(orderID).isSaleBooked ? true : nil
      }
    }
    let truth = try await cluster.sandbox.truth()
    for orderID in known { shop.expectOnce(orderID, truth: truth) }
    let trial = try await cluster.ledger.trialBalance(
      .init(environment: .sandbox), options: Shop.asOperator)
    #expect(trial.totals.allSatisfy { $0.difference?.minorUnits == 0 })
    let verified = try await cluster.ledger.verifyJournal(.init(), options: Shop.asOperator)
    #expect(verified.isValid)
    let check = try await dropwire(cluster, ["check", "orders"])
    #expect(check.text.contains("orders does not know it") || check.status == 0, "\(check.text)")
  }

  @Test func `a backup that was cut, changed or taken from another service is named`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.sell("one")
      try await shop.finished("one")
      let folder = "\(cluster.directory)/backup"
      let made = try await dropwire(cluster, ["backup", "all", folder])
      #expect(made.status == 0, "\(made.text)")
      let again = try await dropwire(cluster, ["backup", "all", folder])
      #expect(again.status == 65 && again.text.contains("there already"), "\(again.text)")
      let running = try await dropwire(cluster, ["restore", "all", folder])
      #expect(running.status == 65 && !running.text.contains("whole"), "\(running.text)")
      try await stopAll(cluster)
      let before = try Data(contentsOf: URL(fileURLWithPath: "\(cluster.stateDirectory)/ledger.db"))
      let ledger = "\(folder)/ledger.db"
      let bytes = try Data(contentsOf: URL(fileURLWithPath: ledger))
      for (content, words) in [
        (Data(bytes.prefix(bytes.count / 2)), "SHA-256"), (flipped(bytes), "SHA-256"),
      ] {
        try content.write(to: URL(fileURLWithPath: ledger))
        try await expectRefused(cluster, ledger, words)
      }
      // Without the noted hash the file itself tells.
      try FileManager.default.removeItem(atPath: "\(ledger).sha256")
      let orders = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/orders.db"))
      for (content, words) in [
        (Data(bytes.prefix(bytes.count / 2)), "it has \(bytes.count / 2) bytes"),
        (flipped(bytes), "missing from index"),
        (orders, "application id"), (Data("diary".utf8), "no SQLite database"),
      ] {
        try content.write(to: URL(fileURLWithPath: ledger))
        try await expectRefused(cluster, ledger, words)
      }
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: "\(cluster.stateDirectory)/ledger.db")) == before)

      // A service does not start with such a file either.
      try Data(before.prefix(before.count / 2)).write(
        to: URL(fileURLWithPath: "\(cluster.stateDirectory)/ledger.db"))
      let program = try cluster.spawn(.ledger)
      #expect(await program.waitForExit().status == 1)
      #expect(program.ownLog.contains("ledger.db is damaged"), "\(program.ownLog)")
    }
  }

  /// One letter of an account's name in the journal is another one.
  private func flipped(_ bytes: Data) -> Data {
    var bytes = bytes
    let name = Data("paypalbuyerDeposits".utf8)
    if let place = bytes.range(of: name) { bytes[place.lowerBound] ^= 0x01 }
    return bytes
  }

  private func expectRefused(_ cluster: Cluster, _ backup: String, _ words: String) async throws {
    let run = try await dropwire(cluster, ["restore", "ledger", backup])
    #expect(run.status == 65 && run.text.contains(words), "\(run.text)")
    #expect(run.text.contains(backup), "\(run.text)")
  }
}
