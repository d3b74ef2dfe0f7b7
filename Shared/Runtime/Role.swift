import RPC

/// What a peer is to the services. The policy gives it to the peer, not the peer to itself.
///
/// **Invariant:** a role bounds both what its peers may call and whom they may act for, so a peer
/// can do no more than its role even when it is taken over. A `gateway` that is taken over is an
/// administrator: it says who logged in.
public enum Role: String, Sendable, CaseIterable {
  /// The service that conducts the others.
  case orders
  /// Speaks for people whom it has logged in.
  case gateway
  /// A person at the command line.
  case `operator`
  /// May do everything.
  case developer

  /// The people for whom it may act, for messages.
  var actors: String {
    switch self {
    case .orders: "system"
    case .gateway: "reseller:ID or admin:ID"
    case .operator: "operator:NAME"
    case .developer: "anyone"
    }
  }

  func mayAct(as actor: Actor) -> Bool {
    switch (self, actor) {
    case (.orders, .system), (.gateway, .reseller), (.gateway, .admin), (.operator, .operator),
      (.developer, _):
      true
    case (.orders, _), (.gateway, _), (.operator, _): false
    }
  }
}

extension Peer {
  /// The one method that the gateway calls for nobody: a provider's message has no person behind
  /// it, and is a hint that counts for nothing by itself.
  private static let personlessMethod = "RecordProviderEvent"

  /// Refuses an assertion that is not this peer's to make (PERMISSION_DENIED).
  func requireAssertion(of actor: Actor, calling method: String) throws(RPCError) {
    let role = Role(rawValue: role)
    if let role, role.mayAct(as: actor) { return }
    if role == .gateway, actor == .system, method == Self.personlessMethod { return }
    throw RPCError(
      .permissionDenied,
      "the role \(self.role) may not act as \(actor); it may act as \(role?.actors ?? "nobody")",
      reason: ErrorReason(code: "ACTOR", metadata: ["role": self.role, "actor": "\(actor)"]))
  }
}
