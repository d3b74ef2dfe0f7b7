import Contract
import Measure
import Testing

@testable import Runtime

/// What a Prometheus server would read.
struct PrometheusTextTests {
  private static func statistics(_ label: String = "GetSale") -> GetStatisticsResponse {
    let recorder = LatencyHistogram()
    for nanoseconds in [1_000, 2_000_000, 2_500_000, 900_000_000, 1 << 40] {
      recorder.record(nanoseconds: nanoseconds)
    }
    let latency = LatencyStatistics(recorder.histogram)
    return GetStatisticsResponse(
      process: ProcessStatistics(
        service: "ledger", startedAt: Timestamp(milliseconds: 1_790_000_000_123),
        uptimeMilliseconds: 60_000, cpuMilliseconds: 1_250, residentBytes: 4096, openFiles: 12,
        openFilesMax: 1024),
      server: ServerStatistics(connectionsOpen: 2, connectionsAccepted: 7, callsExpired: 3),
      served: [
        MethodStatistics(
          service: "dropwire.ledger.v1.Ledger", method: label, calls: 6, inFlight: 1,
          ended: [NamedCount(name: "OK", count: 4), NamedCount(name: "NOT_FOUND", count: 1)],
          bytesReceived: 100, bytesSent: 200, latency: latency)
      ],
      called: [MethodStatistics(service: "a.B", method: "C", calls: 1, repeats: 2)],
      outside: [
        OutsideStatistics(
          provider: "paypal", method: "orders.capture", origin: "https://api-m.paypal.com",
          calls: 3, ended: [NamedCount(name: "unknown", count: 3)], waits: 1,
          waitedMilliseconds: 1_500, rateLimited: 4, latency: latency)
      ],
      breakers: [
        BreakerStatistics(provider: "paypal", account: "a", origin: "o", state: "open"),
        BreakerStatistics(
          provider: "paypal", account: "b", origin: "o", state: "closed", failures: 2),
      ],
      store: StoreStatistics(commits: 10, writes: 25, latency: latency),
      bucketBoundNanoseconds: LatencyStatistics.bounds,
      lags: [
        LagStatistics(
          name: "shipped", count: 2, sumMilliseconds: 3500, maxMilliseconds: 2000,
          p50Milliseconds: 1500, p99Milliseconds: 2000)
      ])
  }

  private static func families(_ statistics: GetStatisticsResponse) throws
    -> [String: PrometheusParser.Family]
  {
    var text = PrometheusText()
    text.add("ledger", statistics)
    return try PrometheusParser.families(text.text)
  }

  @Test func `the official parser reads every family with its kind`() throws {
    let families = try Self.families(Self.statistics())
    // The parser names a counter without its ending.
    let names = PrometheusFamily.all.map { family in
      family.kind == .counter ? String(family.name.dropLast("_total".count)) : family.name
    }
    #expect(Set(families.keys) == Set(names))
    for (family, name) in zip(PrometheusFamily.all, names) {
      #expect(families[name]?.type == family.kind.rawValue)
      #expect(families[name]?.help == family.help)
      #expect(family.kind != .counter || family.name.hasSuffix("_total"))
    }
  }

  @Test func `values are in base units and labels say whose they are`() throws {
    let families = try Self.families(Self.statistics())
    let own = ["process": "ledger"]
    let method = own.merging(
      ["service": "dropwire.ledger.v1.Ledger", "method": "GetSale"]
    ) { $1 }
    #expect(
      families["process_cpu_seconds"]?.samples == [.init("process_cpu_seconds_total", own, 1.25)])
    #expect(
      families["process_start_time_seconds"]?.samples
        == [.init("process_start_time_seconds", own, 1_790_000_000.123)])
    #expect(
      families["dropwire_rpc_server_handled"]?.samples == [
        .init(
          "dropwire_rpc_server_handled_total", method.merging(["code": "OK"]) { $1 }, 4),
        .init(
          "dropwire_rpc_server_handled_total", method.merging(["code": "NOT_FOUND"]) { $1 }, 1),
      ])
    #expect(
      families["dropwire_outside_rate_wait_seconds"]?.samples.map(\.value) == [1.5])
    #expect(families["dropwire_outside_breaker_open"]?.samples.map(\.value) == [1, 0])
  }

  @Test func `a histogram's buckets rise to the count of all`() throws {
    let families = try Self.families(Self.statistics())
    let name = "dropwire_rpc_server_duration_seconds"
    let samples = try #require(families[name]).samples
    let buckets = samples.filter { $0.name == name + "_bucket" }
    let bounds = buckets.compactMap { $0.labels["le"] }
    #expect(bounds.first == "0.000001024" && bounds.last == "+Inf")
    #expect(bounds.count == 29 && Set(bounds).count == 29)
    #expect(
      bounds.dropLast().compactMap(Double.init)
        == bounds.dropLast().compactMap(Double.init).sorted())
    let counts = buckets.map(\.value)
    #expect(counts == counts.sorted() && counts.first == 1 && counts.last == 5)
    // 2 ms is within 2^21 ns, 2.5 ms is not.
    #expect(buckets.first { $0.labels["le"] == "0.002097152" }?.value == 2)
    #expect(buckets.first { $0.labels["le"] == "0.004194304" }?.value == 3)
    #expect(samples.first { $0.name == name + "_count" }?.value == 5)
    let sum = Double(1_000 + 2_000_000 + 2_500_000 + 900_000_000 + 1 << 40) / 1e9
    #expect(samples.first { $0.name == name + "_sum" }?.value == sum)
  }

  @Test(arguments: [#"a"b"#, #"back\slash"#, "two\nlines", #"\n"#, "{},=", "ümlaut"])
  func `any label survives`(_ label: String) throws {
    let families = try Self.families(Self.statistics(label))
    let samples = try #require(families["dropwire_rpc_server_started"]).samples
    #expect(samples.map { $0.labels["method"] } == [label])
  }

  @Test func `the texts of several processes are one, each family once`() throws {
    var text = PrometheusText()
    text.add("orders", Self.statistics())
    text.addSilent("ledger")
    text.add("purchasing", Self.statistics())
    let families = try PrometheusParser.families(text.text)
    let up = try #require(families["dropwire_up"]).samples
    #expect(
      up.map { [$0.labels["process"] ?? "", "\($0.value)"] } == [
        ["orders", "1.0"], ["ledger", "0.0"], ["purchasing", "1.0"],
      ])
    #expect(families["process_open_fds"]?.samples.count == 2)
  }
}
