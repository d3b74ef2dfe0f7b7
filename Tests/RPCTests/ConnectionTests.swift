import Foundation
import NIOCore
import Synchronization
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct ConnectionTests {
  @Test func `nobody listening is told as such, and the path is named`() async throws {
    try await ScratchFolder.with { folder async throws in
      let client = RPCClient(socketPath: folder.socketPath, logger: Served.quiet)
      for isStale in [false, true] {
        if isStale { try RawSocket.leaveStale(folder.socketPath) }
        for isIdempotent in [false, true] {
          let error = await failure {
            try await client.call("Echo", isIdempotent: isIdempotent)
          }
          #expect(error?.code == .unavailable)
          #expect(error?.reason?.code == "NOT_LISTENING")
          #expect(error?.reason?.metadata["socket"] == folder.socketPath)
        }
      }
      let stream = await failure { for try await _ in client.stream("Flood") {} }
      #expect(stream?.reason?.code == "NOT_LISTENING")
      await client.close()
    }
  }

  @Test func `a closed client says so`() async throws {
    try await Served.with(["Echo": echo]) { served in
      _ = try await served.client.call("Echo")
      await served.client.close()
      #expect(await failure { try await served.client.call("Echo") }?.reason?.code == "CLOSED")
    }
  }

  @Test func `a connection ends with the last reference to its client`() async throws {
    try await Served.with(["Echo": echo]) { served in
      var second: RPCClient? = RPCClient(socketPath: served.path, logger: Served.quiet)
      _ = try await second?.call("Echo")
      #expect(served.server.core.openConnections.count == 1)
      second = nil
      while !served.server.core.openConnections.isEmpty { await Task.yield() }
    }
  }

  /// A server whose method loses the connection in its first `losses` runs.
  private func losing(
    _ losses: Int, _ body: (RPCClient, _ runs: Counter) async throws -> Void
  ) async throws {
    let runs = Counter()
    let server = Mutex<RPCServer?>(nil)
    let lose = MethodImplementation.unary { request, _ in
      if runs.add() <= losses {
        for connection in server.withLock({ $0 })?.core.openConnections ?? [] {
          connection.abort()
        }
      }
      return request
    }
    try await Served.with(["Lose": lose]) { served in
      server.withLock { $0 = served.server }
      defer { server.withLock { $0 = nil } }
      try await body(served.client, runs)
    }
  }

  @Test func `an idempotent call is sent again when the connection is lost`() async throws {
    try await losing(2) { client, runs in
      let answer = try await client.call("Lose", ByteBuffer(string: "x"), isIdempotent: true)
      #expect(String(buffer: answer) == "x")
      #expect(runs.now == 3)
    }
  }

  @Test func `an idempotent call is sent three times at most`() async throws {
    try await losing(10) { client, runs in
      let error = await failure { try await client.call("Lose", isIdempotent: true) }
      #expect(error?.code == .unavailable && error?.reason?.code == "CONNECTION_LOST")
      #expect(runs.now == RPCClient.attemptsMax)
    }
  }

  @Test func `another call is not sent again when the connection is lost`() async throws {
    try await losing(1) { client, runs in
      let error = await failure { try await client.call("Lose", isIdempotent: false) }
      #expect(error?.code == .unavailable && error?.reason?.code == "CONNECTION_LOST")
      #expect(runs.now == 1)
      // The next call finds a new connection.
      _ = try await client.call("Lose", isIdempotent: false)
    }
  }

  @Test func `a call that waits for a stream was never sent, and runs elsewhere`() async throws {
    let streams = Int(HTTP2Limits.streamsMax)
    let (running, isFull, isLost) = (Counter(), Event(), Event())
    let hold = MethodImplementation.unary { request, _ in
      if running.add() == streams { isFull.fire() }
      if running.now <= streams { await isLost.wait() }
      return request
    }
    try await Served.with(["Hold": hold]) { served in
      let client = served.client
      let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<streams + 20 {
          group.addTask { (try? await client.call("Hold")) != nil }
        }
        await isFull.wait()
        for connection in served.server.core.openConnections { connection.abort() }
        isLost.fire()
        return try await group.reduce(into: [Bool]()) { $0.append($1) }
      }
      #expect(outcomes.filter { $0 }.count >= 5)
      #expect(outcomes.filter { !$0 }.count >= streams - 20)
    }
  }

  @Test func `repeats stop when a service is sick`() {
    let budget = RetryBudget()
    var repeats = 0
    while budget.takeRepeat() { repeats += 1 }
    #expect(repeats == 5)
    for _ in 0..<10 { budget.succeeded() }
    #expect(budget.takeRepeat())
    #expect(!budget.takeRepeat())
  }

  @Test func `garbage harms its own connection alone`() async throws {
    var random = SplitMix(state: 1)
    let noise = (0..<100).map { _ in
      (0..<Int.random(in: 1...2000, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
    }
    let start = RawSocket.preface + RawSocket.settings
    let headers: [UInt8] = [0, 0, 4, 1, 4, 0, 0, 0, 1]
    let inputs: [[UInt8]] =
      [
        Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), [], Array(RawSocket.preface.prefix(10)),
        start + [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1],
        start + headers + [0xFF, 0xFF, 0xFF, 0xFF],
        start + headers.prefix(7),
        start + [0, 0, 5, 0, 1, 0, 0, 0, 1] + Array("hello".utf8),
        start + [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      ] + noise + noise.map { start + $0 }
    try await Served.with(["Echo": echo]) { served async throws in
      for (index, input) in inputs.enumerated() {
        let raw = try RawSocket(served.path)
        raw.send(input)
        #expect(try await served.client.text("Echo", "\(index)") == "\(index)")
        raw.end()
      }
    }
  }
}
