import Foundation

/// Who may call what: which role a peer has, and which methods a role may call.
///
/// **Invariant:** a peer without a role is not let in; a method that is granted to no role is called
/// by none. Health and reflection are open to every role.
public struct PeerPolicy: Sendable, Hashable {
  /// What a rule knows a peer by.
  public enum Mark: Sendable, Hashable, CustomStringConvertible {
    case user(UInt32)
    /// The primary group.
    case group(UInt32)
    /// A name in the certificate.
    case certificate(String)

    public var description: String {
      switch self {
      case .user(let id): "uid:\(id)"
      case .group(let id): "gid:\(id)"
      case .certificate(let name): "cert:\(name)"
      }
    }

    fileprivate func fits(_ identity: Peer.Identity) -> Bool {
      switch (self, identity) {
      case (.user(let id), .local(let credentials)): credentials.uid == id
      case (.group(let id), .local(let credentials)): credentials.gid == id
      case (.certificate(let name), .certificate(let names)): names.contains(name)
      default: false
      }
    }
  }

  /// Gives a role to the peers that bear a mark.
  public struct Rule: Sendable, Hashable, CustomStringConvertible {
    public let mark: Mark
    public let role: String

    public init(_ mark: Mark, role: String) {
      self.mark = mark
      self.role = role
    }

    public var description: String { "\(mark)=\(role)" }
  }

  /// The methods that a role may call.
  public enum Grant: Sendable, Hashable {
    case everything
    /// Paths: `/service/method`, or `/service` for all its methods.
    case paths(Set<String>)
  }

  /// The first one that fits gives the role.
  public let rules: [Rule]
  /// By role.
  public let grants: [String: Grant]

  public init(rules: [Rule], grants: [String: Grant]) {
    self.rules = rules
    self.grants = grants
  }

  /// The user of this process, who may call everything, and nobody else.
  public static func sameUser(role: String = "owner") -> PeerPolicy {
    PeerPolicy(rules: [Rule(.user(geteuid()), role: role)], grants: [role: .everything])
  }

  func role(of identity: Peer.Identity) -> String? {
    rules.first { $0.mark.fits(identity) }?.role
  }
}
