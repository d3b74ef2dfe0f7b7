import Foundation
import Support

/// The same posting elsewhere, measured by a program of references/ledger.
struct LedgerReference {
  /// PostgreSQL through one function; the numbers are clients.
  static let postgres = LedgerReference(name: "postgres", numbers: [1, 8, 32])
  /// SQLite in one process; the numbers are sales per commit.
  static let floor = LedgerReference(name: "floor", numbers: [1, 100, 1000])

  /// PostgreSQL has to be made and started first.
  private static let patienceSeconds = 120.0

  let name: String
  let numbers: [Int]

  /// Sales per second for each of the numbers; nil, with a note, where the program cannot run.
  func rates(seconds: Int) -> [(number: Int, rate: Double)]? {
    let script = "\(Program.packageRoot)/Tests/Bench/references/ledger/\(name)"
    do {
      let process = try ChildProcess(
        ["/bin/bash", script, String(seconds)] + numbers.map(String.init))
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
