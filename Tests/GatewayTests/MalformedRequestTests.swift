import Contract
import Foundation
import Runtime
import Support
import Testing

@testable import Gateway

/// What is no request, over raw sockets.
@Suite(.serialized) struct MalformedRequestTests {
  private static let longHeader = "X-Long: \(String(repeating: "a", count: 20_000))\r\n"
  private static let manyHeaders = (0..<100).map { "X-\($0): a\r\n" }.joined()

  private func answer(_ url: String, _ text: String, endsSaying: Bool = false) throws -> String {
    let connection = try RawConnection(to: url)
    try connection.say(text)
    if endsSaying { connection.endSaying() }
    return try connection.hear()
  }

  private func expectProblem(
    _ answer: String, _ status: Int, _ reason: String,
    at place: SourceLocation = #_sourceLocation
  ) {
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)", sourceLocation: place)
    #expect(answer.contains(#""reason":"\#(reason)""#), "\(answer)", sourceLocation: place)
    let lower = answer.lowercased()
    for header in [
      "content-type: application/problem+json\r\n", "connection: close\r\n",
      "x-content-type-options: nosniff\r\n", "x-request-id: ",
    ] {
      #expect(lower.contains(header), "\(header) \(answer)", sourceLocation: place)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `what is no request is answered by a problem and the end`() async throws {
    try await GatewayUnderTest.with(services: [.orders]) { gateway in
      for headers in [Self.longHeader, Self.manyHeaders] {
        let text = "GET /api/health HTTP/1.1\r\nHost: a\r\n\(headers)\r\n"
        expectProblem(try answer(gateway.url, text), 431, "HEADERS_TOO_LARGE")
      }
      let path = String(repeating: "a", count: 20_000)
      expectProblem(
        try answer(gateway.url, "GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n"), 431,
        "HEADERS_TOO_LARGE")
      for text in [
        "nonsense\r\n\r\n", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", "GET\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      ] {
        let answer = try answer(gateway.url, text)
        #expect(!answer.contains("HTTP/1.1 200"), "\(text): \(answer)")
        expectProblem(answer, 400, "MALFORMED")
      }
      #expect(!gateway.program.log.contains(#""level":"error""#), "\(gateway.program.log)")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a request before it is answered first, and as a whole`() async throws {
    try await GatewayUnderTest.with(services: [.orders]) { gateway in
      let good = "GET /api/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
      let text = try answer(gateway.url, good + "nonsense\r\n\r\n")
      #expect(text.hasPrefix("HTTP/1.1 200 "))
      #expect(text.ranges(of: "HTTP/1.1 ").count == 2)
      let second = try #require(text.range(of: "HTTP/1.1 400 ")).lowerBound
      #expect(text[..<second].hasSuffix("}"))
      expectProblem(String(text[second...]), 400, "MALFORMED")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a body that is cut short, or not in chunks as it says, does nothing`() async throws {
    try await GatewayUnderTest.with { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.checkout("kept")
      let token = try await GatewayUnderTest.token(.reseller(42))
      let head =
        "POST /api/orders/kept/cancel HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
        + "Content-Type: application/json\r\n"
      for text in [
        "\(head)Content-Length: 40\r\n\r\n{}",
        "\(head)Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "\(head)Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n",
      ] {
        let answer = try answer(gateway.url, text, endsSaying: true)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        #expect(answer.isEmpty || answer.contains("MALFORMED"), "\(answer)")
      }
      #expect(try await shop.order("kept").state == .awaitingPayment)
      #expect(!gateway.program.log.contains(#""level":"error""#), "\(gateway.program.log)")
      // The same, whole, is done.
      let whole = try answer(
        gateway.url, "\(head)Connection: close\r\nContent-Length: 2\r\n\r\n{}")
      #expect(whole.hasPrefix("HTTP/1.1 200 "), "\(whole)")
    }
  }
}
