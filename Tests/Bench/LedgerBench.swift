import ArgumentParser
import Contract
import Foundation
import RPC
import Support

/// Sales booked per second through the ledger's socket: each durable, with its journal entry, its
/// account sums, its place in the hash chain and its two payouts.
///
/// The captures before the sales are booked outside the measured time, and no payout is sent in it.
struct LedgerBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Sales booked per second, durable, over the socket.")

  @Option(help: "Sales per run.") var sales = 20_000
  @Option(help: "Runs per level; the median is reported.") var runs = 3
  @Option(help: "Callers with one call in flight each, comma separated.") var callers = "1,64"
  @Option(help: "Resellers whose accounts the sales go to.") var resellers = 10_000
  @Flag(help: "One line per figure: name TAB value TAB unit.") var tsv = false

  func run() async throws {
    let levels = callers.split(separator: ",").compactMap { Int($0) }
    var figures = Figures()
    try await Cluster.with(
      environment: ["DROPWIRE_LOG_LEVEL": "warning"], start: [.ledger]
    ) { cluster in
      for level in levels { try await measure(level, cluster, &figures) }
    }
    if tsv { figures.printTSV() } else { figures.printTable() }
  }

  private func measure(_ level: Int, _ cluster: Cluster, _ figures: inout Figures) async throws {
    var rates: [Double] = []
    var latencies: [Double] = []
    let count = level == 1 ? max(1000, sales / 10) : sales
    var cpu = 0.0
    for number in 0..<runs {
      let run = SaleRun(
        ledger: cluster.ledger, prefix: "l\(level)-\(number)", count: count, lanes: level,
        resellers: resellers)
      try await run.capture()
      let before = ProcessUse(of: cluster.program(.ledger)?.processID ?? 0).cpuSeconds
      let result = try await run.sell()
      cpu += ProcessUse(of: cluster.program(.ledger)?.processID ?? 0).cpuSeconds - before
      rates.append(Double(count) / result.seconds)
      latencies += result.milliseconds
    }
    figures.add("ledger.\(level).rate", median(rates), "sales/s", decimals: 0)
    figures.add("ledger.\(level).p50", percentile(latencies, 0.5), "ms", decimals: 2)
    figures.add("ledger.\(level).p99", percentile(latencies, 0.99), "ms", decimals: 2)
    figures.add(
      "ledger.\(level).cpu", cpu * 1e6 / Double(count * runs), "us/sale", decimals: 0)
  }
}
