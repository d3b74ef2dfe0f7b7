import NIOCore
import Synchronization

/// The health service of gRPC: grpc.health.v1.Health with Check and Watch.
///
///     HealthCheckRequest  { string service = 1 }
///     HealthCheckResponse { ServingStatus status = 1 }
///
/// Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
final class HealthState: Sendable {
  private enum Status: UInt64 {
    case serving = 1
    case notServing = 2
    case serviceUnknown = 3
  }

  private struct State {
    var isServing = true
    var isEnded = false
    var nextID = 0
    var watchers: [Int: AsyncStream<Bool>.Continuation] = [:]
  }

  private let names: Set<String>
  private let state = Mutex(State())

  /// - Parameter services: the full names that can be asked for, besides the empty one.
  init(services: [String]) { names = Set(services).union([""]) }

  func setServing(_ isServing: Bool) {
    state.withLock { state in
      state.isServing = isServing
      for watcher in state.watchers.values { watcher.yield(isServing) }
    }
  }

  /// The server stops: NOT_SERVING, and the watches end.
  func end() {
    state.withLock { state in
      state.isServing = false
      state.isEnded = true
      for watcher in state.watchers.values {
        watcher.yield(false)
        watcher.finish()
      }
      state.watchers = [:]
    }
  }

  var service: RPCService {
    RPCService(
      name: "grpc.health.v1.Health",
      methods: [
        "Check": .unary { request, _ in try self.check(request) },
        "Watch": .serverStreaming { request, _, responses in
          try await self.watch(request, responses)
        },
      ])
  }

  private func check(_ request: ByteBuffer) throws -> ByteBuffer {
    let name = Self.name(request)
    guard names.contains(name) else {
      let known = names.filter { !$0.isEmpty }.sorted().joined(separator: ", ")
      throw RPCError(.notFound, "no service \"\(name)\" here; there are \(known)")
    }
    return Self.answer(state.withLock(\.isServing) ? .serving : .notServing)
  }

  private func watch(_ request: ByteBuffer, _ responses: ResponseWriter) async throws {
    let isKnown = names.contains(Self.name(request))
    let (id, changes) = subscribe()
    defer { _ = state.withLock { $0.watchers.removeValue(forKey: id) } }
    var last: Status?
    for await isServing in changes {
      // A watch of an unknown service stays open, as the protocol asks.
      let status: Status = isKnown ? (isServing ? .serving : .notServing) : .serviceUnknown
      if status == last { continue }
      last = status
      try await responses.write(Self.answer(status))
    }
  }

  private func subscribe() -> (Int, AsyncStream<Bool>) {
    let (changes, continuation) = AsyncStream<Bool>.makeStream(
      bufferingPolicy: .bufferingNewest(4))
    return state.withLock { state in
      continuation.yield(state.isServing)
      if state.isEnded { continuation.finish() }
      state.nextID += 1
      state.watchers[state.nextID] = continuation
      return (state.nextID, changes)
    }
  }

  private static func name(_ request: ByteBuffer) -> String {
    WireReader.texts(Array(request.readableBytesView))[1] ?? ""
  }

  private static func answer(_ status: Status) -> ByteBuffer {
    var writer = WireWriter()
    writer.varint(1, status.rawValue)
    return ByteBuffer(bytes: writer.bytes)
  }
}
