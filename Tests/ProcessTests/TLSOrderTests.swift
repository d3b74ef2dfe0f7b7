import Contract
import Foundation
import RPC
import Support
import Testing

/// Services that call each other as on different machines.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TLSOrderTests {
  @Test func `an order goes through services that know each other by certificates`() async throws {
    // Over the sockets the tests are an operator, who may not buy, nor book.
    let policy = ["DROPWIRE_PEERS": "uid:\(geteuid())=operator, cert:orders.example=orders"]
    try await Cluster.with(environment: policy, start: []) { cluster in
      let authority = try Authority("ca", in: cluster.directory)
      var targets = [
        "DROPWIRE_TLS_SERVER_CA": authority.certificate,
        "DROPWIRE_PEERS": "uid:\(geteuid())=operator",
      ]
      for service in [Cluster.ServiceName.ledger, .purchasing] {
        let own = try authority.issue(
          service.rawValue, names: ["DNS:\(service.rawValue).example"])
        let program = try await cluster.start(
          service,
          environment: [
            "DROPWIRE_TLS_LISTEN": "127.0.0.1:0", "DROPWIRE_TLS_CERTIFICATE": own.certificate,
            "DROPWIRE_TLS_KEY": own.key, "DROPWIRE_TLS_CLIENT_CA": authority.certificate,
          ])
        let port = try #require(program.ownLog.firstMatch(of: /"tls":"127.0.0.1:(\d+)"/)?.1)
        targets["DROPWIRE_\(service.rawValue.uppercased())_TARGET"] =
          "tls://127.0.0.1:\(port)?name=\(service.rawValue).example"
      }
      let own = try authority.issue("orders", names: ["DNS:orders.example"])
      targets["DROPWIRE_TLS_CERTIFICATE"] = own.certificate
      targets["DROPWIRE_TLS_KEY"] = own.key
      try await cluster.start(.orders, environment: targets)
      let shop = try await Shop(in: cluster)
      try await shop.sell("far")
      try await shop.finished("far")
      #expect(!cluster.logs().contains("\"level\":\"error\""))
      try Self.checkClient(cluster, authority, targets)
    }
  }

  /// `dropwire` is let in by its certificate too, and is what the certificate says.
  private static func checkClient(
    _ cluster: Cluster, _ authority: Authority, _ targets: [String: String]
  ) throws {
    func run(_ environment: [String: String], _ words: String...) throws -> (
      status: Int32, text: String
    ) {
      try Program.output(of: "\(Program.binaries)/dropwire", words, environment)
    }
    var environment = targets
    environment["DROPWIRE_RUN_DIR"] = "/nowhere"
    let asOrders = try run(environment, "trial-balance", "--as", "system")
    #expect(asOrders.status == 77, "\(asOrders)")
    #expect(asOrders.text.contains("the role orders may not call"), "\(asOrders)")
    environment["DROPWIRE_TLS_KEY"] = nil
    environment["DROPWIRE_LEDGER_TARGET"] = "tls://nobody"
    let wrong = try run(environment, "trial-balance")
    #expect(wrong.status == 64 && wrong.text.contains("DROPWIRE_TLS_KEY must be too"), "\(wrong)")
    #expect(wrong.text.contains("DROPWIRE_LEDGER_TARGET is \"tls://nobody\""), "\(wrong)")
  }
}
