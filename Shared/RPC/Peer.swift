/// Who is at the other end of a connection, and its role. Decided once, on accept.
public struct Peer: Sendable, Hashable {
  /// Who vouches for it, and what for.
  public enum Identity: Sendable, Hashable, CustomStringConvertible {
    /// A process on this machine; the kernel says which (SO_PEERCRED).
    case local(PeerCredentials)
    /// The names in a certificate that was verified, the foremost first.
    case certificate([String])

    public var description: String {
      switch self {
      case .local(let credentials):
        "uid:\(credentials.uid) gid:\(credentials.gid) pid:\(credentials.pid)"
      case .certificate([]): "a certificate without a name"
      case .certificate(let names): names.map { "cert:\($0)" }.joined(separator: " ")
      }
    }
  }

  public let identity: Identity
  /// What the server's `PeerPolicy` calls it.
  public let role: String

  public init(_ identity: Identity, role: String) {
    self.identity = identity
    self.role = role
  }
}

/// A process at the other end of a Unix domain socket, as it was when it connected. The group is its
/// primary one; the kernel tells no other.
public struct PeerCredentials: Sendable, Hashable {
  public let uid: UInt32
  public let gid: UInt32
  public let pid: Int32

  public init(uid: UInt32, gid: UInt32, pid: Int32) {
    self.uid = uid
    self.gid = gid
    self.pid = pid
  }
}
