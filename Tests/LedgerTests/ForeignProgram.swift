import Foundation

/// An accounting program of other people, as Debian packages it.
///
/// A program that is missing is an error, so that no test passes without it.
struct ForeignProgram {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let path: String

  init(_ name: String) throws {
    path = "/usr/bin/\(name)"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure(description: "\(path) is missing; compose/install --tests installs it")
    }
  }

  /// Runs it to its end.
  ///
  /// - Returns: what it printed.
  /// - Throws: `Failure` with what it said when it ends with another status than 0.
  func run(_ arguments: [String]) throws -> String {
    let log = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-log-\(UUID().uuidString)")
    try Data().write(to: log)
    defer { try? FileManager.default.removeItem(at: log) }
    let output = try FileHandle(forWritingTo: log)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: log, encoding: .utf8)
    guard process.terminationStatus == 0 else {
      throw Failure(
        description: "\(path) \(arguments) ended with \(process.terminationStatus): \(text)")
    }
    return text
  }
}
