import Logging
import RPC
import Testing

@testable import Runtime

/// For whom a role may act.
struct RoleTests {
  private func context(_ actor: String?, role: String?, method: String = "m") -> CallContext {
    let credentials = PeerCredentials(uid: 1, gid: 1, pid: 1)
    var metadata = Metadata()
    metadata["dropwire-actor"] = actor
    return CallContext(
      service: "s", method: method, metadata: metadata,
      peer: role.map { Peer(.local(credentials), role: $0) }, requestID: "r", deadline: .now,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func refusal(_ actor: String?, role: String?) -> RPCError? {
    do throws(RPCError) {
      _ = try context(actor, role: role).actor()
      return nil
    } catch {
      return error
    }
  }

  private static let actors = ["system", "reseller:42", "admin:7", "operator:kim"]

  @Test(arguments: [
    ("orders", ["system"], "system"),
    ("gateway", ["reseller:42", "admin:7"], "reseller:ID or admin:ID"),
    ("operator", ["operator:kim"], "operator:NAME"),
    ("developer", actors, ""),
    ("stranger", [], "nobody"),
  ])
  func `a role acts for its own people`(_ role: String, _ allowed: [String], _ shown: String) {
    for actor in Self.actors {
      let refusal = refusal(actor, role: role)
      if allowed.contains(actor) {
        #expect(refusal == nil, "\(role) as \(actor)")
      } else {
        #expect(refusal?.code == .permissionDenied)
        #expect(
          refusal?.message == "the role \(role) may not act as \(actor); it may act as \(shown)")
        #expect(refusal?.reason?.code == "ACTOR")
        #expect(refusal?.reason?.metadata == ["role": role, "actor": actor])
      }
    }
  }

  @Test func `the gateway hands on a provider's message, for nobody, and nothing else so`() {
    func refusal(_ method: String, as actor: String, role: String) -> RPCError? {
      do throws(RPCError) {
        _ = try context(actor, role: role, method: method).actor()
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal("RecordProviderEvent", as: "system", role: "gateway") == nil)
    #expect(refusal("CancelOrder", as: "system", role: "gateway")?.code == .permissionDenied)
    #expect(
      refusal("RecordProviderEvent", as: "system", role: "operator")?.code == .permissionDenied)
  }

  @Test func `a call inside the process acts for anyone, but for someone`() {
    for actor in Self.actors { #expect(refusal(actor, role: nil) == nil) }
    #expect(refusal(nil, role: nil)?.code == .unauthenticated)
    #expect(refusal(nil, role: "developer")?.code == .unauthenticated)
    #expect(refusal("king:1", role: "orders")?.code == .invalidArgument)
  }

  @Test func `without rules this process' user is the developer, with rules only they count`() {
    let access = [ServiceAccess("a.v1.A", ["Get": [.gateway, .operator], "Put": [.orders]])]
    let own = PeerPolicy([], access)
    #expect(own.rules == [.init(.user(userID()), role: "developer")])
    let rule = PeerPolicy.Rule(.group(7), role: "operator")
    let named = PeerPolicy([rule], access)
    #expect(named.rules == [rule])
    #expect(
      named.grants == [
        "orders": .paths(["/a.v1.A/Put"]), "gateway": .paths(["/a.v1.A/Get"]),
        "operator": .paths(["/a.v1.A/Get"]), "developer": .everything,
      ])
  }
}
