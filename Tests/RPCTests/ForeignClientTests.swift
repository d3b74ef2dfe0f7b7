import Foundation
import NIOCore
import Synchronization
import Testing

@testable import RPC

/// The clients of other implementations call a server of ours.
@Suite(.timeLimit(.minutes(2)))
struct ForeignClientTests {
  @Test(.enabled(if: Foreign.installed.count == Foreign.all.count, "\(Foreign.missing)"))
  func `all implementations are there`() {}

  @Test(arguments: Foreign.installed)
  func `a client finds in our server what it finds in its own`(_ foreign: Foreign) async throws {
    let methods = ForeignMethods()
    var configuration = RPCServer.Configuration()
    // For the calls that come without a deadline.
    configuration.timeout = .milliseconds(500)
    try await Served.with(methods.all, configuration: configuration) { served in
      methods.server.withLock { $0 = served.server }
      let found = try await foreign.client(served.path, foreign.cases)
      for name in foreign.cases { #expect(found[name] == "ok", "\(name)") }
      #expect(methods.running.peak <= Int(HTTP2Limits.streamsMax))
      methods.server.withLock { $0 = nil }
    }
  }

  /// Eight callers go on while one server drains and another takes its place; one call is open
  /// meanwhile.
  @Test(arguments: Foreign.installed)
  func `no call of a client is lost while its server is replaced`(_ foreign: Foreign) async throws {
    let (runs, due, started, replaced) = (Counter(), Event(), Event(), Event())
    let work = MethodImplementation.unary { _, _ in
      if runs.add() == 300 { due.fire() }
      return ByteBuffer(string: "more")
    }
    let stay = MethodImplementation.unary { _, _ in
      started.fire()
      await replaced.wait()
      return ByteBuffer(string: "kept")
    }
    let wait = MethodImplementation.unary { request, _ in
      await started.wait()
      return request
    }
    let later = Counter()
    let lastWork = MethodImplementation.unary { _, _ in
      runs.add()
      return ByteBuffer(string: later.add() < 300 ? "more" : "enough")
    }
    try await ScratchFolder.with { folder async throws in
      let first = try await start(folder, ["Work": work, "Stay": stay, "Started": wait])
      async let report = foreign.client(folder.socketPath, ["drain"])
      await due.wait()
      async let drained: Void = first.drain(within: .seconds(30))
      while FileManager.default.fileExists(atPath: folder.socketPath) { await Task.yield() }
      let second = try await start(folder, ["Work": lastWork])
      await later.wait(for: 1)
      replaced.fire()
      let found = try await report["drain"] ?? ""
      await drained
      await second.drain(within: .seconds(5))
      // Done and refused calls; only the done ones ran.
      #expect(found.hasPrefix("ok \(runs.now) "), "\(found)")
    }
  }

  private func start(_ folder: ScratchFolder, _ methods: [String: MethodImplementation])
    async throws -> RPCServer
  {
    try await RPCServer.start(
      socketPath: folder.socketPath, services: [testService(methods)], logger: Served.quiet)
  }
}
