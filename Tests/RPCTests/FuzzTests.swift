import Foundation
import Testing

@testable import RPC

/// Bytes that no peer has ever sent. A crash ends the process; the input that led to it stays in the
/// file that was named before.
///
/// `DROPWIRE_FUZZ_SEED` sets where new inputs begin, `DROPWIRE_FUZZ_SECONDS` how long they are tried;
/// without it they are the same ones on every machine.
@Suite(.serialized)
struct FuzzTests {
  private static func setting(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  @Test func `both ends survive conversations that were spoilt by chance`() throws {
    let seconds = Self.setting("DROPWIRE_FUZZ_SECONDS")
    let first = UInt64(Self.setting("DROPWIRE_FUZZ_SEED") ?? 1)
    let path = "/tmp/dropwire-fuzz-\(ownProcessID())"
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    try #require(file >= 0)
    print("fuzzing from seed \(first); the seed under way is in \(path)")
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    var seed = first
    while end.map({ ContinuousClock.now < $0 }) ?? (seed - first < 2000) {
      for _ in 0..<16 {
        withUnsafeBytes(of: seed) { _ = pwrite(file, $0.baseAddress, $0.count, 0) }
        FuzzedEnd.run(Conversation.input(seed: seed))
        seed += 1
      }
    }
    print("\(seed - first) conversations")
    close(file)
    unlink(path)
    #expect(seed - first > 50)
  }

  @Test func `inputs that were trouble once, or lead far, are none`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Corpus")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.isEmpty)
    for name in names { FuzzedEnd.run(try Data(contentsOf: folder.appendingPathComponent(name))) }
  }

  @Test func `the same seed gives the same input`() {
    #expect(Conversation.input(seed: 7) == Conversation.input(seed: 7))
    #expect(Conversation.input(seed: 7) != Conversation.input(seed: 9))
    // For compose/fuzz: something to begin with.
    guard let folder = ProcessInfo.processInfo.environment["DROPWIRE_FUZZ_SEEDS_TO"] else { return }
    for seed in UInt64(0)..<500 {
      let input = Data(Conversation.input(seed: seed))
      _ = FileManager.default.createFile(atPath: "\(folder)/seed-\(seed)", contents: input)
    }
  }
}
