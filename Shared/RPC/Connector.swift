import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Keeps one connection to a server: made when needed, shared by all who wait for it, and made
/// again after it was lost, with a pause that grows while nobody listens.
///
/// **Invariant:** at most one connection is being made at a time.
final class Connector: Sendable {
  private enum State {
    case idle
    case connecting(Task<ClientConnection, any Error>)
    case connected(ClientConnection)
    case pausing(until: ContinuousClock.Instant, RPCError)
    case closed
  }

  private static let firstPause = Duration.milliseconds(10)
  private static let longestPause = Duration.milliseconds(250)

  /// On the event loop of every connection made here.
  let executor = EventLoopTaskExecutor(MultiThreadedEventLoopGroup.singleton.next())
  private let target: RPCTarget
  private let dialler: Dialler
  private let setupTimeout: Duration
  private let logger: Logger
  private let state = Mutex((state: State.idle, failures: 0))

  init(target: RPCTarget, setupTimeout: Duration, logger: Logger) {
    self.target = target
    self.setupTimeout = setupTimeout
    self.logger = logger
    dialler = Dialler(target, logger: logger)
  }

  /// The connection, made now when there is none.
  ///
  /// - Throws: UNAVAILABLE with the reason `NOT_LISTENING`.
  func connection() async throws -> ClientConnection {
    if let current { return current }
    let attempt: Task<ClientConnection, any Error> = try state.withLock { state in
      switch state.state {
      case .connected(let connection): return Task { connection }
      case .connecting(let attempt): return attempt
      case .closed:
        throw RPCError(.unavailable, "this client is closed", reason: ErrorReason(code: "CLOSED"))
      case .pausing(let until, let error) where .now < until: throw error
      case .idle, .pausing:
        let attempt = Task { try await self.connect() }
        state.state = .connecting(attempt)
        return attempt
      }
    }
    return try await attempt.value
  }

  private var current: ClientConnection? {
    state.withLock { state in
      if case .connected(let connection) = state.state { connection } else { nil }
    }
  }

  private func connect() async throws -> ClientConnection {
    do {
      return try await open()
    } catch let error as RPCError {
      throw error
    } catch {
      throw settle(error)
    }
  }

  private func open() async throws -> ClientConnection {
    let (setupTimeout, executor, logger) = (setupTimeout, executor, logger)
    let isSecure = target.isTLS
    let made = Made()
    let channel = try await dialler.dial(on: executor.eventLoop) { channel in
      // Before the first byte can come.
      let connection = try ClientConnection(
        setupTimeout: setupTimeout, executor: executor, logger: logger
      ) { self.gone($0) }
      if isSecure { connection.session.requestHeaders = .secureRequest }
      try channel.pipeline.syncOperations.addHandler(connection)
      made.connection = connection
    }
    // On the event loop: the connection cannot be lost between the look at it and the settling. One
    // that a server took and ended at once, since it drains, refuses its calls, which try the next.
    return try await channel.eventLoop.submit {
      guard let connection = made.connection, !connection.isClosed || connection.endedByServer
      else { throw Lost(reason: made.connection?.lossReason ?? ClientConnection.unheard) }
      return try self.settle(connection)
    }.get()
  }

  /// Carries a connection out of the making of its channel.
  ///
  /// `@unchecked Sendable`: touched on the channel's event loop alone.
  private final class Made: @unchecked Sendable {
    var connection: ClientConnection?
  }

  /// The connection was made, and ended before anybody looked at it.
  private struct Lost: Error {
    let reason: String
  }

  private func settle(_ connection: ClientConnection) throws -> ClientConnection {
    try state.withLock { state in
      if case .closed = state.state {
        connection.retire()
        throw RPCError(.unavailable, "this client is closed", reason: ErrorReason(code: "CLOSED"))
      }
      state = (.connected(connection), 0)
      return connection
    }
  }

  private func failure(_ error: any Error) -> RPCError {
    switch error {
    case let failure as Dialler.Unreached:
      RPCError(
        .unavailable, "nobody listens at \(target) (\(failure.reason)); is the service up?",
        reason: ErrorReason(code: "NOT_LISTENING", metadata: target.metadata))
    case let failure as TLSFiles.Unusable:
      RPCError(
        .unavailable, "no connection to \(target): \(failure)",
        reason: ErrorReason(code: "TLS_FILES"))
    default:
      RPCError(
        .unavailable,
        "no connection to \(target): \((error as? Lost)?.reason ?? ClientConnection.unheard)",
        reason: ErrorReason(code: "CONNECTION_LOST"))
    }
  }

  private func settle(_ error: any Error) -> RPCError {
    let failure = failure(error)
    state.withLock { state in
      if case .closed = state.state { return }
      let failures = min(state.failures + 1, 8)
      let pause = min(Self.longestPause, Self.firstPause * (1 << failures))
      let jittered = pause * Double.random(in: 0.5...1)
      state = (.pausing(until: .now + jittered, failure), failures)
    }
    return failure
  }

  private func gone(_ connection: ClientConnection) {
    state.withLock { state in
      if case .connected(let current) = state.state, current === connection { state.state = .idle }
    }
  }

  /// Ends the connection after its open calls.
  func close() {
    let connection: ClientConnection? = state.withLock { state in
      defer { state.state = .closed }
      if case .connected(let connection) = state.state { return connection }
      return nil
    }
    connection?.retire()
  }
}
