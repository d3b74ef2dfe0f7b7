import Logging
import NIOCore
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct StatusTests {
  private static let messages = [
    "plain", "", "100 % of %41", "größer — 漢字 🎁", " outer spaces ", "two\nlines\tand a tab",
    "\u{0}",
  ]

  @Test(arguments: Transport.allCases, StatusCode.allCases.filter { $0 != .ok })
  func `every status comes through with its message`(_ transport: Transport, _ code: StatusCode)
    async throws
  {
    let fail = MethodImplementation.unary { request, _ in
      throw RPCError(code, String(buffer: request))
    }
    try await transport.with(["Fail": fail]) { channel async throws in
      for message in Self.messages {
        let error = await failure { try await channel.text("Fail", message) }
        #expect(error == RPCError(code, message))
      }
    }
  }

  @Test func `the status OK is an answer`() {
    #expect(GRPCStatus.error(GRPCStatus.ok) == nil)
    #expect(StatusCode.allCases.count == 17)
  }

  @Test(arguments: Transport.allCases)
  func `the reason and the fields of an error come through`(_ transport: Transport) async throws {
    let refusal = RPCError(
      .invalidArgument, "two fields are wrong",
      reason: ErrorReason(
        code: "OUT_OF_STOCK", domain: "test", metadata: ["sku": "1–2", "wanted": "3"]),
      violations: [
        FieldViolation(field: "ship_to.city", description: "is empty; give a city"),
        FieldViolation(field: "price", description: "is \"ü\""),
      ])
    let fail = MethodImplementation.unary { _, _ in throw refusal }
    let stream = MethodImplementation.serverStreaming { _, _, responses in
      try await responses.write(ByteBuffer())
      throw refusal
    }
    try await transport.with(["Fail": fail, "Stream": stream]) { channel async throws in
      #expect(await failure { try await channel.call("Fail") } == refusal)
      let streamed = await failure { for try await _ in channel.stream("Stream") {} }
      #expect(streamed == refusal)
    }
  }

  @Test func `an error too large for a header block is cut, not lost`() async throws {
    let violations = (0..<1000).map {
      FieldViolation(field: "field_\($0)", description: String(repeating: "ü", count: 50))
    }
    let fitting = String(repeating: "z", count: 900)
    let huge = RPCError(
      .invalidArgument, "x" + String(repeating: "ü", count: 5000),
      reason: ErrorReason(
        code: "HUGE", metadata: ["a": fitting, "b": String(repeating: "y", count: 9000)]),
      violations: violations)
    let fail = MethodImplementation.unary { _, _ in throw huge }
    try await Served.with(["Fail": fail]) { served async throws in
      let error = await failure { try await served.client.call("Fail") }
      #expect(error?.code == .invalidArgument)
      // 1 + 511 * 2 bytes are the most below the limit without half a character.
      #expect(error?.message == "x" + String(repeating: "ü", count: 511))
      #expect(error?.reason == ErrorReason(code: "HUGE", metadata: ["a": fitting]))
      let fields = error?.violations ?? []
      #expect(fields.count > 5 && fields == Array(violations.prefix(fields.count)))
    }
    let size = GRPCStatus.trailers(huge).reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    #expect((7000..<8000).contains(size), "stock clients take 8 KiB, and 32 bytes for each header")
  }

  private struct Secret: Error {
    let password = "hunter2"
  }

  @Test(arguments: Transport.allCases)
  func `any other error is internal, and only the log has its details`(_ transport: Transport)
    async throws
  {
    let log = Lines()
    let fail = MethodImplementation.unary { _, _ in throw Secret() }
    try await transport.with(["Fail": fail], logger: log.logger) { channel async throws in
      let options = CallOptions(metadata: ["x-request-id": "r-7"])
      let error = await failure { try await channel.call("Fail", options: options) }
      #expect(error?.code == .internalError)
      #expect(error?.message == "the service failed; its log has the details under request r-7")
      let line = log.all.first { $0.contains("hunter2") }
      #expect(line?.contains("r-7") == true && line?.contains("error") == true)
    }
  }
}
