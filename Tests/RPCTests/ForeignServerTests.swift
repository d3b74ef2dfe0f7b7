import NIOCore
import Testing

@testable import RPC

/// Our client calls the servers of other implementations.
@Suite(.timeLimit(.minutes(2)))
struct ForeignServerTests {
  private func with(
    _ foreign: Foreign, _ body: (RPCClient, ForeignProcess) async throws -> Void
  ) async throws {
    try await foreign.withServer { path, process in
      let client = RPCClient(socketPath: path, logger: Served.quiet)
      try await body(client, process)
      await client.close()
    }
  }

  private func code(_ body: () async throws -> Void) async -> StatusCode? {
    do {
      try await body()
      return .ok
    } catch {
      return (error as? RPCError)?.code
    }
  }

  private func texts(_ stream: AsyncThrowingStream<ByteBuffer, any Error>) async -> [String] {
    var found: [String] = []
    do {
      for try await message in stream { found.append(String(buffer: message)) }
    } catch {
      found.append("\(error)")
    }
    return found
  }

  private let block = (0..<1024).map { UInt8(truncatingIfNeeded: $0 % 251) }

  @Test(arguments: Foreign.installed)
  func `its answers, streams and limits reach us`(_ foreign: Foreign) async throws {
    try await with(foreign) { client, _ async throws in
      #expect(try await client.text("Echo", "hello") == "hello")
      #expect(try await client.text("Echo", "") == "")
      for size in [3 << 20, GRPCFraming.messageBytesMax] {
        let large = ByteBuffer(bytes: [[UInt8]](repeating: block, count: size / 1024).joined())
        #expect(try await client.call("Echo", large) == large)
      }
      #expect(await texts(client.stream("Count", "5")) == ["0", "1", "2", "3", "4"])
      #expect(await texts(client.stream("Count", "20000")).count == 20000)
      #expect(await texts(client.stream("Count", "0")).isEmpty)
      #expect(await texts(client.stream("Break")) == ["0", "1", "ABORTED: broken"])
      let above = GRPCFraming.messageBytesMax + 1
      #expect(await code { _ = try await client.text("Fill", "\(above)") } == .resourceExhausted)
      #expect(await code { _ = try await client.text("Nothing") } == .unimplemented)
      let stranger = await code {
        _ = try await client.unary(
          service: "test.v1.Nothing", method: "Echo", request: ByteBuffer(), isIdempotent: true,
          options: CallOptions())
      }
      #expect(stranger == .unimplemented)
      #expect(try await client.text("Echo", "still here") == "still here")
    }
  }

  @Test(arguments: Foreign.installed)
  func `its statuses reach us with message and details, and our metadata it`(_ foreign: Foreign)
    async throws
  {
    try await with(foreign) { client, _ async throws in
      for code in StatusCode.allCases where code != .ok {
        let error = await failure { try await client.text("Fail", "\(code.rawValue) no") }
        let (reason, violations) = (ForeignMethods.reason, ForeignMethods.violations)
        #expect(error == RPCError(code, "no", reason: reason, violations: violations))
      }
      let messages = [
        "größer 100 % — 漢字 😀", "one\ntwo\ttab\r", "%41 100%", "", " outer spaces ",
        String(repeating: "ü", count: 1000),
      ]
      for message in messages {
        let error = await failure { try await client.text("Fail", "5 \(message)") }
        #expect(error?.code == .notFound && error?.message == message)
      }
      for bytes: [UInt8] in [[0, 1, 255], [254], [0, 255, 254, 253]] {
        var options = CallOptions(metadata: ["dropwire-actor": "operator:kim"])
        options.metadata.addBinary("raw-bin", bytes)
        let answer = try await client.call("Metadata", options: options)
        #expect(String(buffer: answer) == "operator:kim \(hexadecimal(bytes))")
      }
    }
  }

  @Test(arguments: Foreign.installed)
  func `it learns our deadline, and that we left`(_ foreign: Foreign) async throws {
    try await with(foreign) { client, _ async throws in
      let left = try await client.call("Left", options: CallOptions(timeout: .seconds(100)))
      #expect((98...100).contains(Int(String(buffer: left)) ?? 0))
      let late = await code {
        _ = try await client.call(
          "Hold", ByteBuffer(string: "late"), options: CallOptions(timeout: .milliseconds(500)))
      }
      #expect(late == .deadlineExceeded)
      _ = try await client.text("Cancelled", "late")
      let open = Task { try await client.text("Hold", "leave") }
      _ = try await client.text("Started", "leave")
      open.cancel()
      let cancelled = await failure { try await open.value }
      #expect(cancelled?.code == .cancelled)
      _ = try await client.text("Cancelled", "leave")
    }
  }

  @Test(arguments: Foreign.installed)
  func `an answer that it packed, unasked, is refused`(_ foreign: Foreign) async throws {
    try await foreign.withServer { path, _ async throws in
      let client = RPCClient(socketPath: "\(path).packed", logger: Served.quiet)
      let text = String(repeating: "x", count: 10000)
      let error = await failure { try await client.text("Echo", text) }
      #expect(error?.code == .internalError)
      #expect(error?.message.contains("gzip") == true)
      await client.close()
    }
  }

  private func echo(_ client: RPCClient, _ count: Int, atOnce: Int) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<count {
        if number >= atOnce { #expect(try await group.next() == true) }
        group.addTask { try await client.text("Echo", "\(number)") == "\(number)" }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test(arguments: Foreign.installed)
  func `ten thousand calls, and a thousand at once, are all answered`(_ foreign: Foreign)
    async throws
  {
    try await with(foreign) { client, _ async throws in
      // More than the hundred streams that it takes.
      try await echo(client, 1000, atOnce: 1000)
      try await echo(client, 10000, atOnce: 64)
    }
  }

  @Test(arguments: Foreign.installed)
  func `no call is lost when it stops`(_ foreign: Foreign) async throws {
    try await with(foreign) { client, process async throws in
      let open = Task { try await client.text("Stay") }
      _ = try await client.text("Started", "stay")
      let done = Counter()
      let ends = try await withThrowingTaskGroup(of: RPCError?.self) { group in
        for _ in 0..<8 {
          group.addTask {
            await failure {
              while true {
                _ = try await client.text("Work")
                done.add()
              }
            }
          }
        }
        await done.wait(for: 300)
        try process.say("stop")
        return try await group.reduce(into: []) { $0.append($1) }
      }
      // That of grpcio refuses calls that it has not begun by cancelling them.
      for end in ends { #expect(end?.code == .unavailable || end?.code == .cancelled) }
      try process.say("release")
      let kept = try await open.value
      #expect(kept == "kept")
      let runs = try await process.wait(forLine: "runs ")
      #expect(runs == "\(done.now)")
    }
  }
}
