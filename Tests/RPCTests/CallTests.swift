import Logging
import NIOCore
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct CallTests {
  @Test(arguments: Transport.allCases)
  func `a unary call is answered`(_ transport: Transport) async throws {
    try await transport.with(["Echo": echo]) { channel async throws in
      #expect(try await channel.text("Echo", "hello") == "hello")
      #expect(try await channel.text("Echo", "") == "")
    }
  }

  @Test(arguments: Transport.allCases)
  func `a streamed answer comes in order and ends`(_ transport: Transport) async throws {
    let count = MethodImplementation.serverStreaming { request, _, responses in
      for number in 0..<(Int(String(buffer: request)) ?? 0) {
        try await responses.write(ByteBuffer(string: "\(number)"))
      }
    }
    try await transport.with(["Count": count]) { channel async throws in
      for expected in [0, 1, 2000] {
        var numbers: [String] = []
        for try await message in channel.stream("Count", "\(expected)") {
          numbers.append(String(buffer: message))
        }
        #expect(numbers == (0..<expected).map(String.init))
      }
    }
  }

  @Test(arguments: Transport.allCases)
  func `a stream that fails gives its messages and then the error`(_ transport: Transport)
    async throws
  {
    let broken = MethodImplementation.serverStreaming { _, _, responses in
      try await responses.write(ByteBuffer(string: "one"))
      throw RPCError(.dataLoss, "the second is gone")
    }
    try await transport.with(["Broken": broken]) { channel async throws in
      var messages = 0
      let error = await failure {
        for try await _ in channel.stream("Broken") { messages += 1 }
      }
      #expect(messages == 1)
      #expect(error == RPCError(.dataLoss, "the second is gone"))
    }
  }

  @Test(arguments: Transport.allCases)
  func `an unknown service or method is unimplemented and named`(_ transport: Transport)
    async throws
  {
    try await transport.with(["Echo": echo]) { channel async throws in
      let method = await failure { try await channel.call("Ecco") }
      #expect(method == RPCError(.unimplemented, "test.v1.Test has no method Ecco"))
      let service = await failure {
        try await channel.unary(
          service: "test.v1.Nothing", method: "Echo", request: ByteBuffer(), isIdempotent: true,
          options: CallOptions())
      }
      #expect(service?.code == .unimplemented)
      #expect(service?.message.contains("no service test.v1.Nothing here") == true)
      let stream = await failure { for try await _ in channel.stream("Ecco") {} }
      #expect(stream?.code == .unimplemented)
    }
  }

  @Test(arguments: Transport.allCases)
  func `metadata arrives with several values of a name and with bytes`(_ transport: Transport)
    async throws
  {
    let bytes = (0...255).map { UInt8($0) }
    let show = MethodImplementation.unary { _, context in
      #expect(context.metadata["dropwire-actor"] == "operator:kim")
      #expect(context.metadata.all("many") == ["one", "two", ""])
      #expect(context.metadata.binary("raw-bin") == bytes)
      #expect(context.metadata["absent"] == nil)
      return ByteBuffer(string: context.requestID)
    }
    try await transport.with(["Show": show]) { channel async throws in
      var options = CallOptions(timeout: .seconds(50))
      options.metadata = ["Dropwire-Actor": "operator:kim", "x-request-id": "r-1"]
      for value in ["one", "two", ""] { options.metadata.add("many", value) }
      options.metadata.addBinary("raw-bin", bytes)
      #expect(String(buffer: try await channel.call("Show", options: options)) == "r-1")
    }
  }

  @Test(arguments: Transport.allCases)
  func `a call without a request id, or with one unfit to travel, gets one`(_ transport: Transport)
    async throws
  {
    let show = MethodImplementation.unary { _, context in ByteBuffer(string: context.requestID) }
    try await transport.with(["Show": show]) { channel async throws in
      #expect(try await channel.text("Show").utf8.count == 16)
      let long = CallOptions(metadata: ["x-request-id": String(repeating: "x", count: 129)])
      #expect(try await channel.call("Show", options: long).readableBytes == 16)
    }
  }

  @Test(
    arguments: Transport.allCases,
    [("grpc-timeout", "1S"), (":path", "/x"), ("a b", "c"), ("", "c"), ("a", "ü"), ("a", " b")])
  func `metadata that cannot travel is refused before it is sent`(
    _ transport: Transport, _ entry: (String, String)
  ) async throws {
    try await transport.with(["Echo": echo]) { channel async throws in
      var options = CallOptions()
      options.metadata.add(entry.0, entry.1)
      let error = await failure { try await channel.call("Echo", options: options) }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test(arguments: Transport.allCases)
  func `an answer of the largest size comes through, one byte more does not`(
    _ transport: Transport
  ) async throws {
    let limit = GRPCFraming.messageBytesMax
    let fill = MethodImplementation.unary { request, _ in
      ByteBuffer(repeating: 7, count: Int(String(buffer: request)) ?? 0)
    }
    try await transport.with(["Fill": fill, "Echo": echo]) { channel in
      let whole = try await channel.call("Fill", ByteBuffer(string: "\(limit)"))
      #expect(whole == ByteBuffer(repeating: 7, count: limit))
      let answer = await failure {
        try await channel.call("Fill", ByteBuffer(string: "\(limit + 1)"))
      }
      #expect(answer?.code == .resourceExhausted)
      #expect(answer?.message.contains("\(limit)") == true)
      let request = await failure {
        try await channel.call("Echo", ByteBuffer(repeating: 7, count: limit + 1))
      }
      #expect(request?.code == .resourceExhausted)
      #expect(try await channel.text("Echo", "still here") == "still here")
    }
  }

  @Test(arguments: Transport.allCases)
  func `large messages of several calls cross the flow control's windows`(_ transport: Transport)
    async throws
  {
    try await transport.with(["Echo": echo]) { channel in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...3 {
          group.addTask {
            let block = ByteBuffer(bytes: (0..<65_536).map { UInt8(($0 * number) & 0xFF) })
            var message = ByteBuffer()
            for _ in 0..<64 { message.writeImmutableBuffer(block) }
            let answer = try await channel.call("Echo", message)
            #expect(answer == message)
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `ten thousand calls go over one connection`() async throws {
    try await Served.with(["Echo": echo]) { served in
      let first = try await served.client.connector.connection()
      for number in 0..<10_000 {
        let answer = try await served.client.call("Echo", ByteBuffer(integer: number))
        #expect(answer == ByteBuffer(integer: number))
      }
      #expect(try await served.client.connector.connection() === first)
    }
  }

  @Test func `calls above the peer's streams wait instead of failing`() async throws {
    let running = Counter()
    let isFull = Event()
    let hold = MethodImplementation.unary { request, _ in
      if running.add() == Int(HTTP2Limits.streamsMax) { isFull.fire() }
      await isFull.wait()
      running.add(-1)
      return request
    }
    try await Served.with(["Hold": hold]) { served in
      let client = served.client
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<1000 {
          group.addTask {
            let answer = try await client.text("Hold", "\(number)")
            #expect(answer == "\(number)")
          }
        }
        try await group.waitForAll()
      }
      #expect(running.peak == Int(HTTP2Limits.streamsMax))
    }
  }

  @Test func `a call knows its peer over a socket`() async throws {
    let who = MethodImplementation.unary { _, context in
      guard case .local(let credentials)? = context.peer?.identity else { return ByteBuffer() }
      return ByteBuffer(string: "\(credentials.pid)")
    }
    try await Served.with(["Who": who]) { served async throws in
      #expect(try await served.client.text("Who") == "\(ownProcessID())")
    }
  }

  @Test func `calls above a server's limit are refused at once`() async throws {
    var configuration = RPCServer.Configuration()
    configuration.callsInFlightMax = 1
    let started = Event()
    let methods = ["Endless": endless(started: started), "Echo": echo]
    try await Served.with(methods, configuration: configuration) { served in
      let client = served.client
      let first = Task { try await client.call("Endless") }
      await started.wait()
      let error = await failure { try await client.call("Echo") }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.reason?.code == "OVERLOADED")
      first.cancel()
      #expect(await failure { try await first.value }?.code == .cancelled)
    }
  }
}
