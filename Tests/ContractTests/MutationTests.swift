import Contract
import Everything
import Foundation
import Testing

/// Bytes at random: whatever comes, it is refused or read as the reference reads it.
struct MutationTests {
  @Test func `mutated messages never crash, and what is taken is taken whole`() throws {
    var random = SeededRandom(seed: 20_261_002)
    let bases = try Reference.cases().filter { (1...600).contains($0.bytes.count) }
    var taken = 0
    for _ in 0..<30_000 {
      let base = try #require(bases.randomElement(using: &random))
      let type = try #require(Reference.messages[base.type])
      let wire = Self.mutated(base.bytes, &random)
      guard let message = try? type.init(protobuf: Array(wire)) else { continue }
      taken += 1
      let again = try message.protobuf()
      try #expect(type.init(protobuf: again).protobuf() == again, "\(base.type) \(Array(wire))")
      _ = message.json(pretty: true)
    }
    #expect((3_000...27_000).contains(taken), "the mutations are too wild or too tame: \(taken)")
  }

  @Test func `what is taken the reference reads the same`() throws {
    var random = SeededRandom(seed: 7)
    let bases = try Reference.cases().filter { (1...2_000).contains($0.bytes.count) }
    var inputs: [Reference.Input] = []
    var ours: [Data?] = []
    for _ in 0..<6_000 {
      let base = try #require(bases.randomElement(using: &random))
      let type = try #require(Reference.messages[base.type])
      let wire = Self.mutated(base.bytes, &random)
      inputs.append(Reference.Input(type: base.type, bytes: wire))
      ours.append((try? type.init(protobuf: Array(wire)).protobuf()).map { Data($0) })
    }
    let theirs = try Reference.read(inputs)
    for (index, input) in inputs.enumerated() {
      // What only the reference takes is refused on purpose; `HostileBytesTests` has the list.
      guard let own = ours[index] else { continue }
      #expect(own == theirs[index], "\(input.type) \(Array(input.bytes))")
    }
  }

  @Test func `mutated JSON never crashes, and what is taken comes back`() throws {
    var random = SeededRandom(seed: 11)
    let bases = try Reference.cases().filter { (3...600).contains($0.json.utf8.count) }
    for _ in 0..<10_000 {
      let base = try #require(bases.randomElement(using: &random))
      let type = try #require(Reference.messages[base.type])
      let text = String(decoding: Self.mutated(Data(base.json.utf8), &random), as: UTF8.self)
      guard let message = try? type.init(json: text) else { continue }
      let again = message.json(pretty: false)
      try #expect(type.init(json: again).json(pretty: false) == again, "\(base.type) \(text)")
    }
  }

  /// One to three changes: a bit, a byte, a cut, a piece that comes twice or goes.
  private static func mutated(_ bytes: Data, _ random: inout SeededRandom) -> Data {
    var bytes = Array(bytes)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard !bytes.isEmpty else { return Data() }
      let at = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, at + Int.random(in: 1...8, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
      case 2: bytes.removeSubrange(at...)
      case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
      case 4: bytes.removeSubrange(at..<end)
      default: bytes[at] = UInt8.random(in: 0...255, using: &random)
      }
    }
    return Data(bytes)
  }
}

/// The same numbers each time (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
