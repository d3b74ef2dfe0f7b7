import Foundation
import Logging
import NIOCore
import RPC

/// What servers hold for peers that do nothing, and how soon ours ends when told to.
///
/// Each figure is of a fresh server, because one that was busy has memory to spare.
struct EchoFootprint {
  /// Opened before memory is first looked at, because the first ones load the code.
  private static let first = 16
  private static let streamsPerConnection = 50

  let folder: String
  let count: Int

  func measure(_ runtimes: [EchoRuntime]) async -> Figures {
    raiseFileLimit()
    var figures = Figures()
    for runtime in runtimes where runtime.isHTTP2 {
      let kibibytes = runtime.orLeftOut { try perConnection(runtime) }
      guard let kibibytes else { continue }
      figures.add("rpc.\(runtime.name).memory.connection", kibibytes, "KiB")
    }
    guard let ours = runtimes.first(where: { $0.name == EchoRuntime.ours }) else { return figures }
    do {
      try await measureOurs(ours, &figures)
    } catch {
      ours.leftOut(error)
    }
    return figures
  }

  private func measureOurs(_ runtime: EchoRuntime, _ figures: inout Figures) async throws {
    let idle = try runtime.start(in: folder)
    figures.add("rpc.\(runtime.name).memory.idle", Self.kibibytes(idle) / 1024, "MiB")
    let begin = ContinuousClock.now
    idle.server.terminate()
    let milliseconds = (ContinuousClock.now - begin) / .milliseconds(1)
    let echo = try runtime.start(in: folder)
    defer { echo.server.terminate() }
    figures.add("rpc.\(runtime.name).memory.stream", try await perStream(echo), "KiB")
    figures.add("rpc.\(runtime.name).end", milliseconds, "ms")
  }

  private func perConnection(_ runtime: EchoRuntime) throws -> Double {
    let echo = try runtime.start(in: folder)
    defer { echo.server.terminate() }
    var open: [IdleConnection] = []
    defer { for connection in open { connection.close() } }
    for _ in 0..<Self.first { open.append(try IdleConnection(to: echo.socket)) }
    let before = Self.kibibytes(echo)
    for _ in 0..<count { open.append(try IdleConnection(to: echo.socket)) }
    return (Self.kibibytes(echo) - before) / Double(count)
  }

  /// Watchers of the server's health: each has its first answer, and waits for a change.
  private func perStream(_ echo: RunningEcho) async throws -> Double {
    let clients = (0..<(count + Self.streamsPerConnection - 1) / Self.streamsPerConnection).map {
      _ in RPCClient(socketPath: echo.socket, logger: Logger(label: "footprint"))
    }
    for client in clients { _ = try await client.checkHealth() }
    var open: [AsyncThrowingStream<ByteBuffer, any Error>.Iterator] = []
    for _ in 0..<Self.first { open.append(try await watch(clients[0])) }
    let before = Self.kibibytes(echo)
    for number in 0..<count { open.append(try await watch(clients[number % clients.count])) }
    let kibibytes = (Self.kibibytes(echo) - before) / Double(count)
    open.removeAll()
    for client in clients { await client.close() }
    return kibibytes
  }

  private func watch(_ client: RPCClient) async throws
    -> AsyncThrowingStream<ByteBuffer, any Error>.Iterator
  {
    var answers = client.serverStreaming(
      service: "grpc.health.v1.Health", method: "Watch", request: ByteBuffer(),
      options: CallOptions()
    ).makeAsyncIterator()
    _ = try await answers.next()
    return answers
  }

  private static func kibibytes(_ echo: RunningEcho) -> Double {
    ProcessUse(of: echo.server.processID).residentMebibytes * 1024
  }

  /// This process and the servers it starts need a descriptor for each connection.
  private func raiseFileLimit() {
    var limit = rlimit()
    let needed = rlim_t(count + 200)
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    guard limit.rlim_cur < needed else { return }
    limit.rlim_cur = min(needed, limit.rlim_max)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
