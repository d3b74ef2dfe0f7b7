import Foundation
import RPC
import Testing

@testable import Runtime

/// The setting DROPWIRE_PEERS.
struct PeerSettingsTests {
  private func read(_ peers: String) -> (rules: [String], problems: [String]) {
    var settings = Settings(
      service: "test", summary: "", arguments: [], environment: ["DROPWIRE_PEERS": peers])
    let common = settings.common()
    return (common.peers.map(\.description), settings.allProblems)
  }

  @Test func `names and numbers of users and groups get roles`() {
    let read = read(
      "uid:nobody=orders, gid:nogroup = operator ,uid:990=gateway,uid:0=developer,"
        + "cert:orders.example=orders,cert:spiffe://shop/a=b=gateway")
    #expect(read.problems == [])
    #expect(
      read.rules == [
        "uid:65534=orders", "gid:65534=operator", "uid:990=gateway", "uid:0=developer",
        "cert:orders.example=orders", "cert:spiffe://shop/a=b=gateway",
      ])
  }

  @Test func `without the setting there is no rule`() {
    #expect(read("").rules == [])
    #expect(read("").problems == [])
  }

  @Test(arguments: [
    ("uid:no-such-user=orders", "this machine has no user no-such-user"),
    ("gid:no-such-group=orders", "this machine has no group no-such-group"),
    ("uid:4294967296=orders", "this machine has no user 4294967296"),
    ("uid:-1=orders", "this machine has no user -1"),
    ("uid:1=king", "the role must be one of orders, gateway, operator, developer"),
    ("uid:1", "it must be uid:NAME=ROLE, gid:NAME=ROLE or cert:NAME=ROLE"),
    ("1=orders", "it must be uid:NAME=ROLE, gid:NAME=ROLE or cert:NAME=ROLE"),
    ("uid:=orders", "there is no name after uid:"),
    ("pid:1=orders", "pid must be uid, gid or cert"),
  ])
  func `a rule that cannot be right is named with what would be`(_ rule: String, _ reason: String) {
    #expect(read(rule).problems == ["DROPWIRE_PEERS has \"\(rule)\"; \(reason)"])
  }

  @Test func `all wrong rules are told at once, and a peer has one role`() {
    let read = read("uid:1=king, uid:2=orders, uid:2=operator, gid:x y=orders")
    #expect(
      read.problems == [
        "DROPWIRE_PEERS has \"uid:1=king\"; the role must be one of orders, gateway, operator, "
          + "developer",
        "DROPWIRE_PEERS has \"uid:2=operator\"; uid:2 has the role orders already",
        "DROPWIRE_PEERS has \"gid:x y=orders\"; this machine has no group x y",
      ])
  }

  @Test func `a list of nobody is no policy`() {
    #expect(read(" , ").problems == ["DROPWIRE_PEERS is \" , \", which names nobody"])
  }

  @Test func `the help names the settings and the roles`() {
    var settings = Settings(service: "test", summary: "", arguments: [], environment: [:])
    _ = settings.common()
    #expect(settings.helpText.contains("DROPWIRE_PEERS  (default: none)"))
    #expect(settings.helpText.contains("Roles: orders, gateway, operator, developer"))
    #expect(settings.helpText.contains("DROPWIRE_SOCKET_MODE  (default: 0600)"))
  }

  @Test func `the mode of the socket is one of three`() {
    var settings = Settings(
      service: "test", summary: "", arguments: [], environment: ["DROPWIRE_SOCKET_MODE": "0660"])
    #expect(settings.common().socketMode == 0o660)
    #expect(settings.allProblems == [])
    settings = Settings(
      service: "test", summary: "", arguments: [], environment: ["DROPWIRE_SOCKET_MODE": "0777"])
    _ = settings.common()
    #expect(
      settings.allProblems
        == ["DROPWIRE_SOCKET_MODE is \"0777\"; it must be one of 0600, 0660, 0666"])
  }
}
