import Contract
import Foundation
import Store
import Support
import Testing

@testable import Ledger

/// A ledger from before batches goes on where it was: every payout keeps its key.
@Suite struct BatchMigrationTests {
  private static let old = Array(Schema.migrations.prefix { $0.name != "006 batches" })

  /// id, order, payee, state, generation, PayPal's batch.
  private static let payouts: [(String, String, String, String, Int, String)] = [
    ("o-1/admin", "o-1", "admin", "SUBMITTED", 1, "BATCH-A"),
    ("o-1/reseller", "o-1", "reseller:42", "UNKNOWN", 2, ""),
    ("o-2/admin", "o-2", "admin", "PAID", 1, "BATCH-B"),
    ("o-2/reseller", "o-2", "reseller:42", "FAILED", 1, "BATCH-C"),
    ("now", "", "reseller:42", "SUBMITTED", 1, ""),
    ("o-3/reseller", "o-3", "reseller:7", "PENDING", 1, ""),
    ("o-3/admin", "o-3", "admin", "NOT_DUE", 0, ""),
  ]

  private func fill(_ store: Store) async throws {
    try await store.write { transaction in
      for (id, order, payee, state, generation, batchID) in Self.payouts {
        let isSent = !["PENDING", "NOT_DUE"].contains(state)
        try transaction.run(
          """
          INSERT INTO payout (payoutID, orderID, payee, environment, currency, due, state, amount,
            generation, recipientEmail, batchID, submittedAt, createdAt, updatedAt)
          VALUES ($1, $2, $3, 1, 'USD', 100, $4, $5, $6, 'a@example.com', $7, $8, $8, $8)
          """,
          [
            .text(id), .text(order), .text(payee), .text(state),
            isSent ? .integer(100) : .null, .integer(Int64(generation)), .text(batchID),
            .integer(transaction.now),
          ])
        if state == "PENDING" || isSent && batchID.isEmpty {
          try transaction.schedule("submitPayout", id)
        } else if state == "SUBMITTED" {
          try transaction.schedule("pollPayout", id)
        }
      }
    }
  }

  @Test func `payouts that were sent one by one are batches of one after the migration`()
    async throws
  {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let location = Location.file(directory.appendingPathComponent("ledger.db").path)
    let before = try Store(
      location, applicationID: Schema.applicationID, migrations: Self.old,
      logger: LedgerUnderTest.logger)
    try await fill(before)
    try before.close()
    let ledger = try LedgerUnderTest(location)
    #expect(try await ledger.payout("o-1/admin").paypalBatchID == "BATCH-A")
    #expect(try await ledger.payout("o-2/admin").paypalBatchID == "BATCH-B")
    let intents = try await ledger.store.read { transaction in
      try transaction.rows("SELECT kind, subject FROM intent ORDER BY kind, subject").map {
        "\($0.text("kind")) \($0.text("subject"))"
      }
    }
    #expect(
      intents == [
        "pollPayouts o-1-admin-1", "repeatPayouts now-demand-1", "repeatPayouts o-1-reseller-2",
        "sendPayouts sandbox/USD",
      ])
    let repeated = try await ledger.store.write { transaction in
      try PayoutStore(transaction: transaction).repeatBatch("o-1-reseller-2")
    }
    guard case .send(let sending) = repeated else {
      Issue.record("\(repeated)")
      return
    }
    #expect(!sending.isUntried && sending.payouts.map(\.senderItemID) == ["o-1-reseller-2"])
    try ledger.store.close()
  }
}
