import RPC

/// Who may call the methods of one service, besides developers, who may call all.
///
/// **Invariant:** a method that is not named here is called by developers alone.
public struct ServiceAccess: Sendable {
  /// Such as `dropwire.ledger.v1.Ledger`.
  public let service: String
  /// By method.
  public let roles: [String: Set<Role>]

  public init(_ service: String, _ roles: [String: Set<Role>]) {
    self.service = service
    self.roles = roles
  }
}

extension PeerPolicy {
  /// - Parameter rules: of the settings; none makes this process' own user a developer.
  init(_ rules: [Rule], _ access: [ServiceAccess]) {
    var grants: [String: Grant] = [:]
    for role in Role.allCases {
      let paths = access.flatMap { service in
        service.roles.filter { $0.value.contains(role) }.map { "/\(service.service)/\($0.key)" }
      }
      grants[role.rawValue] = .paths(Set(paths))
    }
    let developer = Role.developer.rawValue
    grants[developer] = .everything
    let own = PeerPolicy.sameUser(role: developer).rules
    self.init(rules: rules.isEmpty ? own : rules, grants: grants)
  }
}
