import Logging
import NIOCore
import Testing

@testable import RPC

/// W3C trace context, and how it travels.
@Suite(.timeLimit(.minutes(1)))
struct TraceTests {
  private static let id = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let parent = "00f067aa0ba902b7"
  private static let valid = "00-\(id)-\(parent)-01"

  @Test(arguments: [
    valid, "00-\(id)-\(parent)-00", "01-\(id)-\(parent)-01", "cc-\(id)-\(parent)-01-what-comes",
    "00-\(id)-\(parent)-ff", "00-00000000000000000000000000000001-0000000000000001-00",
  ])
  func `a valid traceparent is kept`(_ text: String) throws {
    let trace = try #require(TraceContext(traceparent: text))
    #expect(trace.traceID == text.split(separator: "-")[1])
    let again = try #require(TraceContext(traceparent: trace.description))
    #expect(again == trace)
  }

  @Test(arguments: [
    "", "00", "00-1", "00-\(id)-\(parent)", "00-\(id)-\(parent)-1", "00-\(id)-\(parent)-011",
    "00-\(id)-\(parent)-01-more", "01-\(id)-\(parent)-01more", "ff-\(id)-\(parent)-01",
    "0-\(id)-\(parent)-010", "00-\(id.uppercased())-\(parent)-01",
    "00-\(id)-\(parent.uppercased())-01", "00-\(id)-\(parent)-0A",
    "00-00000000000000000000000000000000-\(parent)-01", "00-\(id)-0000000000000000-01",
    "00-\(id.dropLast())g-\(parent)-01", "00_\(id)-\(parent)-01", "00-\(id)-\(parent)_01",
    " \(valid)", "00-\(id.dropLast())é-\(parent)-0",
  ])
  func `an invalid traceparent is none`(_ text: String) {
    #expect(TraceContext(traceparent: text) == nil)
  }

  @Test func `flags that mean nothing here do not travel`() {
    #expect(TraceContext(traceparent: "00-\(Self.id)-\(Self.parent)-fd")?.description == Self.valid)
    #expect(TraceContext(traceparent: "01-\(Self.id)-\(Self.parent)-03")?.description == Self.valid)
  }

  @Test func `an onward call has the same trace and another parent`() throws {
    let trace = try #require(TraceContext(traceparent: Self.valid))
    let onward = trace.onward
    #expect(onward.traceID == Self.id && onward != trace && onward != trace.onward)
    #expect(onward.description.hasPrefix("00-\(Self.id)-") && onward.description.hasSuffix("-01"))
  }

  @Test func `made ids are valid and different`() {
    let made = (0..<1000).map { _ in TraceContext() }
    #expect(Set(made.map(\.traceID)).count == 1000)
    #expect(made.allSatisfy { TraceContext(traceparent: $0.description) == $0 })
  }

  @Test(arguments: Transport.allCases)
  func `a call keeps a valid trace and begins one otherwise`(_ transport: Transport) async throws {
    let show = MethodImplementation.unary { _, context in
      let onward = context.onward().trace
      #expect(onward?.traceID == context.trace.traceID && onward != context.trace)
      return ByteBuffer(string: context.trace.traceID)
    }
    try await transport.with(["Show": show]) { channel async throws in
      func traceID(_ metadata: Metadata) async throws -> String {
        let options = CallOptions(timeout: .seconds(50), metadata: metadata)
        return String(buffer: try await channel.call("Show", options: options))
      }
      #expect(try await traceID(["traceparent": Self.valid]) == Self.id)
      var made: Set<String> = []
      for metadata in [[:], ["traceparent": "00-1"]] as [Metadata] {
        made.insert(try await traceID(metadata))
      }
      // Two cannot both be right.
      made.insert(try await traceID(["traceparent": Self.valid, "Traceparent": Self.valid]))
      #expect(made.count == 3 && !made.contains(Self.id))
      #expect(made.allSatisfy { $0.utf8.count == 32 })
    }
  }

  @Test func `log lines carry the request and the trace`() async throws {
    let lines = Lines()
    let say = MethodImplementation.unary { request, context in
      context.logger.info("said")
      return request
    }
    try await Served.with(["Say": say], logger: lines.logger) { served in
      let options = CallOptions(
        timeout: .seconds(50), metadata: ["traceparent": Self.valid, "x-request-id": "r-9"])
      _ = try await served.client.call("Say", options: options)
    }
    for message in ["info said", "debug call answered"] {
      let line = try #require(lines.all.first { $0.hasPrefix(message) })
      #expect(line.contains(Self.id) && line.contains("r-9"))
    }
  }
}
