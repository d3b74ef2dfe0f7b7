public import Logging
public import RPC

/// What every service needs to start: where its socket and its database are, and how much it logs.
public struct ServiceSettings: Sendable {
  public let service: String
  /// Directory of the sockets, one per service.
  public let runDirectory: String
  /// Directory of the databases, one per service.
  public let stateDirectory: String
  public let logLevel: Logger.Level
  /// A socket that listens already, when whoever started the process passed one (systemd's
  /// `LISTEN_FDS`); it takes the place of one at `socketPath`.
  public let listeningSocket: Int32?
  /// Who may call; none stands for this process' own user.
  public let peers: [PeerPolicy.Rule]
  /// Mode of the socket file at `socketPath`.
  public let socketMode: UInt32
  public let tlsIdentity: TLSIdentity
  /// A second listener, for peers on other machines.
  public let tlsListening: TLSListening?
  /// Who wants to hear that the service is ready, and that it stops.
  public let supervisor: Supervisor?

  /// Path of this service's own socket.
  public var socketPath: String { socketPath(of: service) }
  /// Path of this service's own database. No other service opens it.
  public var databasePath: String { "\(stateDirectory)/\(service).db" }

  /// Path of a service's socket.
  public func socketPath(of other: String) -> String { "\(runDirectory)/\(other).sock" }
}

extension Settings {
  /// Declares the settings that every service has.
  public mutating func common() -> ServiceSettings {
    let runDirectory = runDirectorySetting()
    let home = ambient("HOME") ?? "/var/lib"
    let stateHome = ambient("XDG_STATE_HOME") ?? "\(home)/.local/state"
    let stateDirectory = text(
      "DROPWIRE_STATE_DIR", default: "\(stateHome)/dropwire",
      help: "Directory of the databases (\(service).db).")
    let level = choice(
      "DROPWIRE_LOG_LEVEL", default: "info", of: Logger.Level.allCases.map(\.rawValue),
      help: "How much is logged, as JSON lines on standard error.")
    let (peers, tlsIdentity) = (peers(), tlsIdentity())
    return ServiceSettings(
      service: service, runDirectory: runDirectory, stateDirectory: stateDirectory,
      logLevel: Logger.Level(rawValue: level) ?? .info, listeningSocket: passedSocket(),
      peers: peers, socketMode: socketMode(), tlsIdentity: tlsIdentity,
      tlsListening: tlsListening(tlsIdentity, peers), supervisor: supervisor())
  }

  /// Declares only the directory of the sockets: all that a client needs.
  public mutating func runDirectorySetting() -> String {
    let fallback =
      ambient("XDG_RUNTIME_DIR").map { "\($0)/dropwire" } ?? "/tmp/dropwire-\(userID())"
    return text(
      "DROPWIRE_RUN_DIR", default: fallback,
      help: "Directory of the sockets (orders.sock, purchasing.sock, ledger.sock). Keep it short: "
        + "a socket path has at most 107 bytes.")
  }
}
