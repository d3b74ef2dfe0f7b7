import Foundation
import Support

/// The same posting elsewhere, measured by a program of references/ledger.
struct LedgerReference {
  /// PostgreSQL through one function; the numbers are clients.
  static let postgres = LedgerReference(name: "postgres", numbers: [1, 8, 32])
  /// SQLite in one process; the numbers are sales per commit.
  static let floor = LedgerReference(name: "floor", numbers: [1, 100, 1000])
  /// The same with all rows, indexes and triggers that the ledger has for a sale.
  static let rows = LedgerReference(name: "rows", numbers: [1, 100, 1000])

  /// PostgreSQL has to be made and started first.
  private static let patienceSeconds = 120.0

  let name: String
  let numbers: [Int]

  /// Sales per second for each of the numbers; nil, with a note, where the program cannot run.
  ///
  /// - Parameter ledger: a database of the ledger, whose tables `rows` has too.
  func rates(seconds: Int, ledger: String) -> [(number: Int, rate: Double)]? {
    let folder = "\(Program.packageRoot)/Tests/Bench/references/ledger"
    let command =
      name == Self.postgres.name
      ? ["\(folder)/postgres"] : ["\(folder)/floor", name, ledger]
    do {
      let process = try ChildProcess(
        ["/bin/bash"] + command + [String(seconds)] + numbers.map(String.init))
      defer { process.terminate() }
      return try numbers.map { number in
        let line = try process.line(within: Double(seconds) + Self.patienceSeconds)
        let fields = line.split(separator: "\t")
        guard fields.count > 1, fields[0] == String(number), let rate = Double(fields[1]) else {
          throw ChildProcess.Failure(description: "\(name) printed \"\(line)\"")
        }
        return (number, rate)
      }
    } catch {
      note("no \(name): \(error)")
      return nil
    }
  }

  private func note(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }
}
