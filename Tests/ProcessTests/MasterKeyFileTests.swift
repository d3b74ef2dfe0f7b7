import Contract
import Foundation
import RPC
import Support
import Testing

/// Key files as an operator handles them: made, missing, short, open to others, replaced.
@Suite(.serialized) struct MasterKeyFileTests {
  private static func make(_ path: String, in cluster: Cluster) async throws -> Program {
    let program = try Program(
      "purchasing", arguments: ["--make-key", path], environment: cluster.environment,
      logPath: "\(cluster.directory)/log/keys.log")
    _ = await program.waitForExit()
    return program
  }

  @Test func `a key is made for its owner alone, and never over another`() async throws {
    try await Cluster.with(start: []) { cluster in
      let path = "\(cluster.directory)/made.key"
      let made = try await Self.make(path, in: cluster)
      #expect(await made.waitForExit().status == 0)
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      let content = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(content.count == 65)
      let text = String(decoding: content, as: UTF8.self).dropLast()
      #expect(made.ownLog.contains("key id") && !made.ownLog.contains(text))
      let again = try await Self.make(path, in: cluster)
      #expect(await again.waitForExit().status == 1)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content)
      try await cluster.start(.purchasing, environment: ["DROPWIRE_MASTER_KEY_FILE": path])
    }
  }

  @Test(arguments: [
    ("missing", nil, 0o600), ("short", 31, 0o600), ("group-readable", 32, 0o640),
    ("world-readable", 32, 0o604),
  ])
  func `no service starts with a key file that is`(_ name: String, _ bytes: Int?, _ mode: Int)
    async throws
  {
    try await Cluster.with(start: []) { cluster in
      let path = "\(cluster.directory)/\(name).key"
      if let bytes {
        _ = FileManager.default.createFile(
          atPath: path, contents: Data(repeating: 7, count: bytes),
          attributes: [.posixPermissions: mode])
      }
      for setting in ["DROPWIRE_MASTER_KEY_FILE", "DROPWIRE_OLDER_MASTER_KEY_FILES"] {
        let program = try cluster.spawn(.purchasing, environment: [setting: path])
        #expect(await program.waitForExit() == Program.Exit(status: 1, bySignal: false))
        #expect(program.ownLog.contains(path), "\(program.ownLog)")
        #expect(!FileManager.default.fileExists(atPath: "\(cluster.stateDirectory)/purchasing.db"))
      }
    }
  }

  @Test func `a key is replaced: the old one opens, everything is wrapped anew, it can go`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      let path = "\(cluster.directory)/new.key"
      _ = try await Self.make(path, in: cluster)
      await cluster.stop(.purchasing)
      let both = [
        "DROPWIRE_MASTER_KEY_FILE": path,
        "DROPWIRE_OLDER_MASTER_KEY_FILES": "\(cluster.directory)/master.key",
      ]
      let crashing = try await cluster.start(
        .purchasing,
        environment: both.merging(["DROPWIRE_CRASH_AT": "purchasing.keysRewrapped"]) { $1 })
      _ = try? await cluster.credentials.rotateKeys(.init(), options: Shop.asOperator)
      #expect(await crashing.waitForExit().bySignal)
      try await cluster.start(.purchasing, environment: both)
      try await shop.sell("between")
      let rotated = try await cluster.credentials.rotateKeys(.init(), options: Shop.asOperator)
      #expect(rotated.remaining == 0 && rotated.unopened == 0)
      #expect(rotated.keys.map(\.secrets) == [1, 0])
      await cluster.stop(.purchasing)
      try await cluster.start(.purchasing, environment: ["DROPWIRE_MASTER_KEY_FILE": path])
      try await shop.sell("after")
      for order in ["between", "after"] { try await shop.finished(order) }
    }
  }
}
