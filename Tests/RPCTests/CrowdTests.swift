import Foundation
import NIOCore
import Testing

@testable import RPC

/// As many connections as a server takes.
@Suite(.timeLimit(.minutes(2)))
struct CrowdTests {
  private static let bytesMax = 64 * 1024

  /// Raises the limit of descriptors, and answers it.
  private static func allowDescriptors() -> Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(7), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(7), &limit)
    return Int(min(limit.rlim_cur, 1_000_000))
  }

  @Test func `thousands of idle connections cost little and hold nobody up`() async throws {
    var configuration = RPCServer.Configuration()
    // Both ends are in this process.
    configuration.connectionsMax = min(
      configuration.connectionsMax, (Self.allowDescriptors() - 500) / 2)
    let count = configuration.connectionsMax - 1
    try await Served.with(Siege.methods(), configuration: configuration) { served in
      let core = served.server.core
      _ = try await served.client.text("Echo", "before")
      let before = Memory.restart()
      let sockets = try await Siege.run("\(count) connections", served, growthMax: 400) { path in
        let sockets = try (0..<count).map { _ in
          let socket = try RawSocket(path)
          socket.send(RawRequest.opening)
          return socket
        }
        for socket in sockets { _ = socket.readOpening() }
        return sockets
      }
      #expect(core.openConnections.count == count + 1)
      let each = (Memory.peak() - before) / count
      print("an idle connection takes \(each) bytes")
      #expect(each < Self.bytesMax)
      #expect(try await served.client.text("Echo", "still here") == "still here")
      let oneMore = try RawSocket(served.path)
      oneMore.limitWaits(seconds: 20)
      #expect(oneMore.readToEnd().isEmpty)
      oneMore.end()
      try await Siege.run("\(count) connections that end", served, growthMax: 100) { _ in
        for socket in sockets { socket.end() }
        while core.openConnections.count > 1 { sched_yield() }
      }
    }
  }
}
