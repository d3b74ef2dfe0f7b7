import NIOCore
import RPC
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HealthTests {
  private static let (serving, notServing, unknown) = (
    "\u{08}\u{01}", "\u{08}\u{02}", "\u{08}\u{03}"
  )

  /// HealthCheckRequest for a service.
  private static func request(_ service: String) -> ByteBuffer {
    var buffer = ByteBuffer()
    if !service.isEmpty {
      buffer.writeBytes([0x0A, UInt8(service.utf8.count)])
      buffer.writeString(service)
    }
    return buffer
  }

  private func check(_ served: Served, _ service: String) async throws -> String {
    let answer = try await served.client.unary(
      service: "grpc.health.v1.Health", method: "Check", request: Self.request(service),
      isIdempotent: true, options: CallOptions())
    return String(buffer: answer)
  }

  private func watch(_ served: Served, _ service: String)
    -> AsyncThrowingStream<ByteBuffer, any Error>
  {
    served.client.serverStreaming(
      service: "grpc.health.v1.Health", method: "Watch", request: Self.request(service),
      options: CallOptions())
  }

  @Test func `a check tells whether the service serves`() async throws {
    try await Served.with(["Echo": echo]) { served async throws in
      for name in ["", testServiceName] {
        #expect(try await check(served, name) == Self.serving)
      }
      served.server.setServing(false)
      #expect(try await check(served, testServiceName) == Self.notServing)
      served.server.setServing(true)
      #expect(try await check(served, "") == Self.serving)
    }
  }

  @Test func `a check of an unknown service is not found and names those there are`() async throws {
    try await Served.with(["Echo": echo]) { served async throws in
      let error = await failure { try await check(served, "nothing") }
      #expect(error?.code == .notFound)
      #expect(error?.message == "no service \"nothing\" here; there are test.v1.Test")
    }
  }

  @Test func `a watch tells each change and ends with the server`() async throws {
    try await Served.with(["Echo": echo]) { served async throws in
      var states = watch(served, testServiceName).makeAsyncIterator()
      #expect(try await states.next().map { String(buffer: $0) } == Self.serving)
      served.server.setServing(false)
      #expect(try await states.next().map { String(buffer: $0) } == Self.notServing)
      served.server.setServing(true)
      #expect(try await states.next().map { String(buffer: $0) } == Self.serving)
      await served.server.drain(within: .seconds(5))
      #expect(try await states.next().map { String(buffer: $0) } == Self.notServing)
      #expect(try await states.next() == nil)
    }
  }

  @Test func `a watch of an unknown service says so and stays open`() async throws {
    try await Served.with(["Echo": echo]) { served async throws in
      var states = watch(served, "nothing").makeAsyncIterator()
      #expect(try await states.next().map { String(buffer: $0) } == Self.unknown)
      await served.server.drain(within: .seconds(5))
      #expect(try await states.next() == nil)
    }
  }
}
