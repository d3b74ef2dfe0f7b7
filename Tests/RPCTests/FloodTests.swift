import NIOCore
import Testing

@testable import RPC

/// Frames in numbers that no honest peer sends. The flood stops when the server hangs up.
struct Flood: Sendable, CustomTestStringConvertible {
  static let frames = 5000

  let testDescription: String
  /// What the server says in its GOAWAY; nil when it may as well go on.
  var code: UInt32?
  /// Whether the peer reads what it gets.
  var reads = true
  /// Sent before the flood.
  var first: [UInt8] = []
  /// The frame or frames of one turn.
  let turn: @Sendable (_ number: UInt32) -> [UInt8]
  var turns = Self.frames

  /// Returns all that the server said.
  func run(_ path: String) throws -> [RawFrame] {
    let raw = try RawSocket(path)
    defer { raw.end() }
    raw.limitWaits(seconds: 20)
    raw.send(RawRequest.opening + first)
    var answers: [UInt8] = []
    var isOpen = true
    for start in stride(from: 0, to: turns, by: 50) where isOpen {
      let part = (start..<min(turns, start + 50)).flatMap { turn(UInt32($0)) }
      isOpen = raw.send(part)
      if reads { answers += raw.readWithoutWaiting() }
    }
    if code != nil { answers += raw.readToEnd() }
    return RawFrame.all(in: answers)
  }
}

extension Flood {
  private static let calm = HTTP2Code.enhanceYourCalm
  private static let ping = RawFrame(type: RawFrame.ping, payload: Array(1...8)).bytes
  private static let part = RawFrame(type: RawFrame.data, stream: 1).bytes

  static let all: [Flood] = [
    Flood(testDescription: "PING", code: calm, turn: { _ in ping }),
    Flood(testDescription: "PING, never reading", code: calm, reads: false, turn: { _ in ping }),
    Flood(testDescription: "SETTINGS", code: calm, turn: { _ in RawFrame.settings() }),
    Flood(
      testDescription: "SETTINGS that change windows and tables", code: calm,
      turn: { RawFrame.settings([(1, $0 % 2 * 4096), (4, $0 % 1000)]) }),
    Flood(
      testDescription: "PRIORITY", code: calm,
      turn: {
        RawFrame(type: RawFrame.priority, stream: 2 * $0 + 1, payload: [0, 0, 0, 0, 16]).bytes
      }),
    Flood(
      testDescription: "empty DATA", code: calm, first: RawFrame.open("Echo", stream: 1),
      turn: { _ in part }),
    Flood(
      testDescription: "DATA of padding alone", code: calm, first: RawFrame.open("Echo", stream: 1),
      turn: { _ in
        RawFrame(type: RawFrame.data, flags: 8, stream: 1, payload: [3, 0, 0, 0]).bytes
      }),
    Flood(
      testDescription: "rapid reset", code: calm,
      turn: { RawFrame.call("Endless", stream: 2 * $0 + 1) + RawFrame.reset(2 * $0 + 1) }),
    Flood(
      testDescription: "rapid reset, never reading", code: calm, reads: false,
      turn: { RawFrame.call("Endless", stream: 2 * $0 + 1) + RawFrame.reset(2 * $0 + 1) }),
    Flood(
      testDescription: "rapid reset of half a request", code: calm,
      turn: { RawFrame.open("Echo", stream: 2 * $0 + 1) + RawFrame.reset(2 * $0 + 1) }),
    Flood(
      testDescription: "rapid reset of no method", code: calm,
      turn: { RawFrame.call("Nothing", stream: 2 * $0 + 1) + RawFrame.reset(2 * $0 + 1) }),
    Flood(
      testDescription: "resets that the server is made to send", code: calm,
      turn: {
        RawFrame.open("Echo", stream: 2 * $0 + 1)
          + RawFrame.windowUpdate(0x7FFF_FFFF, stream: 2 * $0 + 1)
      }),
    Flood(
      testDescription: "CONTINUATION", code: calm,
      first: RawFrame(type: RawFrame.headers, stream: 1, payload: RawFrame.block([("a", "b")]))
        .bytes,
      turn: { _ in
        RawFrame(type: RawFrame.continuation, stream: 1, payload: RawFrame.block([("a", "b")]))
          .bytes
      }),
    Flood(
      testDescription: "frames of a type that nobody knows",
      turn: { number in
        RawFrame(type: 0x7E, flags: 0xFF, stream: number, payload: [1, 2, 3]).bytes
      }, turns: 10 * frames),
    Flood(
      testDescription: "one byte of DATA a frame",
      first: RawFrame.open("Echo", stream: 1)
        + RawFrame(type: RawFrame.data, stream: 1, payload: [0, 0, 16, 0, 0]).bytes,
      turn: { _ in RawFrame(type: RawFrame.data, stream: 1, payload: [7]).bytes },
      turns: 10 * frames),
    Flood(
      testDescription: "answers taken byte by byte",
      first: RawFrame.settings([(4, 0)]) + RawFrame.call("Fill", stream: 1),
      turn: { _ in RawFrame.windowUpdate(1, stream: 1) }, turns: 2 * frames),
  ]
}

@Suite(.timeLimit(.minutes(1)))
struct FloodTests {
  @Test(arguments: Flood.all)
  func `a flood is cut off or costs nobody anything`(_ flood: Flood) async throws {
    let running = Counter()
    let methods = Siege.methods([
      "Endless": .unary { request, _ in
        running.add()
        defer { running.add(-1) }
        try await Task.sleep(for: .seconds(600))
        return request
      },
      "Fill": .unary { _, _ in ByteBuffer(repeating: 7, count: 64 * 1024) },
    ])
    let lines = Lines()
    try await Served.with(methods, logger: lines.logger) { served in
      let name = flood.testDescription
      let said = try await Siege.run(name, served, growthMax: 32) { try flood.run($0) }
      #expect(said.last { $0.type == RawFrame.goAway }?.code == flood.code)
      if flood.code != nil {
        #expect(lines.all.contains { $0.hasPrefix("warning peer cut off") })
      }
      while running.now > 0 || served.server.core.callsRunning > 0 { await Task.yield() }
      #expect(running.peak <= HTTP2Limits.runningMax)
      while served.server.core.openConnections.count > 1 { await Task.yield() }
    }
  }
}
