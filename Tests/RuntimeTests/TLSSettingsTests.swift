import RPC
import Testing

@testable import Runtime

/// The settings of the second listener and of services on other machines.
struct TLSSettingsTests {
  private func problems(_ environment: [String: String]) -> [String] {
    var settings = Settings(
      service: "test", summary: "", arguments: [], environment: environment)
    let common = settings.common()
    _ = settings.targets(
      of: ["ledger"], runDirectory: common.runDirectory, common.tlsIdentity)
    return settings.allProblems
  }

  @Test func `what a listener needs besides is told at once`() {
    #expect(
      problems(["DROPWIRE_TLS_LISTEN": "7443", "DROPWIRE_TLS_KEY": "/k"]) == [
        "DROPWIRE_TLS_LISTEN is set, so DROPWIRE_TLS_CERTIFICATE must be too",
        "DROPWIRE_TLS_LISTEN is set, so DROPWIRE_TLS_CLIENT_CA must be too",
        "DROPWIRE_TLS_LISTEN is \"7443\"; it must be HOST:PORT, such as 0.0.0.0:7443",
        "DROPWIRE_TLS_LISTEN is set, and no rule cert:NAME=ROLE of DROPWIRE_PEERS lets anyone in",
      ])
  }

  @Test func `files that cannot be used are named once`() {
    let files = [
      "DROPWIRE_TLS_LISTEN": "[::1]:0", "DROPWIRE_TLS_CERTIFICATE": "/nowhere/c",
      "DROPWIRE_TLS_KEY": "/nowhere/k", "DROPWIRE_TLS_CLIENT_CA": "/nowhere/a",
      "DROPWIRE_TLS_SERVER_CA": "/nowhere/a", "DROPWIRE_LEDGER_TARGET": "tls://ledger:7443",
      "DROPWIRE_PEERS": "cert:a=orders",
    ]
    #expect(
      problems(files)
        == ["c", "a", "k"].map {
          "cannot read /nowhere/\($0): No such file or directory"
        })
  }

  @Test(arguments: [
    "ledger", "tls://ledger", "tls://ledger:0", "tls://ledger:7443/path", "tls://:7443",
    "tls://a:b:7443", "unix:relative", "tls://ledger:7443?name=", "http://ledger:7443",
  ])
  func `a target that cannot be right is named`(_ target: String) {
    #expect(
      problems(["DROPWIRE_LEDGER_TARGET": target]) == [
        "DROPWIRE_LEDGER_TARGET is \"\(target)\"; it must be unix:/PATH, tls://HOST:PORT or "
          + "tls://HOST:PORT?name=NAME"
      ])
  }

  @Test func `a service is at its socket unless said otherwise`() {
    var settings = Settings(service: "test", summary: "", arguments: [], environment: [:])
    let identity = settings.tlsIdentity()
    let targets = settings.targets(of: ["ledger"], runDirectory: "/run/d", identity)
    #expect(targets == ["ledger": .socket(path: "/run/d/ledger.sock")])
    settings = Settings(
      service: "test", summary: "", arguments: [],
      environment: ["DROPWIRE_LEDGER_TARGET": "unix:/elsewhere/l.sock"])
    let other = settings.targets(of: ["ledger"], runDirectory: "/run/d", identity)
    #expect(other == ["ledger": .socket(path: "/elsewhere/l.sock")])
  }

  @Test(arguments: [
    ("ledger.example:7443", "ledger.example", 7443, false), ("10.0.0.7:1", "10.0.0.7", 1, true),
    ("[::1]:0", "::1", 0, true),
  ])
  func `an address is a host and a port`(
    _ text: String, _ host: String, _ port: Int, _ isNumeric: Bool
  ) {
    let address = HostAndPort(text)
    #expect(address?.host == host && address?.port == port && address?.isNumeric == isNumeric)
  }
}
