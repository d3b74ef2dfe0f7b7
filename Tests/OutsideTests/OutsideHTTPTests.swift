import Logging
import NIOCore
import Testing

@testable import Outside

extension OutsideRequest {
  /// A call as the tests make them.
  static func test(
    _ url: String, _ verb: Verb = .post, account: String = "a", method: String = "m",
    rate: Int = 1000, share: Int? = nil, body: String = #"{"a":1}"#,
    timeout: Duration = .seconds(20)
  ) -> OutsideRequest {
    OutsideRequest(
      provider: "p", account: account, method: method, ratePerSecond: rate,
      accountRatePerSecond: share, verb: verb, url: url,
      headers: [("Authorization", "hidden-token")], body: ByteBuffer(string: body),
      timeout: timeout)
  }
}

extension OutsideAnswer {
  var status: Int? { if case .answer(let status, _, _) = self { status } else { nil } }
  var isNotSent: Bool { if case .notSent = self { true } else { false } }
  var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

/// The client against a server that misbehaves.
@Suite struct OutsideHTTPTests {
  /// The short one may not be enough to send the request on a busy machine.
  private static let timeouts = [Duration.milliseconds(150), .seconds(1), .seconds(8)]

  @Test(arguments: [200, 201, 302, 401, 404, 429, 500, 503])
  func `a complete answer of any status is an answer`(_ status: Int) async throws {
    try await ScriptedServer.running { _ in
      .http(status, ["X-Some": "1", "Location": "http://127.0.0.1:1/"], "körper")
    } _: { server, http in
      guard
        case .answer(let got, let headers, let body) = await http.send(
          .test(server.url + "/x?y=1"))
      else {
        Issue.record("no answer")
        return
      }
      #expect(got == status && headers["x-some"] == "1" && String(buffer: body) == "körper")
      #expect(server.heard.map(\.line) == ["POST /x?y=1 HTTP/1.1"])
      #expect(server.heard.first?.body == #"{"a":1}"#)
      #expect(server.heard.first?.headers["authorization"] == "hidden-token")
    }
  }

  @Test func `a refused connection means that nothing was sent`() async throws {
    try await ScriptedServer.running { _ in
      .silence
    } _: { server, http in
      let url = server.url
      try await server.stop()
      #expect(await http.send(.test(url)).isNotSent)
    }
  }

  @Test func `a connection that ends before the answer leaves the outcome unknown`() async throws {
    try await ScriptedServer.running { _ in
      .close
    } _: { server, http in
      #expect(await http.send(.test(server.url)).isUnknown)
      #expect(await http.send(.test(server.url, .get)).isUnknown)
      #expect(server.heard.count == 2)
    }
  }

  @Test func `a POST without a body that was heard is not called unsent`() async throws {
    try await ScriptedServer.running { _ in
      .close
    } _: { server, http in
      #expect(await http.send(.test(server.url, body: "")).isUnknown)
      #expect(server.heard.count == 1)
    }
  }

  @Test(arguments: [0, 1, 100, 200, 300])
  func `what is called unsent never reached the server`(_ bytes: Int) async throws {
    try await ScriptedServer.running(closesAfterBytes: bytes) { _ in
      .close
    } _: { server, http in
      for turn in 0..<60 {
        let mark = "body-\(turn)-"
        let answer = await http.send(
          .test(
            server.url, account: "\(turn)", body: mark + String(repeating: "x", count: 300)))
        #expect(answer.status == nil)
        if answer.isNotSent { #expect(!server.bytes.contains(mark)) }
      }
    }
  }

  @Test(arguments: [
    Reply.silence,
    .raw("HTTP/1.1 200 OK\r\ncontent-le"),
    .raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"),
  ])
  func `an answer that does not come in time leaves the outcome unknown`(_ reply: Reply)
    async throws
  {
    try await ScriptedServer.running { _ in
      reply
    } _: { server, http in
      var answer = OutsideAnswer.notSent("not yet")
      for timeout in Self.timeouts where answer.isNotSent {
        let begin = ContinuousClock.now
        answer = await http.send(.test(server.url, timeout: timeout))
        let took = ContinuousClock.now - begin
        #expect(took >= timeout && took < timeout + .seconds(10))
      }
      #expect(answer.isUnknown)
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    "HTTP/1.1 200 OK\r\ncont",
    "no HTTP at all\r\n\r\n",
  ])
  func `an answer that is cut short leaves the outcome unknown`(_ text: String) async throws {
    try await ScriptedServer.running { _ in
      .rawThenClose(text)
    } _: { server, http in
      #expect(await http.send(.test(server.url)).isUnknown)
    }
  }

  @Test func `an answer that is too large leaves the outcome unknown`() async throws {
    var configuration = OutsideHTTP.Configuration()
    configuration.answerBytesMax = 100
    try await ScriptedServer.running(configuration: configuration) { request in
      .http(200, [:], String(repeating: "x", count: request.path == "/large" ? 101 : 100))
    } _: { server, http in
      #expect(await http.send(.test(server.url + "/large")).isUnknown)
      #expect(await http.send(.test(server.url + "/fits")).status == 200)
    }
  }

  @Test func `a slow server is given up by a caller who is cancelled`() async throws {
    try await ScriptedServer.running { _ in
      .silence
    } _: { server, http in
      let call = Task { await http.send(.test(server.url)) }
      while server.heard.isEmpty { await Task.yield() }
      call.cancel()
      #expect(await call.value.isUnknown)
    }
  }

  @Test func `many calls at once each get their own answer`() async throws {
    try await ScriptedServer.running {
      .http(200, [:], $0.body)
    } _: { server, http in
      let url = server.url
      let answered = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<300 {
          group.addTask {
            guard
              case .answer(_, _, let body) = await http.send(.test(url, body: "number \(number)"))
            else { return false }
            return String(buffer: body) == "number \(number)"
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(answered == 300)
    }
  }

  @Test(arguments: [
    ("https://api-m.paypal.com/v1", true), ("https://x", true), ("http://127.0.0.1:80/x", true),
    ("http://localhost", true), ("http://localhost?x", true), ("http://[::1]:8080/", true),
    ("http://api-m.paypal.com/v1", false), ("http://127.0.0.1.evil.com/", false),
    ("http://localhost:80@evil.com/", false), ("https://localhost@evil.com/", false),
    ("http://localhost\\@evil.com/", false), ("http://10.0.0.1/", false), ("https://", false),
    ("ftp://localhost/", false), ("localhost", false), ("", false), ("HTTP://evil.com", false),
  ])
  func `plain http goes to loopback only`(_ url: String, _ isAllowed: Bool) async throws {
    #expect(OutsideURL.isAllowed(url) == isAllowed)
    if !isAllowed {
      let http = OutsideHTTP(logger: Logger(label: "test"))
      #expect(await http.send(.test(url)).isNotSent)
      try await http.shutdown()
    }
  }

  @Test func `a request cannot be printed`() {
    let request = OutsideRequest.test("https://x/?access_token=hidden-token", body: "hidden-token")
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), "\([request])", dumped] {
      #expect(!text.contains("hidden-token"))
    }
  }
}
