import NIOCore
import Testing

@testable import RPC

/// What happens in the moment of a drain, forced by bytes instead of hoped for.
@Suite(.timeLimit(.minutes(1)))
struct RawDrainTests {
  private func connection(_ served: Served) throws -> ServerConnection {
    try #require(served.server.core.openConnections.first)
  }

  @Test func `a call that comes after the GOAWAY does not run`() async throws {
    let runs = Counter()
    let count = MethodImplementation.unary { request, _ in
      runs.add()
      return request
    }
    try await Served.with(["Count": count]) { served in
      let raw = try RawSocket(served.path)
      raw.send(RawRequest.opening)
      let first = raw.readOpening()
      let connection = try connection(served)
      let late = RawRequest.call("/\(testServiceName)/Count", stream: 1)
      try await connection.eventLoop.submit {
        // The GOAWAY is decided but not yet sent when the request is read.
        connection.goAway()
        try late.withUnsafeBytes { try connection.session.receive($0) }
      }.get()
      let types = RawSocket.frameTypes(first + raw.readToEnd())
      raw.end()
      #expect(types.last == 7, "GOAWAY")
      #expect(runs.now == 0)
    }
  }

  @Test func `an answer that the peer has not read yet is not lost by the end of a drain`()
    async throws
  {
    let size = 2 * 1024 * 1024
    let (begun, release) = (Event(), Event())
    let fill = MethodImplementation.unary { _, _ in
      begun.fire()
      await release.wait()
      return ByteBuffer(repeating: 7, count: size)
    }
    try await Served.with(["Fill": fill]) { served in
      let raw = try RawSocket(served.path)
      raw.send(RawRequest.opening + RawRequest.call("/\(testServiceName)/Fill", stream: 1))
      var bytes = raw.readSome()
      let connection = try connection(served)
      await begun.wait()
      connection.goAway()
      release.fire()
      // Reads in small pieces until the server has nothing more to say: then the rest is on its
      // way, in the channel and in the kernel.
      while try await !connection.eventLoop.submit({ connection.session.isFinished }).get() {
        bytes += raw.readSome()
      }
      bytes += raw.readToEnd()
      raw.end()
      #expect(RawSocket.payloadBytes(bytes, ofType: 0) == size + GRPCFraming.prefixBytes)
    }
  }
}
