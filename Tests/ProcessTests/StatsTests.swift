import Contract
import Foundation
import RPC
import Support
import Testing

/// `dropwire stats` against running services.
@Suite(.serialized) struct StatsTests {
  @Test func `the services count what a sale took, and the program shows it`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.sell("counted")
      try await shop.finished("counted")

      let table = try await Self.stats(cluster, [])
      #expect(table.status == 0)
      for line in ["orders  up", "Orders.CreateCheckout", "to Ledger.RecordSale", "to paypal"] {
        #expect(table.text.contains(line), "\(line)\n\(table.text)")
      }

      let json = try await Self.stats(cluster, ["orders", "--json"])
      let orders = try GetStatisticsResponse(json: json.text)
      let checkout = try #require(orders.served.first { $0.method == "CreateCheckout" })
      #expect(checkout.calls == 1 && checkout.inFlight == 0)
      #expect(checkout.ended == [NamedCount(name: "OK", count: 1)])
      let sale = try #require(orders.called.first { $0.method == "RecordSale" })
      #expect(sale.ended == [NamedCount(name: "OK", count: 1)])
      let capture = try #require(orders.outside.first { $0.method.contains("capture") })
      #expect(capture.provider == "paypal" && capture.calls == 1)
      #expect(capture.ended == [NamedCount(name: "2xx", count: 1)])
      let store = try #require(orders.store)
      #expect(store.commits > 0 && store.writes >= store.commits && store.failed == 0)
      let process = try #require(orders.process)
      #expect(process.service == "orders" && process.residentBytes > 1 << 20)

      let ledger = try GetStatisticsResponse(
        json: try await Self.stats(cluster, ["ledger", "--json"]).text)
      let served = try #require(ledger.served.first { $0.method == "RecordSale" })
      #expect(served.calls == sale.calls && served.bytesReceived == sale.bytesSent)
    }
  }

  @Test func `a stopped service is named, and the others are still shown`() async throws {
    try await Cluster.with(start: [.orders, .ledger]) { cluster in
      let table = try await Self.stats(cluster, [])
      #expect(table.status == 69)
      #expect(table.text.contains("ledger  up"))
      #expect(table.text.contains("purchasing is not running"))
      let text = try await Self.stats(cluster, ["--prometheus"])
      #expect(text.status == 69)
      #expect(text.text.contains("dropwire_up{process=\"purchasing\"} 0\n"))
      #expect(text.text.contains("dropwire_up{process=\"orders\"} 1\n"))
      #expect(text.text.contains("dropwire_rpc_server_started_total{process=\"ledger\","))
    }
  }

  @Test func `a watch looks again until it is interrupted`() async throws {
    try await Cluster.with(start: [.ledger]) { cluster in
      let watch = try Program(
        "dropwire", arguments: ["stats", "ledger", "--watch", "1"],
        environment: cluster.environment, logPath: "\(cluster.directory)/log/watch.log")
      _ = try await eventually("a second look") {
        watch.ownLog.components(separatedBy: "ledger  up").count > 2 ? true : nil
      }
      watch.signal(SIGINT)
      let exit = await watch.waitForExit()
      #expect(exit == Program.Exit(status: SIGINT, bySignal: true))
    }
  }

  private static func stats(_ cluster: Cluster, _ arguments: [String]) async throws
    -> (status: Int32, text: String)
  {
    let program = try Program(
      "dropwire", arguments: ["stats"] + arguments, environment: cluster.environment,
      logPath: "\(cluster.directory)/log/stats.log")
    let exit = await program.waitForExit()
    return (exit.status, program.ownLog)
  }
}
