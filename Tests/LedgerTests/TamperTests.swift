import Contract
import Foundation
import GRDB
import Store
import Testing

@testable import Ledger

/// Whoever changes the file behind the ledger's back is found out.
@Suite struct TamperTests {
  private typealias Page = LedgerUnderTest

  private static let openJournal = """
    DROP TRIGGER journalEntryIsNotChanged; DROP TRIGGER journalEntryIsNotDeleted;
    DROP TRIGGER postingIsNotChanged; DROP TRIGGER postingIsNotDeleted;
    """

  /// Makes a ledger with three orders in a file, changes the file by SQL, opens it again.
  private func tampered(
    with sql: String, _ body: (LedgerUnderTest, _ head: [UInt8]) async throws -> Void
  ) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appendingPathComponent("ledger.db").path
    let ledger = try LedgerUnderTest(.file(path))
    for number in 1...3 { try await ledger.sell("o-\(number)") }
    let trial = try await ledger.client.trialBalance(
      .init(environment: .sandbox, currency: ""), options: Page.asOperator)
    try ledger.store.close()
    do {
      let queue = try DatabaseQueue(path: path)
      try await queue.writeWithoutTransaction { try $0.execute(sql: sql) }
      try queue.close()
    }
    let again = try LedgerUnderTest(.file(path))
    try await body(again, trial.headHash)
    try again.store.close()
  }

  @Test(arguments: [
    ("UPDATE posting SET amount = 1 WHERE sequence = 4 AND line = 2", "o-2/sale"),
    ("UPDATE posting SET credit = 'reseller:43' WHERE sequence = 2 AND line = 4", "o-1/sale"),
    ("UPDATE journalEntry SET occurredAt = occurredAt + 1 WHERE sequence = 3", "o-2/capture"),
    ("UPDATE journalEntry SET entryID = 'o-9/capture' WHERE sequence = 1", "o-9/capture"),
    (
      "DELETE FROM posting WHERE sequence = 3; DELETE FROM journalEntry WHERE sequence = 3",
      "o-2/sale"
    ),
    ("DELETE FROM posting WHERE sequence = 5", "o-3/capture"),
  ])
  func `the first entry that was changed is named`(_ change: String, _ entryID: String)
    async throws
  {
    try await tampered(with: "\(Self.openJournal) \(change);") { ledger, _ in
      let verified = try await ledger.client.verifyJournal(.init(), options: Page.asOperator)
      #expect(!verified.isValid)
      #expect(verified.firstBadEntryID == entryID)
    }
  }

  @Test func `a missing tail is found by the head seen earlier`() async throws {
    let cut = """
      \(Self.openJournal)
      DELETE FROM posting WHERE sequence = 6; DELETE FROM journalEntry WHERE sequence = 6;
      """
    try await tampered(with: cut) { ledger, head in
      let alone = try await ledger.client.verifyJournal(.init(), options: Page.asOperator)
      #expect(alone.isValid && alone.entries == 5)
      let known = try await ledger.client.verifyJournal(
        .init(expectedHead: head), options: Page.asOperator)
      #expect(!known.isValid)
      #expect(known.firstBadEntryID == "missing after o-3/capture")
    }
  }

  @Test func `a head seen earlier is still found after more entries`() async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    let head = try await ledger.client.verifyJournal(.init(), options: Page.asOperator).headHash
    try await ledger.sell("o-2")
    let verified = try await ledger.client.verifyJournal(
      .init(expectedHead: head), options: Page.asOperator)
    #expect(verified.isValid && verified.entries == 4)
  }

  @Test func `an account's sum that was changed breaks an invariant`() async throws {
    let change = "UPDATE account SET credits = credits + 1 WHERE name = 'reseller:42'"
    try await tampered(with: change) { ledger, _ in
      let checked = try await ledger.client.checkInvariants(.init(), options: Page.asOperator)
      #expect(checked.violations.map(\.subject) == ["sandbox USD", "sandbox reseller:42 USD"])
    }
  }

  @Test(arguments: [
    "UPDATE posting SET amount = 1", "DELETE FROM posting", "UPDATE journalEntry SET kind = 'sale'",
    "DELETE FROM journalEntry", "DELETE FROM sale", "UPDATE capture SET price = 1",
    "DELETE FROM payout",
  ])
  func `the schema refuses to change what was booked`(_ sql: String) async throws {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    await #expect(throws: StoreError.self) {
      try await ledger.store.write { try $0.run(sql) }
    }
    try await ledger.expectSound()
  }
}
