public import RPC

/// The acting person of a call, as the caller asserts it in the metadata `dropwire-actor`.
///
/// **Invariant:** who acts is never part of what a replay is compared by.
public enum Actor: Sendable, Hashable, CustomStringConvertible {
  /// One of our services, acting by itself.
  case system
  /// A reseller, by user id.
  case reseller(Int64)
  /// A platform administrator, by user id.
  case admin(Int64)
  /// A person at the command line, by name.
  case `operator`(String)

  /// Metadata name that carries it.
  public static let metadataName = "dropwire-actor"

  /// Reads `system`, `reseller:42`, `admin:7` or `operator:NAME`; nil for anything else.
  public init?(_ text: String) {
    if text == "system" {
      self = .system
      return
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = String(text[text.index(after: colon)...])
    switch text[..<colon] {
    case "reseller":
      guard let id = Int64(rest), id > 0 else { return nil }
      self = .reseller(id)
    case "admin":
      guard let id = Int64(rest), id > 0 else { return nil }
      self = .admin(id)
    case "operator":
      guard (1...64).contains(rest.utf8.count) else { return nil }
      self = .operator(rest)
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .system: "system"
    case .reseller(let id): "reseller:\(id)"
    case .admin(let id): "admin:\(id)"
    case .operator(let name): "operator:\(name)"
    }
  }

  /// Refuses a reseller who reaches for another's row (PERMISSION_DENIED). Others may.
  public func requireAccess(to userID: Int64) throws(RPCError) {
    guard case .reseller(let own) = self, own != userID else { return }
    throw RPCError(
      .permissionDenied, "reseller \(own) may not see or change what belongs to another user",
      reason: ErrorReason(code: "NOT_OWNER", metadata: [:]))
  }

  /// Refuses a reseller for what only the platform's people and services may do.
  public func requirePlatform(_ what: String) throws(RPCError) {
    guard case .reseller = self else { return }
    throw RPCError(
      .permissionDenied, "\(description) may not \(what); an admin or operator may",
      reason: ErrorReason(code: "PLATFORM_ONLY", metadata: [:]))
  }
}

extension CallContext {
  /// Who acts. No actor is UNAUTHENTICATED, an unreadable one INVALID_ARGUMENT, one for whom the
  /// peer's role may not act PERMISSION_DENIED.
  public func actor() throws(RPCError) -> Actor {
    guard let text = metadata[Actor.metadataName] else {
      throw RPCError(
        .unauthenticated,
        "the metadata \(Actor.metadataName) is missing; "
          + "it must be system, reseller:ID, admin:ID or operator:NAME")
    }
    guard let actor = Actor(text) else {
      throw RPCError(
        .invalidArgument,
        "\(Actor.metadataName) is \"\(text)\"; "
          + "it must be system, reseller:ID, admin:ID or operator:NAME",
        violations: [FieldViolation(field: Actor.metadataName, description: "unknown actor")])
    }
    // A call inside the process has no peer, and may act for anyone.
    try peer?.requireAssertion(of: actor, calling: method)
    return actor
  }
}

extension CallOptions {
  /// These options with the acting person set.
  public func acting(as actor: Actor) -> CallOptions {
    var options = self
    options.metadata[Actor.metadataName] = actor.description
    return options
  }
}
