import Logging
import Synchronization

/// What all connections of a server share.
final class ServerCore: Sendable {
  private struct Connections {
    var open: [ObjectIdentifier: ServerConnection] = [:]
    var isDraining = false
  }

  let services: [String: RPCService]
  /// Methods by their paths, such as `/dropwire.ledger.v1.Ledger/RecordSale`.
  let routes: [String: Route]
  let roles: PeerRoles
  let configuration: RPCServer.Configuration
  let health: HealthState
  let logger: Logger
  let statistics = ServerStatistics()
  let notices: PeerNotices
  /// Bytes that are held for peers, over all connections.
  let heldBytes = Atomic<Int>(0)
  private let callsInFlight = Atomic<Int>(0)
  private let connections = Mutex(Connections())

  /// - Parameter open: services that every peer with a role may call.
  init(
    services: [RPCService], open: [RPCService], configuration: RPCServer.Configuration,
    health: HealthState, logger: Logger
  ) throws(RPCServer.StartFailure) {
    self.services = (services + open).byName
    roles = try PeerRoles(configuration.policy, services: services + open)
    self.configuration = configuration
    self.health = health
    self.logger = logger
    self.notices = PeerNotices(logger: logger)
    var routes: [String: Route] = [:]
    let openNames = Set(open.map(\.name))
    for service in services + open {
      for (method, implementation) in service.methods {
        routes["/\(service.name)/\(method)"] = Route(
          service: service.name, method: method, implementation: implementation,
          statistics: MethodStatistics(service: service.name, method: method),
          callers: openNames.contains(service.name)
            ? roles.everyone : roles.callers(of: method, in: service.name))
      }
    }
    self.routes = routes
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

  /// Calls that run now.
  var callsRunning: Int { callsInFlight.load(ordering: .relaxed) }

  func leaveCall() { callsInFlight.subtract(1, ordering: .relaxed) }

  /// Registers a connection; false when there are too many, or the server drains.
  func add(_ connection: ServerConnection) -> Bool {
    connections.withLock { connections in
      guard !connections.isDraining, connections.open.count < configuration.connectionsMax else {
        return false
      }
      connections.open[ObjectIdentifier(connection)] = connection
      return true
    }
  }

  func remove(_ connection: ServerConnection) {
    _ = connections.withLock { $0.open.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// Registers no more connections from now on; gives those that are open.
  func beginDrain() -> [ServerConnection] {
    connections.withLock { connections in
      connections.isDraining = true
      return Array(connections.open.values)
    }
  }

  var figures: ServerFigures {
    var figures = ServerFigures()
    figures.connectionsOpen = connections.withLock { $0.open.count }
    figures.connectionsAccepted = statistics.connectionsAccepted.count
    figures.connectionsRefused = statistics.connectionsRefused.count
    figures.callsRunning = max(0, callsInFlight.load(ordering: .relaxed))
    figures.callsOverloaded = statistics.callsOverloaded.count
    figures.callsExpired = statistics.callsExpired.count
    figures.callsAbandoned = statistics.callsAbandoned.count
    figures.callsMalformed = statistics.callsMalformed.count
    figures.callsTurnedAway = statistics.callsTurnedAway.count
    figures.methods = routes.values.map(\.statistics.figures)
      .sorted { ($0.service, $0.method) < ($1.service, $1.method) }
    return figures
  }

  var openConnections: [ServerConnection] { connections.withLock { Array($0.open.values) } }
}
