import Contract
import Echo
import Everything
import Foundation

/// Google's protobuf for Python, which knows the contract from the .proto files alone.
enum Reference {
  /// A message as the reference writes it.
  struct Case: Decodable, Sendable {
    let type: String
    let bytes: Data
    /// The same message with its fields in any order, its scalars twice.
    let shuffled: Data
    /// The same message among fields that it does not have.
    let withUnknown: Data
    let json: String
    /// Names as in the .proto file, enums as numbers, fields at their default written out.
    let protoNames: String
  }

  /// A message as ours writes it.
  struct Written: Encodable {
    let type: String
    let expected: Data
    let bytes: Data
    let json: String
    let pretty: String
  }

  /// Bytes that may be anything.
  struct Input: Encodable {
    let type: String
    let bytes: Data
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static let messages: [String: any ContractMessage.Type] = {
    let testing: [any ContractMessage.Type] = [
      Everything.self, Everything.Nested.self, Nothing.self, Something.self, EchoMessage.self,
    ]
    return Dictionary(
      uniqueKeysWithValues: (ContractCatalogue.messages + testing).map { ($0.messageName, $0) })
  }()

  /// Twelve messages of each type, from empty to full. Made once.
  static func cases() throws -> [Case] { try made.get() }

  private static let made = Result {
    try run { folder in
      ["cases", folder.appendingPathComponent("output").path, "12", "20261002"]
    } as [Case]
  }

  /// What the reference reads differently; empty when all is well.
  static func check(_ written: [Written]) throws -> [String] {
    try run(given: written, "check")
  }

  /// What the reference makes of each input, unknown fields left out; nil when it refuses it.
  static func read(_ inputs: [Input]) throws -> [Data?] {
    try run(given: inputs, "read")
  }

  /// What the recorded contracts understand differently in what is written today.
  static func readByOlder(_ inputs: [Input]) throws -> [String] {
    try run("recorded.py", given: inputs, "older")
  }

  /// What the contract of today no longer keeps of the recorded ones.
  static func broken() throws -> [String] {
    try run("recorded.py") { ["broken", $0.appendingPathComponent("output").path] }
  }

  private static func run<Answer: Decodable>(
    _ script: String = "reference.py", given: some Encodable, _ verb: String
  ) throws -> Answer {
    try run(script) { folder in
      let input = folder.appendingPathComponent("input")
      try JSONEncoder().encode(given).write(to: input)
      return [verb, input.path, folder.appendingPathComponent("output").path]
    }
  }

  private static func run<Answer: Decodable>(
    _ script: String = "reference.py", _ arguments: (URL) throws -> [String]
  ) throws -> Answer {
    try TemporaryFolder.with { folder in
      let root = Command.packageRoot
      let interpreter = root.appendingPathComponent(".build/python/bin/python3")
      guard FileManager.default.isExecutableFile(atPath: interpreter.path) else {
        throw Failure(
          description: "\(interpreter.path) does not exist; run compose/install --tests")
      }
      let script = root.appendingPathComponent("Tests/ContractTests/\(script)").path
      let run = try Command.run(interpreter, [script] + arguments(folder), log: folder)
      guard run.status == 0 else { throw Failure(description: run.output) }
      let output = try Data(contentsOf: folder.appendingPathComponent("output"))
      return try JSONDecoder().decode(Answer.self, from: output)
    }
  }
}
