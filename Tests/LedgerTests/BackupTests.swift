import Contract
import Crypto
import Foundation
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// Copies of the books.
@Suite struct BackupTests {
  private typealias Page = LedgerUnderTest

  private func inDirectory(_ body: (LedgerUnderTest, String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let ledger = try LedgerUnderTest(.file(directory.appendingPathComponent("ledger.db").path))
    try await body(ledger, directory.path)
    try ledger.store.close()
  }

  @Test func `a copy has what was booked, its hash is told, and nothing lies beside it`()
    async throws
  {
    try await inDirectory { ledger, directory in
      try await ledger.sell("o-1")
      let path = "\(directory)/copy.db"
      let answer = try await ledger.client.backup(.init(path: path), options: Page.asOperator)
      try await ledger.sell("o-2")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(answer.path == path && answer.bytes == Int64(bytes.count))
      #expect(
        answer.sha256 == SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined())
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: directory)
          .filter { $0.hasPrefix("copy") }.sorted() == ["copy.db", "copy.db.sha256"])
      let copy = try LedgerUnderTest(.file(path))
      #expect(try await copy.page().count == 5)
      try await copy.expectSound()
      try copy.store.close()
    }
  }

  @Test func `a file that is there is left alone; nobody else may make copies`() async throws {
    try await inDirectory { ledger, directory in
      let path = "\(directory)/taken"
      try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
      await ledger.expectRefused(.failedPrecondition, reason: "BACKUP_FAILED") {
        _ = try await ledger.client.backup(.init(path: path), options: Page.asOperator)
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
      await ledger.expectRefused(.failedPrecondition, reason: "BACKUP_FAILED") {
        _ = try await ledger.client.backup(
          .init(path: "\(directory)/ledger.db/copy.db"), options: Page.asOperator)
      }
      for path in ["", "copy.db"] {
        await ledger.expectRefused(.invalidArgument, fields: ["path"]) {
          _ = try await ledger.client.backup(.init(path: path), options: Page.asOperator)
        }
      }
      for actor in ["reseller:42", "admin:1"] {
        await ledger.expectRefused(.permissionDenied) {
          _ = try await ledger.client.backup(
            .init(path: "\(directory)/copy.db"), options: CallOptions().acting(actor))
        }
      }
    }
  }

  @Test func `a copy whose accounts are not what was posted is refused and removed`() async throws {
    try await inDirectory { ledger, directory in
      try await ledger.sell("o-1")
      try await ledger.store.write {
        try $0.run("UPDATE account SET debits = debits + 1 WHERE name = 'paypal'")
      }
      let path = "\(directory)/copy.db"
      await ledger.expectRefused(.failedPrecondition, reason: "BACKUP_FAILED") {
        _ = try await ledger.client.backup(.init(path: path), options: Page.asOperator)
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func `what does not add up but is no damage goes into the copy, and is said`()
    async throws
  {
    try await inDirectory { ledger, directory in
      try await ledger.sell("o-1")
      try await ledger.store.write { transaction in
        try transaction.run("DROP TRIGGER captureIsNotChanged")
        try transaction.run("UPDATE capture SET price = price + 1")
      }
      let answer = try await ledger.client.backup(
        .init(path: "\(directory)/copy.db"), options: Page.asOperator)
      #expect(
        answer.warnings == [
          "a sale has the terms of its capture: o-1: price or fee or currency differs"
        ])
      #expect(FileManager.default.fileExists(atPath: answer.path))
    }
  }
}
