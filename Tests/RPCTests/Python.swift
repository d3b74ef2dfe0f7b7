import Foundation

/// The foreign client: `grpcio_client.py`, run by the interpreter that `compose/install --tests`
/// makes.
enum Python {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let packageRoot: URL = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  /// Runs a scenario and gives what it printed: a JSON object of texts.
  ///
  /// - Parameter scratch: a folder for its output.
  static func run(_ arguments: [String], scratch: String) async throws -> [String: String] {
    let interpreter = packageRoot.appendingPathComponent(".build/python/bin/python3")
    guard FileManager.default.isExecutableFile(atPath: interpreter.path) else {
      throw Failure(
        description: "\(interpreter.path) does not exist; run compose/install --tests")
    }
    let script = packageRoot.appendingPathComponent("Tests/RPCTests/grpcio_client.py")
    let (output, errors) = ("\(scratch)/python.out", "\(scratch)/python.err")
    let status = try await end(of: interpreter, [script.path] + arguments, output, errors)
    let text = FileManager.default.contents(atPath: output) ?? Data()
    guard status == 0, let found = try? JSONDecoder().decode([String: String].self, from: text)
    else {
      let log = String(
        decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self)
      throw Failure(description: "grpcio_client.py \(arguments) ended with \(status):\n\(log)")
    }
    return found
  }

  private static func end(
    of program: URL, _ arguments: [String], _ output: String, _ errors: String
  ) async throws -> Int32 {
    for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    return try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
  }
}
