import Contract
import RPC
import Testing

@testable import Client

extension Examples {
  /// What a ledger counted in a minute.
  static let statistics = statistics(calls: 120, uptimeSeconds: 60)

  static func statistics(calls: Int64, uptimeSeconds: Int64, startedAt: Int64 = noon)
    -> GetStatisticsResponse
  {
    GetStatisticsResponse(
      process: ProcessStatistics(
        service: "ledger", startedAt: time(startedAt), uptimeMilliseconds: uptimeSeconds * 1000,
        cpuMilliseconds: 1250, residentBytes: 45 << 20, openFiles: 31, openFilesMax: 1024),
      server: ServerStatistics(connectionsOpen: 2, connectionsAccepted: 9, callsExpired: 3),
      served: [
        MethodStatistics(service: "dropwire.ledger.v1.Ledger", method: "GetBalance"),
        MethodStatistics(
          service: "dropwire.ledger.v1.Ledger", method: "RecordSale", calls: calls, inFlight: 1,
          ended: [
            NamedCount(name: "OK", count: calls - 4), NamedCount(name: "NOT_FOUND", count: 3),
          ],
          latency: LatencyStatistics(
            count: calls - 1, sumNanoseconds: 1, maxNanoseconds: 1_500_000_000,
            p50Nanoseconds: 850_000, p99Nanoseconds: 12_340_000)),
      ],
      called: [
        MethodStatistics(
          service: "dropwire.purchasing.v1.Purchasing", method: "GetPurchase", calls: 6,
          ended: [NamedCount(name: "OK", count: 6)], repeats: 2)
      ],
      outside: [
        OutsideStatistics(
          provider: "paypal", method: "payouts.create", origin: "https://api-m.paypal.com",
          calls: 3, ended: [NamedCount(name: "2xx", count: 2), NamedCount(name: "5xx", count: 1)],
          waits: 1)
      ],
      breakers: [
        BreakerStatistics(provider: "paypal", account: "a1", origin: "o", state: "open")
      ],
      store: StoreStatistics(
        commits: 10, writes: 25,
        latency: LatencyStatistics(
          count: 10, p50Nanoseconds: 2_000_000, p99Nanoseconds: 8_000_000)),
      lags: [
        LagStatistics(
          name: "shipped", count: 4, maxMilliseconds: 90_000, p50Milliseconds: 1500,
          p99Milliseconds: 61_000)
      ])
  }
}

/// `dropwire stats`.
@Suite(.timeLimit(.minutes(1)))
struct StatsTests {
  private static let page = """
    ledger  up 1 min 0 s, cpu 1.2 s, 45.0 MiB, 31 files, 2 connections, deadline 3, 10 commits of 2.5 writes, flush p50 2.0 ms, p99 8.0 ms
    METHOD                     CALLS   /S  IN FLIGHT     P50      P99    MAX  NOT WELL
    Ledger.RecordSale            120  2.0          1  850 us  12.3 ms  1.5 s  NOT_FOUND 3
    to Purchasing.GetPurchase      6  0.1          0    0 us     0 us   0 us  repeats 2
    to paypal payouts.create       3  0.0          0    0 us     0 us   0 us  5xx 1, waits 1
    shipped: learned of 4 after p50 1.5 s, p99 61.0 s, max 90.0 s
    paypal, account a1: the breaker is open
    """

  @Test func `a service's methods are a table, those never called left out`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run("stats ledger")
    #expect(run == Terminal.Run(out: Self.page + "\n"))
    #expect(terminal.services.notes.all == ["operator:test GetStatistics {}"])
  }

  @Test func `all services are shown, and one that is down is told apart`() async throws {
    var services = FakeServices()
    services.down = [.purchasing]
    let run = try await Terminal(services).run("stats")
    let pages = run.out.split(separator: "\n\n")
    #expect(pages.count == 3)
    #expect(pages.first?.hasPrefix("orders  up 1 min") == true)
    #expect(
      pages.dropFirst().first
        == "purchasing\npurchasing is not running (no socket at /nowhere/purchasing.sock); start it with compose/up or set DROPWIRE_RUN_DIR"
    )
    #expect(run.complaints.contains("purchasing is not running"))
    #expect(run.status == ExitStatus.unavailable.rawValue)
  }

  @Test func `JSON is the whole answer, of one service or by their names`() async throws {
    let one = try await Terminal().run("stats ledger --json")
    #expect(try GetStatisticsResponse(json: one.out) == Examples.statistics)
    var services = FakeServices()
    services.down = [.orders]
    let all = try await Terminal(services).run("stats --json")
    #expect(all.out.hasPrefix("{\"orders\": null,\n\"purchasing\": {"))
    #expect(all.status == ExitStatus.unavailable.rawValue)
  }

  @Test func `Prometheus' text has every service once, also one that is down`() async throws {
    var services = FakeServices()
    services.down = [.orders]
    let run = try await Terminal(services).run("stats --prometheus")
    let lines = run.out.split(separator: "\n")
    #expect(lines.contains("dropwire_up{process=\"orders\"} 0"))
    #expect(lines.contains("dropwire_up{process=\"ledger\"} 1"))
    #expect(lines.count { $0 == "# TYPE dropwire_rpc_server_started_total counter" } == 1)
    #expect(run.status == ExitStatus.unavailable.rawValue)
  }

  @Test func `a watch shows what came since the look before, until it is interrupted`()
    async throws
  {
    var services = FakeServices()
    services.statistics = [
      Examples.statistics(calls: 120, uptimeSeconds: 60),
      Examples.statistics(calls: 145, uptimeSeconds: 62),
    ]
    let terminal = Terminal(services)
    let watch = Task { try await terminal.run("stats ledger --watch 1") }
    // Waits for the second look, within the time limit of the suite.
    while !terminal.shown.contains("145") { try await Task.sleep(for: .milliseconds(5)) }
    watch.cancel()
    let run = try await watch.value
    #expect(run.status == 0 && run.complaints.isEmpty)
    #expect(run.out.contains("Ledger.RecordSale            120  2.0"))
    #expect(run.out.contains("Ledger.RecordSale            145  12.5"))
  }

  @Test func `a service that was started anew is counted from its start`() {
    let before = Examples.statistics(calls: 120, uptimeSeconds: 60)
    let after = Examples.statistics(
      calls: 20, uptimeSeconds: 10, startedAt: Examples.noon + 60_000)
    let page = StatsPage(
      look: StatsLook(service: .ledger, answer: .success(after)),
      earlier: StatsLook(service: .ledger, answer: .success(before)))
    #expect(page.text.contains("Ledger.RecordSale             20  2.0"))
  }
}
