import Contract
import Foundation
import Store
import Support
import Testing

@testable import Ledger

/// The many entries that `compose/bench ledger --entries` puts into a file.
@Suite struct FillTests {
  @Test func `they are sound books that go on from what was there, and are gone on with`()
    async throws
  {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appendingPathComponent("ledger.db").path
    let before = try LedgerUnderTest(.file(path))
    try await before.sell("o-1")
    try before.store.close()
    let fill = "\(Program.packageRoot)/Tests/Bench/references/ledger/fill"
    #expect(try ForeignProgram("python3").run([fill, path, "30", "7"]) == "60\n")
    let filled = try LedgerUnderTest(.file(path))
    try await filled.expectSound()
    #expect(try await filled.balance("adminPayable") == 120 + 30 * 111)
    try await filled.sell("o-2")
    try await filled.expectSound()
    try filled.store.close()
  }
}
