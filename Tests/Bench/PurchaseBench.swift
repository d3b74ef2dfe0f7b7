import ArgumentParser
import Contract
import Foundation
import RPC
import Support

/// What a purchase costs in time through `purchasing`'s socket, when the supplier answers at once;
/// beside it the same calls to the supplier made by a bare client, which is what cannot be saved.
struct PurchaseBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purchase", abstract: "Time per purchase through the supplier's API.")

  /// Purchases of the run that counts flushes: strace makes it slow.
  private static let countedPurchases = 300

  @Option(help: "Purchases per run; a quarter of it with one in flight.") var purchases = 2000
  @Option(help: "Runs per level, three at least; the median is reported.") var runs = 3
  @Option(help: "Purchases in flight, comma separated.") var inFlight = "1,8,32"
  @Flag(help: "One line per figure: name TAB value TAB unit.") var tsv = false

  func run() async throws {
    let levels = inFlight.split(separator: ",").compactMap { Int($0) }
    var figures = Figures()
    let rate = 1_000_000
    if !tsv { print("outside rate limits raised to \(rate)/s for this measurement") }
    try await Cluster.with(
      environment: [
        "DROPWIRE_OUTSIDE_RATE_PER_SECOND": String(rate), "DROPWIRE_LOG_LEVEL": "warning",
      ], start: [.purchasing]
    ) { cluster in
      _ = try await cluster.credentials.putCredentials(
        Shop.credentials(), options: Shop.asOperator)
      _ = try await PurchaseRun(prefix: "warm", count: 200, lanes: 8).throughService(cluster)
      for level in levels { try await measure(level, cluster, &figures) }
      try await countFlushes(levels.max() ?? 1, cluster, &figures)
    }
    if tsv { figures.printTSV() } else { figures.printTable() }
  }

  /// What one round gave: milliseconds of each purchase, and of the supplier's calls alone.
  private struct Round {
    let ours: [Double]
    let bare: [Double]
    let rate: Double
    let cpuMicroseconds: Double
  }

  /// Both in turn within each round, since the machine's speed drifts: every figure is the median of
  /// the rounds' figures, also the difference.
  private func measure(_ level: Int, _ cluster: Cluster, _ figures: inout Figures) async throws {
    let count = level == 1 ? max(100, purchases / 4) : purchases
    var rounds: [Round] = []
    for number in 0..<max(runs, 3) {
      let run = PurchaseRun(prefix: "b\(level)-\(number)", count: count, lanes: level)
      rounds.append(try await round(run, cluster))
    }
    func add(_ name: String, _ unit: String, _ decimals: Int, _ value: (Round) -> Double) {
      figures.add(
        "purchase.\(level).\(name)", median(rounds.map(value)), unit, decimals: decimals)
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
      add(name, "ms", 2) { percentile($0.ours, share) }
      add("\(name).supplier alone", "ms", 2) { percentile($0.bare, share) }
      add("\(name).overhead", "ms", 2) { percentile($0.ours, share) - percentile($0.bare, share) }
    }
    add("rate", "purchases/s", 0, \.rate)
    add("cpu", "us/purchase", 0, \.cpuMicroseconds)
  }

  private func round(_ run: PurchaseRun, _ cluster: Cluster) async throws -> Round {
    let processID = cluster.program(.purchasing)?.processID ?? 0
    let before = ProcessUse(of: processID).cpuSeconds
    let begin = ContinuousClock.now
    let ours = try await run.throughService(cluster)
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    let used = ProcessUse(of: processID).cpuSeconds - before
    return Round(
      ours: ours, bare: try await run.bare(cluster.sandbox.url), rate: Double(run.count) / seconds,
      cpuMicroseconds: used * 1e6 / Double(run.count))
  }

  private func countFlushes(_ level: Int, _ cluster: Cluster, _ figures: inout Figures) async throws
  {
    for level in Set([1, level]).sorted() {
      guard let counter = try FlushCount(of: cluster.program(.purchasing)?.processID ?? 0) else {
        return FileHandle.standardError.write(Data("no count of flushes: install strace\n".utf8))
      }
      let run = PurchaseRun(
        prefix: "flushes-\(level)", count: Self.countedPurchases, lanes: level)
      _ = try await run.throughService(cluster)
      figures.add(
        "purchase.\(level).flushes", Double(counter.end()) / Double(Self.countedPurchases),
        "flushes/purchase", decimals: 2)
    }
  }
}
