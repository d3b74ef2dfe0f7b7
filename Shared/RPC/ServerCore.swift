import Logging
import Synchronization

/// What all connections of a server share.
final class ServerCore: Sendable {
  let services: [String: RPCService]
  let configuration: RPCServer.Configuration
  let health: HealthState
  let logger: Logger
  private let callsInFlight = Atomic<Int>(0)
  private let connections = Mutex<[ObjectIdentifier: ServerConnection]>([:])

  init(
    services: [RPCService], configuration: RPCServer.Configuration, health: HealthState,
    logger: Logger
  ) {
    self.services = services.byName
    self.configuration = configuration
    self.health = health
    self.logger = logger
  }

  /// Takes a place for a call; false when all are taken.
  func enterCall() -> Bool {
    let (_, count) = callsInFlight.add(1, ordering: .relaxed)
    guard count <= configuration.callsInFlightMax else {
      leaveCall()
      return false
    }
    return true
  }

  func leaveCall() { callsInFlight.subtract(1, ordering: .relaxed) }

  /// Registers a connection; false when there are too many.
  func add(_ connection: ServerConnection) -> Bool {
    connections.withLock { connections in
      guard connections.count < configuration.connectionsMax else { return false }
      connections[ObjectIdentifier(connection)] = connection
      return true
    }
  }

  func remove(_ connection: ServerConnection) {
    _ = connections.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  var openConnections: [ServerConnection] { connections.withLock { Array($0.values) } }
}
