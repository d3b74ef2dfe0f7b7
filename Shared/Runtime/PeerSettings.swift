import Foundation
import RPC

extension Settings {
  private static let peersHelp =
    "Who may call, and as what: uid:NAME=ROLE, gid:NAME=ROLE, cert:NAME=ROLE, separated by commas; "
    + "names or numbers, gid is a peer's primary group, cert a name in its certificate (see "
    + "DROPWIRE_TLS_LISTEN), the first that fits counts. Roles: orders, gateway, "
    + "operator, developer (may do everything). With none, this service's own user is a developer; "
    + "with any, nobody else gets in."

  /// Declares who may call.
  mutating func peers() -> [PeerPolicy.Rule] {
    guard let text = optionalText("DROPWIRE_PEERS", help: Self.peersHelp) else { return [] }
    var rules: [PeerPolicy.Rule] = []
    for entry in text.split(separator: ",") {
      let entry = entry.trimmingCharacters(in: .whitespaces)
      if entry.isEmpty { continue }
      do throws(PeerRuleError) {
        let rule = try PeerPolicy.Rule(validating: entry)
        if let earlier = rules.first(where: { $0.mark == rule.mark }) {
          throw PeerRuleError("\(earlier.mark) has the role \(earlier.role) already")
        }
        rules.append(rule)
      } catch {
        reject("DROPWIRE_PEERS has \"\(entry)\"; \(error.text)")
      }
    }
    if rules.isEmpty, allProblems.isEmpty {
      reject("DROPWIRE_PEERS is \"\(text)\", which names nobody")
    }
    return rules
  }

  /// Declares the mode of the socket file.
  mutating func socketMode() -> UInt32 {
    let text = choice(
      "DROPWIRE_SOCKET_MODE", default: "0600", of: ["0600", "0660", "0666"],
      help:
        "Mode of the socket that the service makes: its user alone, its group too, or everyone. "
        + "Whoever can connect still needs a role of DROPWIRE_PEERS.")
    return UInt32(text, radix: 8) ?? 0o600
  }
}

/// What is wrong with a rule.
private struct PeerRuleError: Error {
  let text: String

  init(_ text: String) { self.text = text }
}

extension PeerPolicy.Rule {
  /// Reads `uid:dropwire-orders=orders`.
  fileprivate init(validating text: String) throws(PeerRuleError) {
    let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
    guard let colon = text.firstIndex(of: ":"), let equals = text.lastIndex(of: "="), colon < equals
    else { throw PeerRuleError("it must be uid:NAME=ROLE, gid:NAME=ROLE or cert:NAME=ROLE") }
    let name = text[text.index(after: colon)..<equals].trimmingCharacters(in: .whitespaces)
    let role = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    let mark = try PeerPolicy.Mark(text[..<colon].trimmingCharacters(in: .whitespaces), name)
    guard let role = Role(rawValue: role) else {
      throw PeerRuleError("the role must be one of \(roles)")
    }
    self.init(mark, role: role.rawValue)
  }
}

extension PeerPolicy.Mark {
  fileprivate init(_ kind: String, _ name: String) throws(PeerRuleError) {
    guard !name.isEmpty else { throw PeerRuleError("there is no name after \(kind):") }
    switch kind {
    case "uid":
      guard let id = UInt32(name) ?? getpwnam(name)?.pointee.pw_uid else {
        throw PeerRuleError("this machine has no user \(name)")
      }
      self = .user(id)
    case "gid":
      guard let id = UInt32(name) ?? getgrnam(name)?.pointee.gr_gid else {
        throw PeerRuleError("this machine has no group \(name)")
      }
      self = .group(id)
    case "cert": self = .certificate(name)
    default: throw PeerRuleError("\(kind) must be uid, gid or cert")
    }
  }
}
