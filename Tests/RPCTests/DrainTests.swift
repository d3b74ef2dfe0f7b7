import Foundation
import NIOCore
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct DrainTests {
  /// Calls until a call fails: a drain begins at some moment between two of them.
  private func callUntilRefused(_ client: RPCClient) async -> RPCError? {
    while true {
      do {
        _ = try await client.call("Echo")
      } catch {
        return error as? RPCError
      }
    }
  }

  @Test func `a drain ends open calls, refuses new ones and removes the socket`() async throws {
    let (started, release) = (Event(), Event())
    let hold = MethodImplementation.unary { request, _ in
      started.fire()
      await release.wait()
      return request
    }
    try await Served.with(["Hold": hold, "Echo": echo]) { served in
      let (client, server) = (served.client, served.server)
      let open = Task { try await client.text("Hold", "kept") }
      await started.wait()
      let drain = Task { await server.drain(within: .seconds(30)) }
      let refusal = await callUntilRefused(client)
      #expect(refusal?.code == .unavailable)
      #expect(refusal?.reason?.code == "NOT_LISTENING")
      #expect(!FileManager.default.fileExists(atPath: served.path))
      release.fire()
      let answer = try await open.value
      #expect(answer == "kept")
      await drain.value
      #expect(server.core.openConnections.isEmpty)
    }
  }

  @Test func `a last answer larger than the socket's buffer is not lost`() async throws {
    let (started, release) = (Event(), Event())
    let fill = MethodImplementation.unary { _, _ in
      started.fire()
      await release.wait()
      return ByteBuffer(repeating: 1, count: GRPCFraming.messageBytesMax)
    }
    try await Served.with(["Fill": fill, "Echo": echo]) { served in
      let (client, server) = (served.client, served.server)
      let open = Task { try await client.call("Fill") }
      await started.wait()
      let drain = Task { await server.drain(within: .seconds(30)) }
      _ = await callUntilRefused(client)
      release.fire()
      let answer = try await open.value
      #expect(answer.readableBytes == GRPCFraming.messageBytesMax)
      await drain.value
    }
  }

  @Test func `a drain is bounded, and cancels what is left`() async throws {
    let (started, cancelled) = (Event(), Event())
    let methods = ["Endless": endless(started: started, cancelled: cancelled)]
    try await Served.with(methods) { served in
      let client = served.client
      let open = Task { try await client.call("Endless") }
      await started.wait()
      let begin = ContinuousClock.now
      await served.server.drain(within: .milliseconds(50))
      #expect(begin.duration(to: .now) < .seconds(5))
      await cancelled.wait()
      let error = await failure { try await open.value }
      #expect(error?.code == .unavailable && error?.reason?.code == "CONNECTION_LOST")
    }
  }

  @Test func `a drain says GOAWAY and closes idle connections`() async throws {
    try await Served.with(["Echo": echo]) { served in
      let raw = try RawSocket(served.path)
      raw.send(RawSocket.preface + RawSocket.settings)
      let first = raw.readSome()
      await served.server.drain(within: .seconds(5))
      let types = RawSocket.frameTypes(first + raw.readToEnd())
      raw.end()
      // SETTINGS comes first, GOAWAY last.
      #expect(types.first == 4 && types.last == 7)
    }
  }

  @Test func `calls that meet a GOAWAY run once, elsewhere`() async throws {
    let runs = Counter()
    let count = MethodImplementation.unary { request, _ in
      runs.add()
      return request
    }
    try await Served.with(["Count": count]) { served async throws in
      let client = served.client
      for _ in 0..<100 {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<5 { group.addTask { _ = try await client.call("Count") } }
          for connection in served.server.core.openConnections { connection.goAway() }
          try await group.waitForAll()
        }
      }
      #expect(runs.now == 500)
    }
  }

  @Test func `a client finds a restarted server at once`() async throws {
    try await ScratchFolder.with { folder async throws in
      let client = RPCClient(socketPath: folder.socketPath, logger: Served.quiet)
      for number in 0..<20 {
        let server = try await RPCServer.start(
          socketPath: folder.socketPath, services: [testService(["Echo": echo])],
          logger: Served.quiet)
        let request = ByteBuffer(string: "\(number)")
        // Idempotent: the client may not have noticed the end of the one before.
        let answer = try await client.call("Echo", request, isIdempotent: true)
        #expect(answer == request)
        // In turn: a drain, and an end without one.
        if number % 2 == 1 {
          for connection in server.core.openConnections { connection.abort() }
        }
        await server.drain(within: .seconds(5))
      }
      await client.close()
    }
  }

  @Test func `a file that took the socket's place is left alone`() async throws {
    try await Served.with(["Echo": echo]) { served in
      try FileManager.default.removeItem(atPath: served.path)
      try Data("mine".utf8).write(to: URL(fileURLWithPath: served.path))
      await served.server.drain(within: .seconds(5))
      #expect(FileManager.default.contents(atPath: served.path) == Data("mine".utf8))
    }
  }
}
