import NIOCore
import Synchronization
import Testing

@testable import RPC

/// Header blocks that are too large, or become so.
@Suite(.timeLimit(.minutes(1)))
struct HeaderAbuseTests {
  private static let frameBytesMax = 16_384

  /// A HEADERS frame of a block, with as many CONTINUATION frames as it needs.
  private static func frames(_ block: [UInt8], stream: UInt32) -> [UInt8] {
    let parts = stride(from: 0, to: block.count, by: frameBytesMax).map {
      Array(block[$0..<min($0 + frameBytesMax, block.count)])
    }
    return parts.enumerated().flatMap { index, part in
      let isLast = index == parts.count - 1
      return RawFrame(
        type: index == 0 ? RawFrame.headers : RawFrame.continuation,
        flags: isLast ? RawFrame.endHeaders : 0, stream: stream, payload: part
      ).bytes
    }
  }

  /// What the server says to one peer, up to its end.
  private func said(
    _ name: String, _ requests: [UInt8], growthMax: Int = 16
  ) async throws -> [RawFrame] {
    var frames: [RawFrame] = []
    try await Served.with(Siege.methods()) { served in
      frames = try await Siege.run(name, served, growthMax: growthMax) { path in
        let raw = try RawSocket(path)
        defer { raw.end() }
        raw.limitWaits(seconds: 20)
        raw.send(RawRequest.opening + requests + RawFrame.call("Echo", stream: 99))
        return raw.readFrames(until: { $0.contains { $0.ends(99) } })
      }
    }
    return frames
  }

  @Test func `a small block that stands for a very large one ends the connection`() async throws {
    // One long value enters the table, and is then named by one byte again and again.
    let entry = [0x40] + RawFrame.text("x") + RawFrame.text(String(repeating: "v", count: 3900))
    let bomb =
      RawFrame.block(RawFrame.head("Echo")) + entry + Array(repeating: 0xBE, count: 100_000)
    let frames = try await said("header bomb", Self.frames(bomb, stream: 1))
    #expect(frames.last?.code == HTTP2Code.enhanceYourCalm)
  }

  @Test func `a block above the limit is refused, and the connection goes on`() async throws {
    let many = (0..<500).map { ("name-\($0)", "value") }
    let one = [("long", String(repeating: "v", count: 20_000))]
    let blocks = [many, one].map { RawFrame.block(RawFrame.head("Echo", more: $0)) }
    let frames = try await said(
      "oversize headers",
      Self.frames(blocks[0], stream: 1) + Self.frames(blocks[1], stream: 3))
    #expect(
      frames.count { $0.type == RawFrame.headers && $0.flags & RawFrame.endStream != 0 } == 3,
      "the two, and the trailers")
    #expect(frames.count { $0.type == RawFrame.data } == 1)
    #expect(!frames.contains { $0.type == RawFrame.goAway })
  }

  @Test func `a value longer than HPACK's own limit ends the connection`() async throws {
    let long = [("long", String(repeating: "v", count: 70_000))]
    let block = RawFrame.block(RawFrame.head("Echo", more: long))
    let frames = try await said("a value of 70,000 bytes", Self.frames(block, stream: 1))
    #expect(frames.last?.code == 9, "COMPRESSION_ERROR")
  }

  @Test func `changes of the table's size cost nothing`() async throws {
    let change: [UInt8] = [0x20, 0x3F, 0xE1, 0x1F]  // to 0, and to 4096
    let block =
      Array(repeating: change, count: 4000).flatMap { $0 }
      + RawFrame.block(RawFrame.head("Echo"))
    let frames = try await said("changes of the table's size", Self.frames(block, stream: 1))
    #expect(!frames.contains { $0.type == RawFrame.goAway })
    let above: [UInt8] = [0x3F, 0xE2, 0x7F]
    let wrong = try await said("a table above the limit", Self.frames(above, stream: 1))
    #expect(wrong.last?.code == 9, "COMPRESSION_ERROR")
  }

  @Test func `open requests with large headers are counted as held`() async throws {
    let more = [("long", String(repeating: "v", count: 12_000))]
    let requests = (0..<250).flatMap { RawFrame.open("Echo", stream: 2 * $0 + 1, more: more) }
    try await Served.with(Siege.methods()) { served in
      let raw = try RawSocket(served.path)
      raw.send(RawRequest.opening + requests)
      while served.server.core.heldBytes.load(ordering: .relaxed) < 250 * 12_000 {
        await Task.yield()
      }
      raw.end()
      while served.server.core.heldBytes.load(ordering: .relaxed) > 0 { await Task.yield() }
    }
  }
}
