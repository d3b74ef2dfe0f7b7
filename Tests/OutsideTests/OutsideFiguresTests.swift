import Measure
import Synchronization
import Testing

@testable import Outside

/// What is counted of calls to providers.
@Suite struct OutsideFiguresTests {
  @Test func `calls are counted by how they ended, with their times`() async throws {
    let replies = Mutex<[Reply]>([
      .http(200), .http(201), .http(302), .http(404), .http(422), .http(503), .close,
    ])
    try await ScriptedServer.running { _ in
      replies.withLock { $0.removeFirst() }
    } _: { server, http in
      for _ in 0..<7 { _ = await http.send(.test(server.url)) }
      _ = await http.send(.test(server.url, account: "b", method: "held", timeout: .zero))
      let url = server.url
      try await server.stop()
      _ = await http.send(.test(url))
      let figures = http.figures
      #expect(figures.map(\.method) == ["held", "m"])
      let called = try #require(figures.last)
      #expect(called.provider == "p" && called.origin == url)
      #expect(called.calls == 8 && called.inFlight == 0)
      #expect(
        called.ended == [
          .success: 2, .redirect: 1, .refusal: 2, .failure: 1, .unknown: 1, .notSent: 1,
        ])
      #expect(called.latency.count == 8)
      #expect(called.rateLimited == 0 && called.breakerRefused == 0)
    }
  }

  @Test func `what our own limits do is counted`() async throws {
    try await ScriptedServer.running { _ in
      .http(500)
    } _: { server, http in
      for _ in 0..<7 { _ = await http.send(.test(server.url)) }
      let open = try #require(http.figures.first)
      #expect(open.breakerRefused == 2)
      #expect(open.ended == [.failure: 5, .notSent: 2])
      // What was not tried has taken no time.
      #expect(open.latency.count == 5)
      #expect(http.breakerFigures.map(\.state) == ["open"])
      #expect(http.breakerFigures.map(\.account) == ["a"])

      _ = await http.send(.test(server.url, account: "b"))
      #expect(http.breakerFigures.map(\.state) == ["open", "closed"])
      #expect(http.breakerFigures.map(\.failures) == [0, 1])

      let held = OutsideRequest.test(server.url, account: "c", method: "held", rate: 1)
      http.hold(held, for: .milliseconds(400))
      _ = await http.send(held)
      http.hold(held, for: .seconds(60))
      _ = await http.send(held)
      let waited = try #require(http.figures.first)
      #expect(waited.method == "held" && waited.waits == 1 && waited.rateLimited == 1)
      #expect(waited.waited > .zero && waited.waited <= .milliseconds(400))
    }
  }
}
