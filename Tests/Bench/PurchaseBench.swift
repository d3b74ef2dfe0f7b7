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
  @Option(help: "Runs per level; the median is reported.") var runs = 3
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

  /// Both in turn within each round, since the machine's speed drifts.
  private func measure(_ level: Int, _ cluster: Cluster, _ figures: inout Figures) async throws {
    let count = level == 1 ? max(100, purchases / 4) : purchases
    var (ours, bare): ([[Double]], [[Double]]) = ([], [])
    var (seconds, used) = (0.0, 0.0)
    for number in 0..<runs {
      let run = PurchaseRun(prefix: "b\(level)-\(number)", count: count, lanes: level)
      let processID = cluster.program(.purchasing)?.processID ?? 0
      let before = ProcessUse(of: processID).cpuSeconds
      let begin = ContinuousClock.now
      ours.append(try await run.throughService(cluster))
      seconds += (ContinuousClock.now - begin) / .seconds(1)
      used += ProcessUse(of: processID).cpuSeconds - before
      bare.append(try await run.bare(cluster.sandbox.url))
    }
    func medians(_ samples: [[Double]], _ share: Double) -> Double {
      median(samples.map { percentile($0, share) })
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
      let (all, supplier) = (medians(ours, share), medians(bare, share))
      figures.add("purchase.\(level).\(name)", all, "ms", decimals: 2)
      figures.add("purchase.\(level).\(name).supplier alone", supplier, "ms", decimals: 2)
      figures.add("purchase.\(level).\(name).overhead", all - supplier, "ms", decimals: 2)
    }
    let total = Double(count * runs)
    figures.add("purchase.\(level).rate", total / seconds, "purchases/s", decimals: 0)
    figures.add("purchase.\(level).cpu", used * 1e6 / total, "us/purchase", decimals: 0)
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
