import NIOCore
import RPC
import Synchronization
import Testing

/// Streamed answers that begin before there is a message.
struct BeginningTests {
  /// Counts beginnings, and tells of each.
  private final class Beginnings: Sendable {
    let count = Atomic<Int>(0)
    let heard: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init() { (heard, tell) = AsyncStream<Void>.makeStream() }

    var options: CallOptions {
      var options = CallOptions(timeout: .seconds(50))
      options.onBegin = {
        self.count.add(1, ordering: .relaxed)
        self.tell.yield()
      }
      return options
    }
  }

  @Test(arguments: Transport.allCases)
  func `the caller hears that an answer begins, once, while there is no message`(
    _ transport: Transport
  ) async throws {
    let (held, release) = AsyncStream<Void>.makeStream()
    let slow = MethodImplementation.serverStreaming { _, _, responses in
      for _ in 0..<2 { responses.begin() }
      for await _ in held { break }
      for text in ["1", "2"] { try await responses.write(ByteBuffer(string: text)) }
      responses.begin()
    }
    try await transport.with(["Slow": slow]) { channel async throws in
      let beginnings = Beginnings()
      let answers = channel.stream("Slow", options: beginnings.options)
      let reading = Task {
        var texts: [String] = []
        for try await answer in answers { texts.append(String(buffer: answer)) }
        return texts
      }
      for await _ in beginnings.heard { break }
      release.yield()
      #expect(try await reading.value == ["1", "2"])
      #expect(beginnings.count.load(ordering: .relaxed) == 1)
    }
  }

  @Test(arguments: Transport.allCases)
  func `an answer begins with its first message, and a refusal does not`(_ transport: Transport)
    async throws
  {
    let plain = MethodImplementation.serverStreaming { _, _, responses in
      for _ in 0..<3 { try await responses.write(ByteBuffer()) }
    }
    let refusing = MethodImplementation.serverStreaming { _, _, _ in
      throw RPCError(.notFound, "nothing")
    }
    try await transport.with(["Plain": plain, "Refusing": refusing]) { channel async throws in
      let (begun, refused) = (Beginnings(), Beginnings())
      for try await _ in channel.stream("Plain", options: begun.options) {
        #expect(begun.count.load(ordering: .relaxed) == 1)
      }
      #expect(begun.count.load(ordering: .relaxed) == 1)
      let error = await failure {
        for try await _ in channel.stream("Refusing", options: refused.options) {}
      }
      #expect(error?.code == .notFound)
      #expect(refused.count.load(ordering: .relaxed) == 0)
    }
  }
}
