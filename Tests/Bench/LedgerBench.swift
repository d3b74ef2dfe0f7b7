import ArgumentParser
import Contract
import Foundation
import RPC
import Support

/// Sales booked per second through the ledger's socket: each durable, with its journal entry, its
/// account sums, its place in the hash chain and its payouts. Beside it the same posting in PostgreSQL
/// and in SQLite without a service, round by round.
///
/// The captures before the sales are booked outside the measured time.
struct LedgerBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Sales booked per second, durable, over the socket.")

  private static let environment = ["DROPWIRE_LOG_LEVEL": "warning"]
  /// Sales of the run that counts flushes: strace makes it slow.
  private static let countedSales = 1000

  @Option(help: "Sales per run.") var sales = 20_000
  @Option(help: "Runs per level; the median is reported.") var runs = 3
  @Option(help: "Callers with one call in flight each, comma separated.") var callers = "1,64"
  @Option(help: "Resellers whose accounts the sales go to.") var resellers = 10_000
  @Option(help: "Entries that a second file, measured beside, has from the start; 0 for none.")
  var entries = 0
  @Option(help: "Seconds per run of a reference.") var seconds = 3
  @Flag(inversion: .prefixedNo, help: "Measure the references too.") var references = true
  @Flag(help: "One line per figure: name TAB value TAB unit.") var tsv = false

  func run() async throws {
    var samples = Samples()
    try await Cluster.with(environment: Self.environment, start: [.ledger]) { cluster in
      if entries == 0 { return try await measure(cluster, filled: nil, &samples) }
      try await Cluster.with(environment: Self.environment, start: [.ledger]) { filled in
        _ = await filled.stop(.ledger)
        let path = "\(filled.stateDirectory)/ledger.db"
        try LedgerFill(path: path, entries: entries, resellers: resellers).run()
        try await filled.start(.ledger)
        try await measure(cluster, filled: filled, &samples)
      }
    }
    var figures = samples.figures
    addRatios(to: &figures, samples)
    if tsv { figures.printTSV() } else { figures.printTable() }
  }

  private var levels: [Int] { callers.split(separator: ",").compactMap { Int($0) } }

  private func measure(_ cluster: Cluster, filled: Cluster?, _ samples: inout Samples) async throws
  {
    let most = levels.max() ?? 1
    for round in 0..<runs {
      for level in levels { try await measure("ledger", level, round, cluster, &samples) }
      if let filled { try await measure("filled", most, round, filled, &samples) }
      if references { compare(cluster, &samples) }
    }
    try await countFlushes(most, cluster, &samples)
    let cost = try await HashCost(of: "round-0-\(most)-0", cluster.ledger)
    samples.add("hash", try cost.microseconds(), "us/sale", decimals: 2)
  }

  private func run(_ level: Int, _ name: String, _ count: Int, _ cluster: Cluster) -> SaleRun {
    SaleRun(
      ledger: cluster.ledger, prefix: "\(name)-\(level)", count: count, lanes: level,
      resellers: resellers)
  }

  private func measure(
    _ name: String, _ level: Int, _ round: Int, _ cluster: Cluster, _ samples: inout Samples
  ) async throws {
    let count = level == 1 ? max(1000, sales / 10) : sales
    let run = run(level, "round-\(round)", count, cluster)
    try await run.capture()
    let processID = cluster.program(.ledger)?.processID ?? 0
    let before = ProcessUse(of: processID).cpuSeconds
    let result = try await run.sell()
    let used = ProcessUse(of: processID).cpuSeconds - before
    samples.add("\(name).\(level).rate", Double(count) / result.seconds, "sales/s", decimals: 0)
    samples.add("\(name).\(level).p50", percentile(result.milliseconds, 0.5), "ms", decimals: 2)
    samples.add("\(name).\(level).p99", percentile(result.milliseconds, 0.99), "ms", decimals: 2)
    samples.add("\(name).\(level).cpu", used * 1e6 / Double(count), "us/sale", decimals: 0)
  }

  private func compare(_ cluster: Cluster, _ samples: inout Samples) {
    let ledger = "\(cluster.stateDirectory)/ledger.db"
    for reference in [LedgerReference.postgres, .floor, .rows] {
      for (number, rate) in reference.rates(seconds: seconds, ledger: ledger) ?? [] {
        samples.add("\(reference.name).\(number).rate", rate, "sales/s", decimals: 0)
      }
    }
  }

  private func countFlushes(_ level: Int, _ cluster: Cluster, _ samples: inout Samples) async throws
  {
    for level in Set([1, level]).sorted() {
      let run = run(level, "flushes", Self.countedSales, cluster)
      try await run.capture()
      guard let counter = try FlushCount(of: cluster.program(.ledger)?.processID ?? 0) else {
        return FileHandle.standardError.write(Data("no count of flushes: install strace\n".utf8))
      }
      _ = try await run.sell()
      samples.add(
        "ledger.\(level).flushes", Double(counter.end()) / Double(Self.countedSales),
        "flushes/sale", decimals: 3)
    }
  }

  private func addRatios(to figures: inout Figures, _ samples: Samples) {
    if let used = samples.median("ledger.64.cpu"), let hash = samples.median("hash") {
      figures.add("hash / ledger.64.cpu", 100 * hash / used, "%", decimals: 1)
    }
    guard let ours = samples.median("ledger.64.rate") else { return }
    if let filled = samples.median("filled.64.rate") {
      figures.add("filled.64 / ledger.64", filled / ours, "times", decimals: 2)
    }
    let best = LedgerReference.postgres.numbers
      .compactMap { samples.median("postgres.\($0).rate") }.max()
    if let best { figures.add("ledger.64 / postgres.best", ours / best, "times", decimals: 2) }
    for name in ["rows", "floor"] {
      guard let floor = samples.median("\(name).100.rate") else { continue }
      figures.add("ledger.64 / \(name).100", ours / floor, "times", decimals: 2)
    }
    if let one = samples.median("ledger.1.rate"), let theirs = samples.median("postgres.1.rate") {
      figures.add("ledger.1 / postgres.1", one / theirs, "times", decimals: 2)
    }
  }
}

/// The values of each figure, one a round.
private struct Samples {
  private var order: [String] = []
  private var values: [String: (values: [Double], unit: String, decimals: Int)] = [:]

  mutating func add(_ name: String, _ value: Double, _ unit: String, decimals: Int) {
    if values[name] == nil { order.append(name) }
    values[name, default: ([], unit, decimals)].values.append(value)
  }

  func median(_ name: String) -> Double? { values[name].map { Bench.median($0.values) } }

  var figures: Figures {
    var figures = Figures()
    for name in order {
      guard let figure = values[name] else { continue }
      figures.add(name, Bench.median(figure.values), figure.unit, decimals: figure.decimals)
    }
    return figures
  }
}
