import Foundation
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct SocketTests {
  private func start(_ path: String) async throws -> RPCServer {
    try await RPCServer.start(
      socketPath: path, services: [testService(["Echo": echo])], logger: Served.quiet)
  }

  private func startFailure(_ path: String) async throws -> String {
    do {
      await (try start(path)).drain(within: .zero)
      return "started"
    } catch let failure as RPCServer.StartFailure {
      return failure.description
    }
  }

  private func mode(_ path: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }

  @Test func `the socket is for its user alone, and so is a folder made for it`() async throws {
    try await ScratchFolder.with { folder in
      let path = "\(folder.path)/new/deep/s"
      let server = try await start(path)
      #expect(try mode(path) == 0o600)
      #expect(try mode("\(folder.path)/new/deep") == 0o700)
      await server.drain(within: .seconds(5))
    }
  }

  @Test func `a socket is opened to others by its configured mode`() async throws {
    try await ScratchFolder.with { folder in
      var configuration = RPCServer.Configuration()
      configuration.socketMode = 0o660
      let server = try await RPCServer.start(
        socketPath: folder.socketPath, services: [], configuration: configuration,
        logger: Served.quiet)
      #expect(try mode(folder.socketPath) == 0o660)
      await server.drain(within: .seconds(5))
    }
  }

  @Test func `a socket file that a dead process left is replaced`() async throws {
    try await ScratchFolder.with { folder in
      try RawSocket.leaveStale(folder.socketPath)
      let server = try await start(folder.socketPath)
      let client = RPCClient(socketPath: folder.socketPath, logger: Served.quiet)
      #expect(try await client.text("Echo", "new") == "new")
      await client.close()
      await server.drain(within: .seconds(5))
    }
  }

  @Test func `a socket where another process listens is left alone`() async throws {
    try await Served.with(["Echo": echo]) { served in
      let failure = try await startFailure(served.path)
      #expect(failure == "already running, pid \(ownProcessID()), at \(served.path)")
      #expect(try await served.client.text("Echo", "mine") == "mine")
    }
  }

  @Test func `a file that is not a socket is left alone`() async throws {
    try await ScratchFolder.with { folder in
      try Data("x".utf8).write(to: URL(fileURLWithPath: folder.socketPath))
      let failure = try await startFailure(folder.socketPath)
      #expect(failure.contains("is not a socket"))
      #expect(FileManager.default.contents(atPath: folder.socketPath) == Data("x".utf8))
    }
  }

  @Test func `a path above the kernel's limit is refused, and the limit named`() async throws {
    try await ScratchFolder.with { folder in
      let rest = UnixSocket.pathBytesMax - folder.path.utf8.count - 1
      let longest = "\(folder.path)/\(String(repeating: "x", count: rest))"
      let started = try await startFailure(longest)
      #expect(started == "started")
      let failure = try await startFailure(longest + "x")
      #expect(failure.contains("108 bytes") && failure.contains("limit of 107"))
      let client = RPCClient(socketPath: longest + "x", logger: Served.quiet)
      let error = await RPCTests.failure { try await client.call("Echo") }
      #expect(error?.message.contains("limit of 107") == true)
    }
  }

  @Test func `of many that start at once, one listens`() async throws {
    for _ in 0..<20 {
      try await ScratchFolder.with { folder in
        try RawSocket.leaveStale(folder.socketPath)
        let servers = await withTaskGroup(of: RPCServer?.self) { group in
          for _ in 0..<5 { group.addTask { try? await start(folder.socketPath) } }
          return await group.reduce(into: [RPCServer]()) { list, server in
            if let server { list.append(server) }
          }
        }
        #expect(servers.count == 1)
        let client = RPCClient(socketPath: folder.socketPath, logger: Served.quiet)
        #expect(try await client.text("Echo", "one") == "one")
        await client.close()
        for server in servers { await server.drain(within: .seconds(5)) }
      }
    }
  }

  @Test func `at a socket that listens already callers wait for the next server`() async throws {
    try await ScratchFolder.with { folder in
      let kept = try UnixSocket.listening(folder.socketPath, backlog: 16)
      defer { close(kept) }
      #expect(chmod(folder.socketPath, 0o660) == 0)
      let identity = SocketPath.identity(folder.socketPath)
      let client = RPCClient(socketPath: folder.socketPath, logger: Served.quiet)
      for _ in 0..<3 {
        // Asked while nobody serves.
        async let answer = client.text("Echo", "kept")
        let passed = dup(kept)
        let server = try await RPCServer.start(
          listeningAt: passed, services: [testService(["Echo": echo])], logger: Served.quiet)
        #expect(fcntl(passed, F_GETFD) & FD_CLOEXEC != 0)
        let text = try await answer
        #expect(text == "kept")
        await server.drain(within: .seconds(5))
        #expect(SocketPath.identity(folder.socketPath) == identity)
        #expect(try mode(folder.socketPath) == 0o660)
      }
      await client.close()
    }
  }

  @Test func `a descriptor that does not listen is refused`() async throws {
    let (files, open) = withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2) { files in
      let code = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, files.baseAddress)
      return (Array(files), code)
    }
    try #require(open == 0)
    defer { for file in files { close(file) } }
    await #expect(throws: RPCServer.StartFailure.self) {
      try await RPCServer.start(listeningAt: files[0], services: [], logger: Served.quiet)
    }
    await #expect(throws: RPCServer.StartFailure.self) {
      try await RPCServer.start(listeningAt: 9999, services: [], logger: Served.quiet)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
  func `a peer of another user is refused by the kernel's word`() async throws {
    let log = Lines()
    try await Served.with(["Echo": echo], logger: log.logger) { served in
      // Opened wide on purpose: the file's mode is the first door, this is the second.
      #expect(chmod(served.folder, 0o755) == 0 && chmod(served.path, 0o666) == 0)
      let output = try await Foreign.scenario(["stranger", served.path])
      #expect(output["uid"] == "65534")
      #expect(output["received"] == "0 bytes")
      #expect(
        log.all.contains { $0.contains("peer without a role refused") && $0.contains("65534") })
      #expect(try await served.client.text("Echo", "own") == "own")
    }
  }
}
