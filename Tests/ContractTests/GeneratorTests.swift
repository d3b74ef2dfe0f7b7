import Foundation
import Testing

/// `Proto/generate`, run on a copy of the .proto files.
@Suite(.serialized) struct GeneratorTests {
  /// A copy of what the generator needs, with its output.
  private func withCopy(_ body: (Copy) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let root = Command.packageRoot
      for name in ["Proto", ".swift-format"] {
        try FileManager.default.copyItem(
          at: root.appendingPathComponent(name), to: folder.appendingPathComponent(name))
      }
      let copy = Copy(folder: folder)
      try #require(copy.generate().status == 0)
      try body(copy)
    }
  }

  struct Copy {
    let folder: URL

    func generate(_ arguments: String...) throws -> (status: Int32, output: String) {
      try Command.run(
        folder.appendingPathComponent("Proto/generate"), arguments, log: folder)
    }

    func text(_ path: String) throws -> String {
      try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    func replace(_ old: String, _ new: String, in path: String) throws {
      let text = try text(path)
      try #require(text.contains(old))
      try text.replacing(old, with: new).write(
        to: folder.appendingPathComponent(path), atomically: true, encoding: .utf8)
    }
  }

  @Test func `the output is the same each time, and the committed one`() throws {
    try withCopy { copy in
      #expect(try copy.generate("--check").status == 0)
      let root = Command.packageRoot
      for path in ["Shared/Contract/Generated", "Shared/CContract", "Tests/CEverything"] {
        let run = try Command.run(
          URL(fileURLWithPath: "/usr/bin/diff"),
          ["-r", root.appendingPathComponent(path).path, copy.folder.path + "/" + path],
          log: copy.folder)
        #expect(run.output == "")
      }
    }
  }

  @Test func `a stale file is named and nothing is written`() throws {
    try withCopy { copy in
      let before = try copy.text("Shared/Contract/Generated/CommonTypes.swift")
      try copy.replace("string tax_id = 9;", "string vat_id = 9;", in: Self.common)
      let run = try copy.generate("--check")
      #expect(run.status == 1)
      #expect(run.output.contains("CommonTypes.swift"))
      #expect(run.output.contains("run Proto/generate"))
      #expect(try copy.text("Shared/Contract/Generated/CommonTypes.swift") == before)
    }
  }

  @Test func `a method and a field need nothing but the .proto file`() throws {
    try withCopy { copy in
      try copy.replace(
        "service Ledger {",
        """
        service Ledger {
          // Says how much the reserve holds.
          rpc GetReserve(GetReserveRequest) returns (Reserve) {
            option idempotency_level = NO_SIDE_EFFECTS;
          }
        """, in: Self.ledger)
      try copy.replace(
        "message RecordCaptureRequest {",
        """
        message GetReserveRequest {
          int64 user_id = 1;
        }
        message Reserve {
          // In basis points.
          int32 rate_bps = 1;
        }

        message RecordCaptureRequest {
        """, in: Self.ledger)
      try #require(copy.generate().status == 0)
      let generated = "Shared/Contract/Generated/"
      let methods = try copy.text(generated + "LedgerMethods.swift")
      #expect(methods.contains("  /// Says how much the reserve holds.\n  func getReserve("))
      #expect(methods.contains(#"methods["GetReserve"] = .answering(getReserve)"#))
      let client = try copy.text(generated + "LedgerClient.swift")
      #expect(client.contains(#""GetReserve", request, isIdempotent: true"#))
      let types = try copy.text(generated + "LedgerTypes.swift")
      #expect(types.contains("  /// In basis points.\n  public var rateBps: Int32"))
      #expect(types.contains("public init(userID: Int64 = 0)"))
      #expect(try copy.text(generated + "ContractCatalogue.swift").contains(#""GetReserve""#))
    }
  }

  @Test(arguments: [
    ("string tax_id = 9;", "optional string tax_id = 9;", "optional"),
    ("string tax_id = 9;", "map<string, string> notes = 9;", "map"),
    ("message BackupRequest {", "message Order {} message BackupRequest {", "Order"),
  ])
  func `what the contract does without is refused by name`(
    _ old: String, _ new: String, _ words: String
  ) throws {
    try withCopy { copy in
      try copy.replace(old, new, in: Self.common)
      let run = try copy.generate()
      #expect(run.status != 0)
      #expect(run.output.contains(words), "\(run.output)")
    }
  }

  private static let common = "Proto/dropwire/common/v1/common.proto"
  private static let ledger = "Proto/dropwire/ledger/v1/ledger.proto"
}
