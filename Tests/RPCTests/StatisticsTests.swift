import Measure
import NIOCore
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct StatisticsTests {
  /// Fails with the code whose number is asked for; 0 answers.
  private static let coded = MethodImplementation.unary { request, _ in
    let code = StatusCode(rawValue: Int(String(buffer: request)) ?? -1) ?? .unknown
    if code == .ok { return request }
    throw RPCError(code, "asked for")
  }

  @Test func `both ends count calls by their status, with bytes and times`() async throws {
    try await Served.with(["Coded": Self.coded]) { served in
      for code in [0, 0, 0, 3, 5, 5, 16] {
        _ = try? await served.client.call("Coded", ByteBuffer(string: "\(code)"))
      }
      let expected: [StatusCode: Int] = [
        .ok: 3, .invalidArgument: 1, .notFound: 2, .unauthenticated: 1,
      ]
      let server = try #require(served.method("Coded"))
      let client = try #require(served.client.figures.first)
      for figures in [server, client] {
        #expect(figures.service == testServiceName && figures.method == "Coded")
        #expect(figures.calls == 7)
        #expect(figures.ended == expected)
        #expect(figures.inFlight == 0)
        #expect(figures.repeats == 0)
        #expect(figures.latency.count == 7)
        #expect(figures.latency.maxNanoseconds > 0)
      }
      // Six requests of a digit and one of two; three answers of a digit; prefixes of five bytes.
      #expect(server.bytesReceived == 6 * 6 + 7 && client.bytesSent == 6 * 6 + 7)
      #expect(server.bytesSent == 3 * 6 && client.bytesReceived == 3 * 6)
    }
  }

  @Test func `a call under way is in flight until it ends, and a cancelled one is counted once`()
    async throws
  {
    let (started, cancelled) = (Event(), Event())
    try await Served.with(["Endless": endless(started: started, cancelled: cancelled)]) { served in
      let call = Task { try await served.client.call("Endless") }
      await started.wait()
      #expect(served.method("Endless")?.inFlight == 1)
      #expect(served.client.figures.first?.inFlight == 1)
      #expect(served.method("Endless")?.latency.count == 0)
      call.cancel()
      _ = await call.result
      await cancelled.wait()
      try await served.expectIdle()
      #expect(served.method("Endless")?.ended == [.cancelled: 1])
      #expect(served.client.figures.first?.ended == [.cancelled: 1])
      #expect(served.server.figures.callsAbandoned == 1)
    }
  }

  @Test func `a call that its deadline ended is counted once by either end`() async throws {
    let started = Event()
    try await Served.with(["Endless": endless(started: started)]) { served in
      for timeout in growingTimeouts where !started.hasFired {
        let options = CallOptions(timeout: timeout)
        _ = await failure { try await served.client.call("Endless", options: options) }
      }
      try await served.expectIdle()
      let server = try #require(served.method("Endless"))
      // Whose clock was first is open: the server's status, or the client's reset of the stream.
      #expect(server.ended.values.reduce(0, +) == server.calls)
      #expect(Set(server.ended.keys).isSubset(of: [.deadlineExceeded, .cancelled]))
      let figures = served.server.figures
      #expect(figures.callsExpired == server.ended[.deadlineExceeded] ?? 0)
      #expect(figures.callsAbandoned == server.ended[.cancelled] ?? 0)
      let client = try #require(served.client.figures.first)
      #expect(client.ended == [.deadlineExceeded: client.calls])
    }
  }

  @Test func `a connection that ends takes its calls out of flight once`() async throws {
    let started = Counter()
    let wait = MethodImplementation.unary { request, _ in
      started.add()
      try await Task.sleep(for: .seconds(600))
      return request
    }
    try await Served.with(["Wait": wait]) { served in
      let socket = try RawSocket(served.path)
      socket.send(RawRequest.opening)
      for stream in [1, 3, 5] as [UInt8] {
        socket.send(RawRequest.call("/\(testServiceName)/Wait", stream: stream))
      }
      try await until { started.now == 3 }
      #expect(served.method("Wait")?.inFlight == 3)
      #expect(served.server.figures.connectionsOpen == 1)
      socket.end()
      try await served.expectIdle()
      #expect(served.method("Wait")?.ended == [.cancelled: 3])
      #expect(served.server.figures.callsAbandoned == 3)
      #expect(served.server.figures.connectionsOpen == 0)
      #expect(served.server.figures.connectionsAccepted == 1)
    }
  }

  @Test func `streams count their messages' bytes and end once`() async throws {
    let count = MethodImplementation.serverStreaming { request, _, responses in
      for _ in 0..<(Int(String(buffer: request)) ?? 0) {
        try await responses.write(ByteBuffer(string: "12345"))
      }
      if request.readableBytes > 1 { throw RPCError(.dataLoss, "asked for") }
    }
    try await Served.with(["Count": count]) { served in
      for asked in ["3", "02"] {
        do { for try await _ in served.client.stream("Count", asked) {} } catch {}
      }
      let server = try #require(served.method("Count"))
      let client = try #require(served.client.figures.first)
      for figures in [server, client] {
        #expect(figures.calls == 2)
        #expect(figures.ended == [.ok: 1, .dataLoss: 1])
      }
      #expect(server.bytesSent == 50 && client.bytesReceived == 50)
      #expect(server.bytesReceived == 13 && client.bytesSent == 13)
    }
  }

  @Test func `refused calls are counted by their cause`() async throws {
    let (started, over) = (Event(), Event())
    let wait = MethodImplementation.unary { request, _ in
      started.fire()
      await over.wait()
      return request
    }
    var configuration = RPCServer.Configuration()
    configuration.callsInFlightMax = 1
    try await Served.with(["Wait": wait], configuration: configuration) { served in
      async let first = served.client.call("Wait")
      await started.wait()
      #expect(served.server.figures.callsRunning == 1)
      _ = await failure { try await served.client.call("Wait") }
      _ = await failure { try await served.client.call("Nothing") }
      over.fire()
      _ = try await first
      let figures = served.server.figures
      #expect(figures.callsOverloaded == 1 && figures.callsMalformed == 1)
      #expect(figures.callsRunning == 0)
      #expect(served.method("Wait")?.ended == [.ok: 1, .resourceExhausted: 1])
      #expect(served.method("Nothing") == nil)
    }
  }

  @Test func `a client with nobody to call counts its calls as unavailable`() async throws {
    try await ScratchFolder.with { folder in
      let client = RPCClient(socketPath: folder.socketPath, logger: Served.quiet)
      _ = await failure { try await client.call("Echo") }
      _ = await failure { for try await _ in client.stream("Tell") {} }
      #expect(client.figures.map(\.method) == ["Echo", "Tell"])
      #expect(client.figures.map(\.ended) == [[.unavailable: 1], [.unavailable: 1]])
      #expect(client.figures.map(\.bytesSent) == [0, 0])
    }
  }

  @Test func `a client tells apart a bounded number of methods`() {
    let called = CalledMethods()
    let first = called.method("a.A", "M1")
    #expect(called.method("a.A", "M1") === first)
    #expect(called.method("b.A", "M1") !== first)
    for number in 1...1000 { called.method("a.A", "M\(number)").began() }
    let figures = called.figures
    #expect(figures.count == CalledMethods.methodsMax)
    #expect(figures.map(\.calls).reduce(0, +) == 1000)
    #expect(figures.first { $0.service == "other" }?.calls == 1000 - 254)
  }
}

/// Returns when a condition holds, within the time limit of the suite.
private func until(_ condition: () -> Bool) async throws {
  while !condition() { try await Task.sleep(for: .milliseconds(1)) }
}

extension Served {
  /// What the server counted of a method; nil when there is none of that name.
  fileprivate func method(_ name: String) -> MethodFigures? {
    server.figures.methods.first { $0.service == testServiceName && $0.method == name }
  }

  /// Waits until no call is open and no method runs.
  fileprivate func expectIdle() async throws {
    try await until {
      let figures = server.figures
      return figures.callsRunning == 0 && figures.methods.allSatisfy { $0.inFlight == 0 }
    }
  }
}
