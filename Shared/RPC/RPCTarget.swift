/// Where a service listens.
public enum RPCTarget: Sendable, Hashable, CustomStringConvertible {
  case socket(path: String)
  case tls(TLSTarget)

  /// A path, or `tls://HOST:PORT`.
  public var description: String {
    switch self {
    case .socket(let path): path
    case .tls(let target): "tls://\(target.host):\(target.port)"
    }
  }

  var isTLS: Bool {
    if case .tls = self { true } else { false }
  }

  /// For errors about it.
  var metadata: [String: String] {
    switch self {
    case .socket(let path): ["socket": path]
    case .tls: ["target": "\(self)"]
    }
  }
}

/// A service on another machine, and how the two know each other.
public struct TLSTarget: Sendable, Hashable {
  public let host: String
  public let port: Int
  /// The name that the server's certificate must have; nil where the host is an address that it has.
  public let serverName: String?
  public let files: TLSFiles

  public init(host: String, port: Int, serverName: String?, files: TLSFiles) {
    self.host = host
    self.port = port
    self.serverName = serverName
    self.files = files
  }
}
