import Foundation
import NIOCore
import Synchronization
import Testing

@testable import RPC

/// Peers that ask for much and take little, and those that send without end.
@Suite(.timeLimit(.minutes(1)))
struct SlowPeerTests {
  private static let piece = ByteBuffer(repeating: 7, count: 16 * 1024)
  private static let pour = MethodImplementation.serverStreaming { _, _, responses in
    while true { try await responses.write(piece) }
  }
  private static let fill = MethodImplementation.unary { _, _ in
    ByteBuffer(repeating: 7, count: 1024 * 1024)
  }
  private static let closedWindow = RawSocket.preface + RawFrame.settings([(4, 0)])

  private static func requests(_ method: String, _ count: UInt32, timeout: String? = nil) -> [UInt8]
  {
    (0..<count).flatMap { RawFrame.call(method, stream: 2 * $0 + 1, timeout: timeout) }
  }

  @Test(arguments: [true, false])
  func `streams that nobody reads hold little, and end with their deadlines`(_ isOpen: Bool)
    async throws
  {
    let (writers, ended) = (Counter(), Counter())
    let methods = Siege.methods([
      "Pour": .serverStreaming { _, _, responses in
        writers.add()
        defer { ended.add() }
        while true { try await responses.write(Self.piece) }
      }
    ])
    try await Served.with(methods) { served in
      let opening = isOpen ? RawRequest.opening : Self.closedWindow
      let core = served.server.core
      let name = "256 streams, \(isOpen ? "the socket" : "the windows") full"
      let frames = try await Siege.run(name, served, growthMax: 64) { path in
        let raw = try RawSocket(path)
        defer { raw.end() }
        raw.limitWaits(seconds: 20)
        raw.send(opening + Self.requests("Pour", 256, timeout: "1S"))
        // Then nothing runs but the honest call.
        while ended.now < 256 || core.callsRunning > 1 { sched_yield() }
        // With the windows closed only frames without bodies come: how each stream ended.
        return isOpen
          ? [] : raw.readFrames(until: { $0.count { $0.type == RawFrame.reset } == 256 })
      }
      #expect(writers.now == 256)
      if !isOpen {
        #expect(frames.allSatisfy { $0.type != RawFrame.reset || $0.code == HTTP2Code.cancel })
      }
      while core.heldBytes.load(ordering: .relaxed) > 0 { await Task.yield() }
    }
  }

  @Test func `answers that nobody fetches pile up to a bound, and no further`() async throws {
    try await Served.with(Siege.methods(["Fill": Self.fill])) { served in
      let frames = try await Siege.run("256 answers of 1 MiB", served, growthMax: 110) { path in
        let raw = try RawSocket(path)
        defer { raw.end() }
        raw.limitWaits(seconds: 20)
        raw.send(Self.closedWindow + Self.requests("Fill", 256))
        return RawFrame.all(in: raw.readToEnd())
      }
      #expect(frames.last?.code == HTTP2Code.enhanceYourCalm)
    }
  }

  @Test func `an answer that nobody fetches is given up at its deadline`() async throws {
    try await Served.with(Siege.methods(["Fill": Self.fill])) { served in
      try await Siege.run("10 answers of 1 MiB", served, growthMax: 64) { path in
        let raw = try RawSocket(path)
        defer { raw.end() }
        raw.limitWaits(seconds: 20)
        raw.send(Self.closedWindow + Self.requests("Fill", 10, timeout: "300m"))
        let frames = raw.readFrames(until: { $0.count { $0.type == RawFrame.reset } == 10 })
        #expect(frames.allSatisfy { $0.type != RawFrame.reset || $0.code == HTTP2Code.cancel })
      }
    }
  }

  @Test func `requests that never end are refused above what a connection may hold`()
    async throws
  {
    try await Served.with(Siege.methods()) { served in
      let frames = try await Siege.run("100 open requests", served, growthMax: 64) { path in
        let raw = try RawSocket(path)
        defer { raw.end() }
        return Self.sendOpenRequests(raw)
      }
      #expect(Self.isRefused(frames))
      while served.server.core.heldBytes.load(ordering: .relaxed) > 0 { await Task.yield() }
    }
  }

  @Test func `what all connections hold together is bounded`() async throws {
    var configuration = RPCServer.Configuration()
    configuration.heldBytesMax = 4 * 1024 * 1024
    try await Served.with(Siege.methods(), configuration: configuration) { served in
      let core = served.server.core
      let frames = try await Siege.run("20 peers", served, growthMax: 64) { path in
        // All of them stay until the last has sent.
        let peers = try (0..<20).map { _ in try RawSocket(path) }
        defer { for peer in peers { peer.end() } }
        return peers.map { Self.sendOpenRequests($0, count: 10) }
      }
      #expect(frames.count { Self.isRefused($0) } >= 10)
      while core.heldBytes.load(ordering: .relaxed) > 0 { await Task.yield() }
    }
  }

  /// Whether open requests were answered; it is no answer when the peer sent more than it may.
  private static func isRefused(_ frames: [RawFrame]) -> Bool {
    frames.contains { $0.type == RawFrame.headers && $0.stream != 999 }
      && frames.allSatisfy { $0.type != RawFrame.reset || $0.code == HTTP2Code.noError }
  }

  /// Sends requests of 200 KB without their last bytes. Returns what the server said to them.
  private static func sendOpenRequests(_ raw: RawSocket, count: UInt32 = 100) -> [RawFrame] {
    raw.limitWaits(seconds: 20)
    let part = [UInt8](repeating: 7, count: 16_000)
    raw.send(RawRequest.opening)
    // Its stream windows count from here on.
    _ = raw.readOpening()
    raw.send(RawFrame(type: RawFrame.settings, flags: 1).bytes)
    for number in 0..<count {
      let stream = 2 * number + 1
      let start = [0] + RawFrame.number(1_000_000)
      let parts = [start] + Array(repeating: part, count: 12)
      raw.send(
        RawFrame.open("Echo", stream: stream)
          + parts.flatMap { RawFrame(type: RawFrame.data, stream: stream, payload: $0).bytes })
    }
    raw.send(RawFrame.call("Echo", stream: 999))
    return raw.readFrames(until: { $0.contains { $0.ends(999) } })
  }

  @Test func `a peer that cancels takes no more than its share of the methods`() async throws {
    let (running, release) = (Counter(), Event())
    let deaf = MethodImplementation.unary { request, _ in
      running.add()
      await Task { await release.wait() }.value
      running.add(-1)
      return request
    }
    try await Served.with(Siege.methods(["Deaf": deaf])) { served in
      let frames = try await Siege.run("900 cancelled calls", served, growthMax: 16) { path in
        let raw = try RawSocket(path)
        defer { raw.end() }
        raw.limitWaits(seconds: 20)
        let calls = (0..<900).flatMap { number -> [UInt8] in
          RawFrame.call("Deaf", stream: 2 * UInt32(number) + 1)
            + RawFrame.reset(2 * UInt32(number) + 1)
        }
        raw.send(RawRequest.opening + calls + RawFrame.call("Deaf", stream: 1999))
        return raw.readFrames(until: { $0.contains { $0.stream == 1999 } })
      }
      while running.now < HTTP2Limits.runningMax { await Task.yield() }
      #expect(running.peak == HTTP2Limits.runningMax)
      #expect(frames.contains { $0.stream == 1999 && $0.flags & RawFrame.endStream != 0 })
      release.fire()
      while served.server.core.callsRunning > 0 { await Task.yield() }
    }
  }
}
