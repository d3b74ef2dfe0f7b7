import NIOCore
import Testing

@testable import RPC

/// A stock gRPC client, Python's grpcio, calls a server of ours.
@Suite(.timeLimit(.minutes(2)))
struct ForeignClientTests {
  private static let methods: [String: MethodImplementation] = [
    "Echo": echo,
    "Count": .serverStreaming { request, _, responses in
      for number in 0..<(Int(String(buffer: request)) ?? 0) {
        try await responses.write(ByteBuffer(string: "\(number)"))
      }
    },
    "Fill": .unary { request, _ in
      ByteBuffer(repeating: 7, count: Int(String(buffer: request)) ?? 0)
    },
    "Fail": .unary { request, _ in
      throw RPCError(
        StatusCode(rawValue: Int(String(buffer: request)) ?? 2) ?? .unknown, "größer 100 % — 漢字",
        reason: ErrorReason(code: "OUT_OF_STOCK", metadata: ["sku": "1"]),
        violations: [FieldViolation(field: "price", description: "is 0")])
    },
    "Metadata": .unary { _, context in
      let bytes = context.metadata.binary("raw-bin").map { "\($0)" } ?? "none"
      return ByteBuffer(string: "\(context.metadata["dropwire-actor"] ?? "none") \(bytes)")
    },
    "Left": .unary { _, context in ByteBuffer(string: "\(context.remaining.components.seconds)") },
  ]

  private func run(
    _ scenario: String, _ extra: [String: MethodImplementation] = [:],
    configuration: RPCServer.Configuration = .init()
  ) async throws -> [String: String] {
    let methods = Self.methods.merging(extra) { $1 }
    var found: [String: String] = [:]
    try await Served.with(methods, configuration: configuration) { served in
      found = try await Python.run([scenario, served.path], scratch: served.folder)
    }
    return found
  }

  @Test func `it gets answers, streams and health, and its metadata arrives`() async throws {
    let found = try await run("calls")
    #expect(found["echo"] == "hello" && found["empty"] == "" && found["large"] == "True")
    #expect(found["stream"] == "0,1,2,3,4" && found["long stream"] == "20000")
    #expect(found["metadata"] == "operator:kim [0, 1, 255]")
    #expect(["98", "99", "100"].contains(found["left"]))
    #expect(found["health"] == "0801")
  }

  @Test func `it gets every status with its message and details`() async throws {
    let found = try await run("statuses")
    for code in StatusCode.allCases where code != .ok {
      #expect(found["\(code.rawValue)"] == "\(code) größer 100 % — 漢字")
    }
    let details = found["details"] ?? ""
    var error = RPCError(.unauthenticated, "")
    StatusDetails.decode(try #require(bytes(details)), into: &error)
    #expect(error.reason == ErrorReason(code: "OUT_OF_STOCK", metadata: ["sku": "1"]))
    #expect(error.violations == [FieldViolation(field: "price", description: "is 0")])
    #expect(found["unknown method"] == "UNIMPLEMENTED")
    #expect(found["unknown service"] == "UNIMPLEMENTED")
    #expect(found["large request"] == "RESOURCE_EXHAUSTED")
    #expect(found["large answer"] == "RESOURCE_EXHAUSTED")
    #expect(found["compressed"] == "UNIMPLEMENTED")
    #expect(found["two messages"] == "UNIMPLEMENTED")
    #expect(found["after"] == "still here")
  }

  private func bytes(_ hexadecimal: String) -> [UInt8]? {
    let digits = Array(hexadecimal.utf8)
    guard !digits.isEmpty, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
    }
  }

  @Test func `its deadline ends a call and cancels the method`() async throws {
    let (started, cancelled) = (Event(), Event())
    let methods = ["Endless": endless(started: started, cancelled: cancelled)]
    let found = try await run("deadline", methods)
    #expect(found["code"] == "DEADLINE_EXCEEDED")
    #expect(started.hasFired)
    await cancelled.wait()
  }

  @Test func `a call without a deadline gets the server's`() async throws {
    var configuration = RPCServer.Configuration()
    configuration.timeout = .milliseconds(100)
    let cancelled = Event()
    let found = try await run(
      "default_deadline", ["Endless": endless(cancelled: cancelled)], configuration: configuration)
    #expect(found["code"] == "DEADLINE_EXCEEDED")
    #expect(found["message"]?.contains("Endless did not end in the time") == true)
    await cancelled.wait()
  }

  @Test func `its cancellation is seen by the method`() async throws {
    let (started, cancelled) = (Event(), Event())
    let methods: [String: MethodImplementation] = [
      "Endless": endless(started: started, cancelled: cancelled),
      "Started": .unary { request, _ in
        await started.wait()
        return request
      },
      "Cancelled": .unary { request, _ in
        await cancelled.wait()
        return request
      },
    ]
    let found = try await run("cancellation", methods)
    #expect(found["call"] == "CANCELLED" && found["seen"] == "OK")
  }

  @Test func `a thousand calls at once are all answered`() async throws {
    let running = Counter()
    let count = MethodImplementation.unary { request, _ in
      running.add()
      await Task.yield()
      running.add(-1)
      return request
    }
    let found = try await run("many", ["Echo": count])
    #expect(found["right"] == "1000")
    #expect(running.peak <= Int(HTTP2Limits.streamsMax))
  }
}
