import NIOCore
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct DeadlineTests {
  @Test(arguments: Transport.allCases)
  func `the caller's deadline ends the call and cancels the method`(_ transport: Transport)
    async throws
  {
    let (started, cancelled) = (Event(), Event())
    let methods = ["Endless": endless(started: started, cancelled: cancelled)]
    try await transport.with(methods) { channel in
      for timeout in growingTimeouts where !started.hasFired {
        let options = CallOptions(timeout: timeout)
        let error = await failure { try await channel.call("Endless", options: options) }
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.message.contains("may or may not have happened") == true)
      }
      await cancelled.wait()
    }
  }

  @Test(arguments: Transport.allCases)
  func `the caller's deadline ends a stream and its method`(_ transport: Transport) async throws {
    let cancelled = Event()
    let trickle = MethodImplementation.serverStreaming { _, _, responses in
      try await responses.write(ByteBuffer(string: "one"))
      do {
        try await Task.sleep(for: .seconds(600))
      } catch {
        cancelled.fire()
      }
    }
    try await transport.with(["Trickle": trickle]) { channel async throws in
      var messages = 0
      for timeout in growingTimeouts where messages == 0 {
        let error = await failure {
          let options = CallOptions(timeout: timeout)
          for try await _ in channel.stream("Trickle", options: options) { messages += 1 }
        }
        #expect(error?.code == .deadlineExceeded)
      }
      #expect(messages == 1)
      await cancelled.wait()
    }
  }

  @Test(arguments: Transport.allCases)
  func `a method knows the time that is left, and passes on no more`(_ transport: Transport)
    async throws
  {
    let left = MethodImplementation.unary { _, context in
      #expect(context.remaining <= .seconds(40) && context.remaining > .zero)
      let onward = context.onward(timeout: .seconds(60))
      #expect(onward.timeout.map { $0 <= .seconds(40) } == true)
      #expect(context.onward(timeout: .seconds(1)).timeout == .seconds(1))
      #expect(onward.metadata["x-request-id"] == "r-1")
      #expect(onward.trace?.traceID == context.trace.traceID)
      #expect(onward.metadata["dropwire-actor"] == nil)
      return ByteBuffer()
    }
    try await transport.with(["Left": left]) { channel in
      let metadata: Metadata = [
        "x-request-id": "r-1", "traceparent": "00-1", "dropwire-actor": "system",
      ]
      let options = CallOptions(timeout: .seconds(40), metadata: metadata)
      _ = try await channel.call("Left", options: options)
    }
  }

  @Test(arguments: Transport.allCases)
  func `a deadline in the past ends the call at once`(_ transport: Transport) async throws {
    try await transport.with(["Endless": endless()]) { channel async throws in
      for timeout in [Duration.zero, .seconds(-5)] {
        let options = CallOptions(timeout: timeout)
        let error = await failure { try await channel.call("Endless", options: options) }
        #expect(error?.code == .deadlineExceeded)
      }
    }
  }

  @Test(arguments: Transport.allCases)
  func `a method that does not heed its cancellation holds nobody up`(_ transport: Transport)
    async throws
  {
    let release = Event()
    let deaf = MethodImplementation.unary { request, _ in
      await Task { await release.wait() }.value
      return request
    }
    try await transport.with(["Deaf": deaf]) { channel async throws in
      let options = CallOptions(timeout: .milliseconds(30))
      let error = await failure { try await channel.call("Deaf", options: options) }
      #expect(error?.code == .deadlineExceeded)
      release.fire()
    }
  }

  @Test(arguments: Transport.allCases)
  func `a cancelled caller cancels the method`(_ transport: Transport) async throws {
    let (started, cancelled) = (Event(), Event())
    let methods = ["Endless": endless(started: started, cancelled: cancelled)]
    try await transport.with(methods) { channel in
      let call = Task { try await channel.call("Endless") }
      await started.wait()
      call.cancel()
      #expect(await failure { try await call.value }?.code == .cancelled)
      await cancelled.wait()
    }
  }

  @Test(arguments: Transport.allCases)
  func `a caller that was cancelled before its call gets no answer`(_ transport: Transport)
    async throws
  {
    try await transport.with(["Endless": endless()]) { channel async throws in
      let begin = Event()
      let call = Task {
        await begin.wait()
        return try await channel.call("Endless")
      }
      call.cancel()
      begin.fire()
      #expect(await failure { try await call.value }?.code == .cancelled)
    }
  }

  @Test(arguments: Transport.allCases)
  func `a stream that is dropped cancels its method`(_ transport: Transport) async throws {
    let cancelled = Event()
    let flood = MethodImplementation.serverStreaming { _, _, responses in
      do {
        while true { try await responses.write(ByteBuffer(repeating: 1, count: 1000)) }
      } catch {
        #expect((error as? RPCError)?.code == .cancelled)
        cancelled.fire()
      }
    }
    try await transport.with(["Flood": flood]) { channel in
      for try await _ in channel.stream("Flood") { break }
      await cancelled.wait()
    }
  }

  @Test(arguments: Transport.allCases)
  func `a slow reader holds the writer back`(_ transport: Transport) async throws {
    let (pieces, pieceBytes, leadMax) = (100, 64 * 1024, 10)
    let written = Counter()
    let flood = MethodImplementation.serverStreaming { _, _, responses in
      for _ in 0..<pieces {
        try await responses.write(ByteBuffer(repeating: 1, count: pieceBytes))
        written.add()
      }
    }
    try await transport.with(["Flood": flood, "Echo": echo]) { channel in
      var read = 0
      for try await piece in channel.stream("Flood") {
        #expect(piece.readableBytes == pieceBytes)
        read += 1
        // Calls on the same connection give the writer every chance to run ahead.
        for _ in 0..<20 { _ = try await channel.call("Echo") }
        #expect(written.now - read <= leadMax)
      }
      #expect(read == pieces)
    }
  }
}
