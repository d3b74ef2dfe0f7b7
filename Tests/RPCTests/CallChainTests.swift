import NIOCore
import Testing

@testable import RPC

/// Three servers in a row, each of which asks the next one with what is left of its caller's time.
private struct CallChain {
  let client: RPCClient
  /// From the caller's side on.
  let servers: [RPCServer]

  static func with(
    _ leaf: MethodImplementation, leafTimeout: Duration? = nil,
    _ body: (CallChain) async throws -> Void
  ) async throws {
    try await ScratchFolder.with { folder async throws in
      var servers: [RPCServer] = []
      var clients: [RPCClient] = []
      var ask = leaf
      for number in 0..<3 {
        let path = "\(folder.path)/s\(number)"
        servers.insert(
          try await RPCServer.start(
            socketPath: path, services: [testService(["Ask": ask, "Echo": echo])],
            logger: Served.quiet), at: 0)
        let next = RPCClient(socketPath: path, logger: Served.quiet)
        clients.append(next)
        let timeout = number == 0 ? leafTimeout : nil
        ask = .unary { request, context in
          try await next.call("Ask", request, options: context.onward(timeout: timeout))
        }
        // So that the first call's time is not spent on connections.
        _ = try await next.call("Echo")
      }
      try await body(CallChain(client: clients[2], servers: servers))
      for client in clients { await client.close() }
      for server in servers { await server.drain(within: .seconds(2)) }
    }
  }

  /// Returns when no server has a call left.
  func waitUntilIdle() async {
    for server in servers { while server.core.callsRunning > 0 { await Task.yield() } }
    for connection in servers.flatMap({ $0.core.openConnections }) {
      while (try? await connection.eventLoop.submit { connection.calls.isEmpty }.get()) == false {
        await Task.yield()
      }
    }
  }
}

@Suite(.timeLimit(.minutes(1)))
struct CallChainTests {
  @Test func `a stuck leaf costs the caller his time and no more, and is cancelled`() async throws {
    let budget = Duration.milliseconds(200)
    let (begun, cancelled) = (Counter(), Counter())
    let stuck = MethodImplementation.unary { request, _ in
      begun.add()
      defer { cancelled.add() }
      try await Task.sleep(for: .seconds(600))
      return request
    }
    try await CallChain.with(stuck) { chain in
      var times: [Duration] = []
      for _ in 0..<5 {
        let begin = ContinuousClock.now
        let error = await failure {
          try await chain.client.call("Ask", options: CallOptions(timeout: budget))
        }
        times.append(begin.duration(to: .now))
        #expect(error?.code == .deadlineExceeded)
        await chain.waitUntilIdle()
      }
      print("a budget of \(budget) with a stuck leaf: \(times)")
      #expect(times.allSatisfy { $0 >= budget - .milliseconds(10) })
      // Whether a call came as far as the leaf in its time is the machine's affair; the leaf would
      // hold it for ten minutes.
      #expect(times.allSatisfy { $0 < budget + .seconds(5) })
      #expect(begun.now > 0 && cancelled.now == begun.now)
    }
  }

  @Test func `a caller who gives up ends the whole chain`() async throws {
    let (started, cancelled) = (Event(), Event())
    try await CallChain.with(endless(started: started, cancelled: cancelled)) { chain in
      let client = chain.client
      let call = Task { try await client.call("Ask") }
      await started.wait()
      call.cancel()
      #expect(await failure { try await call.value }?.code == .cancelled)
      await cancelled.wait()
      await chain.waitUntilIdle()
    }
  }

  @Test func `a leaf that was given less time is named as the one that was late`() async throws {
    let (started, cancelled) = (Event(), Event())
    let leaf = endless(started: started, cancelled: cancelled)
    try await CallChain.with(leaf, leafTimeout: .milliseconds(100)) { chain in
      // On a busy machine the leaf's time may be over before it begins.
      repeat {
        let begin = ContinuousClock.now
        let error = await failure { try await chain.client.call("Ask") }
        #expect(error?.code == .deadlineExceeded)
        // Up to five digits of a second: not the caller's own.
        #expect(error?.message.contains("may or may not have happened") == true)
        #expect(begin.duration(to: .now) < .seconds(15), "the caller gave half a minute")
      } while !started.hasFired
      await cancelled.wait()
      await chain.waitUntilIdle()
    }
  }

  @Test func `a leaf that is gone is unavailable to the caller too`() async throws {
    try await CallChain.with(echo) { chain async throws in
      #expect(try await chain.client.text("Ask", "x") == "x")
      await chain.servers[2].drain(within: .seconds(1))
      let error = await failure { try await chain.client.call("Ask") }
      #expect(error?.code == .unavailable && error?.reason?.code == "NOT_LISTENING")
    }
  }
}
