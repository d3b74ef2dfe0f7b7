import NIOCore
@testable import RPC
import Synchronization

/// What a server offers to the foreign clients; the foreign servers offer the same.
final class ForeignMethods: Sendable {
  let started = Events()
  let cancelled = Events()
  let running = Counter()
  /// Set once there is one: it knows the connections.
  let server = Mutex<RPCServer?>(nil)

  /// What every failure says besides its message.
  static let reason = ErrorReason(code: "OUT_OF_STOCK", metadata: ["sku": "1"])
  static let violations = [FieldViolation(field: "price", description: "is 0")]

  var all: [String: MethodImplementation] {
    [
      "Echo": .unary { request, _ in
        self.running.add()
        await Task.yield()
        self.running.add(-1)
        return request
      },
      "Fill": .unary { request, _ in
        ByteBuffer(repeating: 7, count: Int(String(buffer: request)) ?? 0)
      },
      "Fail": .unary { request, _ in throw Self.failure(String(buffer: request)) },
      "Metadata": .unary { _, context in
        let bytes = context.metadata.binary("raw-bin") ?? []
        return ByteBuffer(
          string: "\(context.metadata["dropwire-actor"] ?? "") \(hexadecimal(bytes))")
      },
      "Left": .unary { _, context in
        ByteBuffer(string: "\(context.remaining.components.seconds)")
      },
      "Count": .serverStreaming { request, _, responses in
        for number in 0..<(Int(String(buffer: request)) ?? 0) {
          try await responses.write(ByteBuffer(string: "\(number)"))
        }
      },
      "Break": .serverStreaming { _, _, responses in
        for number in 0..<2 { try await responses.write(ByteBuffer(string: "\(number)")) }
        throw RPCError(.aborted, "broken")
      },
      "Connections": .unary { _, _ in
        let count = self.server.withLock { $0?.core.openConnections.count }
        return ByteBuffer(string: "\(count ?? 0)")
      },
    ].merging(holding) { $1 }
  }

  /// Methods that wait for something.
  private var holding: [String: MethodImplementation] {
    [
      "Hold": .unary { request, _ in
        self.started[String(buffer: request)].fire()
        do {
          try await Task.sleep(for: .seconds(600))
        } catch {
          self.cancelled[String(buffer: request)].fire()
          throw error
        }
        return request
      },
      "Started": .unary { request, _ in
        await self.started[String(buffer: request)].wait()
        return ByteBuffer()
      },
      "Cancelled": .unary { request, _ in
        await self.cancelled[String(buffer: request)].wait()
        return ByteBuffer()
      },
    ]
  }

  /// Of a text like "5 the message".
  private static func failure(_ request: String) -> RPCError {
    let parts = request.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let code = Int(parts[0]).flatMap(StatusCode.init(rawValue:))
    return RPCError(
      code ?? .dataLoss, parts.count > 1 ? String(parts[1]) : "", reason: reason,
      violations: violations)
  }
}

/// Events by name, made when first asked for.
final class Events: Sendable {
  private let byName = Mutex<[String: Event]>([:])

  subscript(name: String) -> Event {
    byName.withLock { events in
      if let event = events[name] { return event }
      let event = Event()
      events[name] = event
      return event
    }
  }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
