import ArgumentParser
import Contract
import Foundation
import RPC
import Support

/// Complete orders per second: from the capture to both payouts requested from PayPal.
///
/// All processes run on this machine: the load, the outside world, the three services. Every step is
/// durable (synchronous=FULL). The outside world answers at once.
struct ChainBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chain", abstract: "Complete orders per second, over all processes.")

  /// PayPal takes minutes for a payout; an order is measured until both are requested.
  private static let payoutPollSeconds = 60

  @Option(help: "Orders per run.") var orders = 2000
  @Option(help: "Runs per level; the median is reported.") var runs = 3
  @Option(help: "Orders in flight, comma separated.") var inFlight = "1,8,32,64"
  @Option(help: "Orders for the memory figure at the end; 0 to skip.") var memoryOrders = 0
  @Flag(help: "One line per figure: name TAB value TAB unit.") var tsv = false

  func run() async throws {
    let levels = inFlight.split(separator: ",").compactMap { Int($0) }
    var figures = Figures()
    let rate = 1_000_000
    if !tsv {
      print("outside rate limits raised to \(rate)/s for this measurement")
      print("payouts are looked at \(Self.payoutPollSeconds) s after they were requested")
    }
    try await Cluster.with(environment: [
      "DROPWIRE_OUTSIDE_RATE_PER_SECOND": String(rate), "DROPWIRE_LOG_LEVEL": "warning",
      "DROPWIRE_PAYOUT_POLL_MILLISECONDS": String(Self.payoutPollSeconds * 1000),
    ]) { cluster in
      let shop = try await Shop(in: cluster)
      try await addFloat(cluster)
      reportMemory(cluster, "idle", &figures)
      try await ChainRun(shop: shop, prefix: "warm", count: 200, lanes: 8).measure()
      for level in levels {
        try await measure(level, shop, &figures)
      }
      if memoryOrders > 0 {
        let stages = 5
        for stage in 1...stages {
          let count = memoryOrders / stages
          try await ChainRun(shop: shop, prefix: "mem\(stage)", count: count, lanes: 32).measure()
          reportMemory(cluster, "after \(stage * count) more orders", &figures)
        }
      }
    }
    if tsv { figures.printTSV() } else { figures.printTable() }
  }

  private func measure(_ level: Int, _ shop: Shop, _ figures: inout Figures) async throws {
    var rates: [Double] = []
    var latencies: [Double] = []
    let count = level == 1 ? max(200, orders / 4) : orders
    let before = cpu(shop.cluster)
    for number in 0..<runs {
      let result = try await ChainRun(
        shop: shop, prefix: "b\(level)-\(number)", count: count, lanes: level
      ).measure()
      rates.append(result.ordersPerSecond)
      latencies += result.latencyMilliseconds
    }
    figures.add("chain.\(level).rate", median(rates), "orders/s")
    figures.add("chain.\(level).p50", percentile(latencies, 0.5), "ms")
    figures.add("chain.\(level).p99", percentile(latencies, 0.99), "ms")
    for (name, seconds) in cpu(shop.cluster) {
      let used = seconds - (before[name] ?? 0)
      figures.add(
        "chain.\(level).cpu.\(name)", used * 1e6 / Double(count * runs), "us/order", decimals: 0)
    }
  }

  private func cpu(_ cluster: Cluster) -> [String: Double] {
    var seconds: [String: Double] = [:]
    for service in Cluster.ServiceName.allCases {
      guard let program = cluster.program(service) else { continue }
      seconds[service.rawValue] = ProcessUse(of: program.processID).cpuSeconds
    }
    seconds["sandbox"] = ProcessUse(of: cluster.sandboxProcessID).cpuSeconds
    seconds["load"] = ProcessUse(of: getpid()).cpuSeconds
    return seconds
  }

  private func reportMemory(_ cluster: Cluster, _ when: String, _ figures: inout Figures) {
    for service in Cluster.ServiceName.allCases {
      guard let program = cluster.program(service) else { continue }
      let use = ProcessUse(of: program.processID)
      figures.add("memory.\(service.rawValue) \(when)", use.residentMebibytes, "MiB")
    }
  }

  private func addFloat(_ cluster: Cluster) async throws {
    _ = try await cluster.ledger.recordFunding(
      .init(
        fundingID: "bench", environment: .sandbox, direction: .topUp,
        amount: .init(minorUnits: 1_000_000_000_000, currency: "USD"),
        occurredAt: Timestamp(milliseconds: 1_790_000_000_000)), options: Shop.asOperator)
    try await cluster.sandbox.settings(["paypalBalance": 1_000_000_000_000])
  }
}
