public import Measure

/// What was counted of one method, as its server or as its caller saw it, since the process began.
public struct MethodFigures: Sendable, Hashable {
  /// Full name of the service, such as `dropwire.ledger.v1.Ledger`.
  public var service: String
  public var method: String
  /// Calls that began.
  public var calls: Int
  /// Calls that ended, by their status; a status that did not occur is absent. A call whose caller
  /// went away before the answer is CANCELLED.
  public var ended: [StatusCode: Int]
  /// Attempts of a client after the first.
  public var repeats: Int
  /// Bytes of messages, with their prefixes of five bytes on the wire.
  public var bytesReceived: Int
  public var bytesSent: Int
  /// From the call's beginning to its status; for a client with its repeats and their pauses.
  public var latency: Histogram

  /// Calls that began and have not ended.
  public var inFlight: Int { max(0, calls - ended.values.reduce(0, +)) }

  public init(
    service: String, method: String, calls: Int = 0, ended: [StatusCode: Int] = [:],
    repeats: Int = 0, bytesReceived: Int = 0, bytesSent: Int = 0, latency: Histogram = .empty
  ) {
    self.service = service
    self.method = method
    self.calls = calls
    self.ended = ended
    self.repeats = repeats
    self.bytesReceived = bytesReceived
    self.bytesSent = bytesSent
    self.latency = latency
  }
}

/// What a server counted since it began.
public struct ServerFigures: Sendable, Hashable {
  public var connectionsOpen = 0
  public var connectionsAccepted = 0
  /// Peers that were not let in.
  public var connectionsRefused = 0
  /// Methods that run, those whose caller has gone included.
  public var callsRunning = 0
  /// Calls refused because too many run already.
  public var callsOverloaded = 0
  /// Calls that their deadline ended.
  public var callsExpired = 0
  /// Calls whose stream or connection ended before the answer.
  public var callsAbandoned = 0
  /// Streams that called no method: no such path, or no gRPC request.
  public var callsMalformed = 0
  /// Streams refused because the server drains.
  public var callsTurnedAway = 0
  /// Every method that is served, sorted by service and method.
  public var methods: [MethodFigures] = []

  public init() {}
}
