import Contract
import Logging
import NIOCore
import RPC
import Support
import Synchronization

/// Writers that record one funding after the other at the ledger, and ask again for what failed.
final class Funding: Sendable {
  private struct State {
    var next = 0
    var done = 0
    var failures: [String: Int] = [:]
    var isStopped = false
  }

  private let ledger: LedgerClient
  private let state = Mutex(State())

  /// - Parameter isIdempotent: whether the channel may repeat a call that may have been answered.
  init(_ cluster: Cluster, isIdempotent: Bool = true) {
    let socket = RPCClient(
      socketPath: "\(cluster.runDirectory)/ledger.sock",
      logger: Logger(label: "funding") { _ in SwiftLogNoOpLogHandler() })
    ledger = LedgerClient(isIdempotent ? socket : OnceOnly(channel: socket))
  }

  var done: Int { state.withLock(\.done) }
  /// How often a call failed, by its reason.
  var failures: [String: Int] { state.withLock(\.failures) }
  func stop() { state.withLock { $0.isStopped = true } }

  func goOn() async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { while let number = self.next() { await self.record(number) } }
      }
    }
  }

  private func next() -> Int? {
    state.withLock { state in
      guard !state.isStopped, !Task.isCancelled else { return nil }
      state.next += 1
      return state.next
    }
  }

  private func record(_ number: Int) async {
    while !Task.isCancelled {
      do {
        _ = try await ledger.recordFunding(
          .init(
            fundingID: "float-\(number)", environment: .sandbox, direction: .topUp,
            amount: .init(minorUnits: 100, currency: "USD"),
            occurredAt: .init(milliseconds: 1_700_000_000_000)), options: Shop.asOperator)
        state.withLock { $0.done += 1 }
        return
      } catch {
        let reason = (error as? RPCError)?.reason?.code ?? "\(error)"
        state.withLock { $0.failures[reason, default: 0] += 1 }
        await Task.yield()
      }
    }
  }
}

/// A channel to which no call is idempotent.
private struct OnceOnly: RPCChannel {
  let channel: RPCClient

  func unary(
    service: String, method: String, request: ByteBuffer, isIdempotent: Bool, options: CallOptions
  ) async throws -> ByteBuffer {
    try await channel.unary(
      service: service, method: method, request: request, isIdempotent: false, options: options)
  }

  func serverStreaming(
    service: String, method: String, request: ByteBuffer, options: CallOptions
  ) -> AsyncThrowingStream<ByteBuffer, any Error> {
    channel.serverStreaming(service: service, method: method, request: request, options: options)
  }
}
