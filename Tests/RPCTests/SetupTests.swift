import NIOCore
import Testing

@testable import RPC

/// Peers that do not say what a peer says first.
@Suite(.timeLimit(.minutes(1)))
struct SetupTests {
  private static let preface = RawSocket.preface

  /// Connects, says something, and reads until the server hangs up.
  private static func say(_ bytes: [UInt8], _ path: String) throws -> [RawFrame] {
    let raw = try RawSocket(path)
    defer { raw.end() }
    raw.limitWaits(seconds: 20)
    raw.send(bytes)
    return RawFrame.all(in: raw.readToEnd())
  }

  @Test(arguments: [
    ("nothing", []), ("half a preface", Array(preface.prefix(10))), ("the preface alone", preface),
    ("half of its settings", preface + RawSocket.settings.prefix(5)),
    ("the start of long settings", preface + [0, 0, 60, 4, 0, 0, 0, 0, 0, 0, 4]),
  ])
  func `a peer that never says its settings is sent away`(_ name: String, _ said: [UInt8])
    async throws
  {
    var configuration = RPCServer.Configuration()
    configuration.setupTimeout = .milliseconds(200)
    let lines = Lines()
    try await Served.with(Siege.methods(), configuration: configuration, logger: lines.logger) {
      served in
      let frames = try await Siege.run(name, served, growthMax: 8) { try Self.say(said, $0) }
      #expect(frames.last?.type == RawFrame.goAway)
      #expect(lines.all.contains { $0.contains("the peer said no settings within 0.2 seconds") })
      // The honest peer's settings came, so that it may say nothing for as long as it likes.
      #expect(served.server.core.openConnections.count == 1)
    }
  }

  private static let hello: [UInt8] =
    [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3] + Array(repeating: 0x5A, count: 194)
  private static let opening = preface + RawSocket.settings

  @Test(
    arguments: [
      ("HTTP/1.1", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
      ("a TLS hello", hello), ("zeros", [UInt8](repeating: 0, count: 4096)),
      ("a wrong preface", Array("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".utf8)),
      ("PING before SETTINGS", preface + RawFrame(type: 6, payload: Array(1...8)).bytes),
      ("a frame above the limit", opening + [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1]),
      ("DATA on an idle stream", opening + RawFrame(type: 0, stream: 7, payload: [1]).bytes),
      ("a stream of the server's", opening + RawFrame.open("Echo", stream: 2)),
      ("the window above its limit", opening + RawFrame.windowUpdate(0x7FFF_FFFF)),
      ("a window opened by nothing", opening + RawFrame.windowUpdate(0)),
      ("CONTINUATION of nothing", opening + RawFrame(type: 9, stream: 1).bytes),
      ("an initial window above the limit", opening + RawFrame.settings([(4, 0x8000_0000)])),
      ("more settings than there are", opening + RawFrame.settings((0..<100).map { ($0, 1) })),
      (
        "an answer to settings that were not sent",
        opening + [UInt8](repeating: 0, count: 0)
          + (0..<3).flatMap { _ in RawFrame(type: 4, flags: 1).bytes }
      ),
      (
        "PUSH_PROMISE",
        opening + RawFrame(type: 5, flags: 4, stream: 1, payload: [0, 0, 0, 2]).bytes
      ),
    ] as [(String, [UInt8])])
  func `whoever speaks another language is told so at once`(_ name: String, _ said: [UInt8])
    async throws
  {
    try await Served.with(Siege.methods()) { served in
      let frames = try await Siege.run(name, served, growthMax: 8) { try Self.say(said, $0) }
      #expect(frames.last?.type == RawFrame.goAway)
      #expect(frames.last?.code.map { $0 != HTTP2Code.noError } == true)
    }
  }

  @Test func `peers above the limit are turned away, and the log says so once a second`()
    async throws
  {
    var configuration = RPCServer.Configuration()
    configuration.connectionsMax = 50
    let lines = Lines()
    try await Served.with(Siege.methods(), configuration: configuration, logger: lines.logger) {
      served in
      try await Siege.run("connections", served, growthMax: 16) { path in
        let sockets = try (0..<300).map { _ in try RawSocket(path) }
        for socket in sockets { socket.send(RawRequest.opening) }
        // The last is beyond the limit: the server hangs up without a word.
        if let last = sockets.last {
          last.limitWaits(seconds: 20)
          _ = last.readToEnd()
        }
        for socket in sockets { socket.end() }
      }
      let told = lines.all.filter { $0.hasPrefix("warning too many connections; one more refused") }
      #expect((1...10).contains(told.count))
      while served.server.core.openConnections.count > 1 { await Task.yield() }
      let other = RPCClient(socketPath: served.path, logger: Served.quiet)
      #expect(try await other.text("Echo", "there is room again") == "there is room again")
      await other.close()
    }
  }
}
