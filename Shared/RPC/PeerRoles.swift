/// A set of roles, a bit each, so that a call is let in or refused by one comparison.
struct RoleSet: OptionSet, Sendable {
  let rawValue: UInt64
}

/// A policy in the form in which a server asks it.
struct PeerRoles: Sendable {
  /// A peer that was let in.
  struct Admission: Sendable {
    let peer: Peer
    /// Its one role.
    let role: RoleSet
  }

  private let policy: PeerPolicy
  /// All roles; the place of one is its bit.
  private let names: [String]

  /// - Throws: `RPCServer.StartFailure` for a grant of something that is not served.
  init(_ policy: PeerPolicy, services: [RPCService]) throws(RPCServer.StartFailure) {
    self.policy = policy
    names = Set(policy.rules.map(\.role)).union(policy.grants.keys).sorted()
    guard names.count <= RoleSet.RawValue.bitWidth else {
      throw RPCServer.StartFailure(
        "\(names.count) roles are above the limit of \(RoleSet.RawValue.bitWidth)")
    }
    let paths = services.flatMap { service in
      ["/\(service.name)"] + service.methods.keys.map { "/\(service.name)/\($0)" }
    }
    for (role, grant) in policy.grants {
      guard case .paths(let granted) = grant else { continue }
      if let unknown = granted.subtracting(paths).min() {
        throw RPCServer.StartFailure(
          "the role \(role) is granted \(unknown), which is not served here")
      }
    }
  }

  /// Nil for a peer without a role.
  func admit(_ identity: Peer.Identity) -> Admission? {
    guard let role = policy.role(of: identity) else { return nil }
    return Admission(peer: Peer(identity, role: role), role: roles { $0 == role })
  }

  /// The roles that may call a method.
  func callers(of method: String, in service: String) -> RoleSet {
    roles { role in
      switch policy.grants[role] {
      case .everything: true
      case .paths(let paths):
        paths.contains("/\(service)/\(method)") || paths.contains("/\(service)")
      case nil: false
      }
    }
  }

  var everyone: RoleSet { roles { _ in true } }

  private func roles(_ isIn: (String) -> Bool) -> RoleSet {
    RoleSet(
      rawValue: names.enumerated().reduce(0) { bits, name in
        isIn(name.element) ? bits | 1 << UInt64(name.offset) : bits
      })
  }

  /// The refusal of a call that is not its peer's to make.
  func refusal(of route: Route, to peer: Peer) -> RPCError {
    let path = "/\(route.service)/\(route.method)"
    let may = names.enumerated().filter { route.callers.rawValue & 1 << UInt64($0.offset) != 0 }
    let others = may.isEmpty ? "nobody" : may.map(\.element).joined(separator: ", ")
    return RPCError(
      .permissionDenied,
      "the role \(peer.role) may not call \(path); \(others) may",
      reason: ErrorReason(code: "ROLE", metadata: ["role": peer.role, "method": path]))
  }
}
