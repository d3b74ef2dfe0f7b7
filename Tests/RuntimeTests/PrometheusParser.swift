import Foundation

/// The official parser of Prometheus' text format, run by the interpreter that
/// `compose/install --tests` makes.
enum PrometheusParser {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  struct Family: Decodable, Equatable {
    let type: String
    let help: String
    let samples: [Sample]
  }

  struct Sample: Decodable, Equatable {
    let name: String
    let labels: [String: String]
    let value: Double

    init(_ name: String, _ labels: [String: String], _ value: Double) {
      self.name = name
      self.labels = labels
      self.value = value
    }

    init(from decoder: any Decoder) throws {
      var parts = try decoder.unkeyedContainer()
      name = try parts.decode(String.self)
      labels = try parts.decode([String: String].self)
      value = try parts.decode(Double.self)
    }
  }

  private static let packageRoot: URL = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  /// The families of a text, by their names; counters without `_total`.
  static func families(_ text: String) throws -> [String: Family] {
    let process = Process()
    process.executableURL = packageRoot.appendingPathComponent(".build/python/bin/python3")
    process.arguments = [
      packageRoot.appendingPathComponent("Tests/RuntimeTests/prometheus.py").path
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // The parser reads all before it writes.
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    let found = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "the parser refuses:\n\(text)")
    }
    return try JSONDecoder().decode([String: Family].self, from: found)
  }
}
