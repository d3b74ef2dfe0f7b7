import NIOCore
import RPC
import Testing

/// Methods that take a stream of requests and give a stream of answers, called by grpcio.
@Suite(.timeLimit(.minutes(2)))
struct ExchangeTests {
  private static let echoAll = MethodImplementation.bidirectional { requests, _, responses in
    while let request = try await requests.next() { try await responses.write(request) }
  }

  @Test func `requests are answered as they come, and the end ends the method`() async throws {
    let released = Counter()
    let methods: [String: MethodImplementation] = [
      "Echo": .bidirectional { requests, _, responses in
        defer { released.add() }
        while let request = try await requests.next() { try await responses.write(request) }
      },
      "Deaf": .bidirectional { _, _, _ in
        defer { released.add() }
        try await Task.sleep(for: .seconds(600))
      },
      "Fail": .bidirectional { _, _, _ in throw RPCError(.aborted, "no") },
    ]
    try await Served.with(methods) { served in
      let found = try await Foreign.scenario(["exchange", served.path])
      #expect(found["echoed"] == "True" && found["without requests"] == "[]")
      #expect(found["flood"] == "RESOURCE_EXHAUSTED")
      #expect(found["failing"] == "ABORTED")
      #expect(found["answer before the end"] == "first" && found["cancelled"] == "CANCELLED")
      #expect(found["late"] == "DEADLINE_EXCEEDED")
    }
    while released.now < 5 { await Task.yield() }
  }

  @Test func `a drain ends the requests, and the method ends as it likes`() async throws {
    let (opened, warnings) = (Event(), Lines())
    let methods: [String: MethodImplementation] = [
      "Echo": Self.echoAll,
      "Opened": .unary { request, _ in
        opened.fire()
        return request
      },
    ]
    try await Served.with(methods, logger: warnings.logger) { served in
      async let found = Foreign.scenario(["open_exchange", served.path])
      await opened.wait()
      await served.server.drain(within: .seconds(20))
      let code = try await found["code"]
      #expect(code == "OK")
      #expect(!warnings.all.contains { $0.contains("cancelled at the end of the drain") })
    }
  }
}
