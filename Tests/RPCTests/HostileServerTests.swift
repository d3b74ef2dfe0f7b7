import NIOCore
import Testing

@testable import RPC

extension HostileServer {
  private static func head(_ fields: [(String, String)], isEnd: Bool = false, stream: UInt32 = 1)
    -> [UInt8]
  {
    let flags = RawFrame.endHeaders | (isEnd ? RawFrame.endStream : 0)
    return RawFrame(
      type: RawFrame.headers, flags: flags, stream: stream, payload: RawFrame.block(fields)
    ).bytes
  }

  private static let ok = head([(":status", "200"), ("content-type", "application/grpc")])
  private static func part(_ payload: [UInt8]) -> [UInt8] {
    RawFrame(type: RawFrame.data, stream: 1, payload: payload).bytes
  }
  private static func goAway(last: UInt32, code: UInt32 = 0) -> [UInt8] {
    RawFrame(type: RawFrame.goAway, payload: RawFrame.number(last) + RawFrame.number(code)).bytes
  }
  private static let gone: Set<StatusCode> = [.unavailable]
  private static let late: Set<StatusCode> = [.deadlineExceeded]

  /// A block of many fields, in frames that are no longer than allowed.
  private static let manyFields = (0..<8).flatMap { number in
    RawFrame(
      type: number == 0 ? RawFrame.headers : RawFrame.continuation,
      flags: number == 7 ? RawFrame.endHeaders : 0, stream: 1,
      payload: RawFrame.block(Array(repeating: ("name", "value"), count: 1200))
    ).bytes
  }

  static let all: [HostileServer] = [
    HostileServer(testDescription: "says nothing", codes: late, first: [], awaitsCall: false),
    HostileServer(
      testDescription: "speaks HTTP/1.1", codes: gone,
      first: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), awaitsCall: false),
    HostileServer(
      testDescription: "says noise", codes: gone,
      first: (0..<4096).map { UInt8($0 * 31 & 0xFF) }, awaitsCall: false),
    HostileServer(testDescription: "says nothing after its settings", codes: late),
    HostileServer(
      testDescription: "says half a frame", codes: late, then: ok + [0, 0, 99, 0, 0, 0, 0, 0, 1, 7]),
    HostileServer(
      testDescription: "allows no streams", codes: late, first: RawFrame.settings([(3, 0)]),
      awaitsCall: false),
    HostileServer(
      testDescription: "allows no bytes", codes: late, first: RawFrame.settings([(4, 0)])),
    HostileServer(
      testDescription: "unfolds its headers", codes: gone,
      then: manyFields),
    HostileServer(
      testDescription: "sends headers above the limit", codes: [.internalError],
      then: head(
        [(":status", "200")] + (0..<50).map { ("n\($0)", String(repeating: "v", count: 300)) }
      )),
    HostileServer(
      testDescription: "never ends its headers", codes: gone,
      then: RawFrame(type: RawFrame.headers, stream: 1).bytes,
      flood: RawFrame(type: RawFrame.continuation, stream: 1).bytes),
    HostileServer(
      testDescription: "says again and again that it goes on", codes: late,
      flood: head([(":status", "100")])),
    HostileServer(
      testDescription: "ends its headers without a status", codes: [.internalError, .unknown],
      then: head([("content-type", "application/grpc")])),
    HostileServer(
      testDescription: "ends without a gRPC status", codes: [.unknown],
      then: ok + head([("x", "y")], isEnd: true)),
    HostileServer(
      testDescription: "ends twice", codes: [.unknown, .unavailable],
      then: ok + head([("x", "y")], isEnd: true) + head([("grpc-status", "0")], isEnd: true)),
    HostileServer(
      testDescription: "answers what was not asked", codes: gone,
      then: head([(":status", "200")], stream: 77)),
    HostileServer(
      testDescription: "opens streams of its own", codes: gone,
      then: head([(":status", "200")], stream: 2)),
    HostileServer(
      testDescription: "pushes", codes: gone.union(late),
      then: RawFrame(
        type: 5, flags: 4, stream: 1,
        payload: RawFrame.number(2) + RawFrame.block([(":method", "GET")])
      ).bytes),
    HostileServer(
      testDescription: "announces a message above the limit", codes: [.resourceExhausted],
      then: ok + part([0, 0x7F, 0xFF, 0xFF, 0xFF])),
    HostileServer(
      testDescription: "sends a compressed message", codes: [.internalError],
      then: ok + part([1, 0, 0, 0, 1, 7])),
    HostileServer(
      testDescription: "sends messages without end, whatever the window",
      codes: late.union([.internalError]), then: ok,
      flood: part(Array(repeating: 0, count: 5 * 200))),
    HostileServer(
      testDescription: "sends empty DATA without end", codes: gone, then: ok, flood: part([])),
    HostileServer(
      testDescription: "pings without end", codes: gone,
      flood: RawFrame(type: RawFrame.ping, payload: Array(1...8)).bytes),
    HostileServer(
      testDescription: "changes its settings without end", codes: gone,
      flood: RawFrame.settings([(4, 1000)])),
    HostileServer(
      testDescription: "says goodbye without end", codes: gone,
      flood: goAway(last: 0x7FFF_FFFF)),
    HostileServer(
      testDescription: "says goodbye to each call", codes: gone, then: goAway(last: 0)),
    HostileServer(
      testDescription: "refuses each call", codes: gone.union(late),
      then: [1, 3, 5].flatMap { RawFrame.reset($0, code: 7) }),
    HostileServer(
      testDescription: "breaks each call off", codes: [.internalError],
      then: RawFrame.reset(1, code: 2)),
    HostileServer(
      testDescription: "opens the window above its limit", codes: gone,
      then: RawFrame.windowUpdate(0x7FFF_FFFF)),
    HostileServer(
      testDescription: "sends a frame above the limit", codes: gone, then: ok,
      flood: part(Array(repeating: 0, count: 20_000))),
  ]
}

@Suite(.timeLimit(.minutes(1)))
struct HostileServerTests {
  private static let short = Duration.milliseconds(200)

  /// A server that leaves the caller waiting is to be left soon; one that ends the call by itself may
  /// be slow to do so on a busy machine.
  private static func timeout(_ server: HostileServer) -> Duration {
    server.codes.contains(.deadlineExceeded) ? short : .seconds(20)
  }

  @Test(arguments: HostileServer.all)
  func `a hostile server keeps no caller beyond his time`(_ server: HostileServer) async throws {
    try await ScratchFolder.with { folder in
      try await server.with(folder.socketPath) {
        let client = RPCClient(socketPath: folder.socketPath, logger: Served.quiet)
        let before = Memory.restart()
        let begin = ContinuousClock.now
        let options = CallOptions(timeout: Self.timeout(server))
        let unary = await failure {
          try await client.call("Echo", ByteBuffer(string: "x"), options: options)
        }
        let took = begin.duration(to: .now)
        #expect(
          unary.map { server.codes.contains($0.code) } == true, "\(String(describing: unary))")
        // A stream that ends in no error at all would be a lie.
        let stream = await failure {
          let options = CallOptions(timeout: Self.short)
          for try await _ in client.stream("Echo", "x", options: options) {}
        }
        let growth = (Memory.peak() - before) / (1024 * 1024)
        print(
          "\(server.testDescription): \(took), \(String(describing: unary?.code)), +\(growth) MiB")
        #expect(stream != nil)
        #expect(took < Self.timeout(server) + .seconds(3))
        #expect(growth <= 16)
        await client.close()
      }
    }
  }

  @Test func `a server that never says its settings is given up`() async throws {
    let server = HostileServer(
      testDescription: "", codes: [], first: [0, 0, 6, 4, 0], awaitsCall: false)
    try await ScratchFolder.with { folder in
      try await server.with(folder.socketPath) {
        var configuration = RPCClient.Configuration()
        configuration.setupTimeout = .milliseconds(50)
        let client = RPCClient(
          socketPath: folder.socketPath, configuration: configuration, logger: Served.quiet)
        let error = await failure { try await client.call("Echo") }
        #expect(error?.code == .unavailable && error?.reason?.code == "CONNECTION_LOST")
        #expect(error?.message.contains("no settings") == true)
        await client.close()
      }
    }
  }
}
