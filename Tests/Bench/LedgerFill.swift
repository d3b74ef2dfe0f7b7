import Foundation
import Support

/// Puts many entries of long ago into a database that no ledger has open, with references/ledger/fill.
struct LedgerFill {
  /// Ten million take some minutes.
  private static let patienceSeconds = 3600.0

  let path: String
  let entries: Int
  let resellers: Int

  func run() throws {
    let script = "\(Program.packageRoot)/Tests/Bench/references/ledger/fill"
    let process = try ChildProcess([
      "/usr/bin/python3", script, path, String(entries / 2), String(resellers),
    ])
    defer { process.terminate() }
    let line = try process.line(within: Self.patienceSeconds)
    guard Int(line) == entries / 2 * 2 else {
      throw ChildProcess.Failure(description: "fill printed \"\(line)\"")
    }
  }
}
